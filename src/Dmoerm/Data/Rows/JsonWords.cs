using System.Text.Json;

namespace Dmoerm.Data.Rows;

/// <summary>Values in words, for error messages.</summary>
internal static class JsonWords
{
    /// <summary>What came; long texts are cut.</summary>
    public static string Of(JsonElement? value)
    {
        if (value is not { } came)
        {
            return "nothing";
        }

        var raw = came.GetRawText();
        return came.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"a list of {came.GetArrayLength()}",
            JsonValueKind.String => $"text {(raw.Length <= 42 ? raw : raw[..40] + "…\"")}",
            _ => raw.Length <= 40 ? raw : raw[..40] + "…",
        };
    }
}
