using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates;

/// <summary>JSON as values of a template, as Python's <c>json.loads</c> reads it.</summary>
internal static class JsonValues
{
    /// <summary>A value. Whole numbers and floats stay apart, keys keep their order.</summary>
    /// <exception cref="InvalidDataException">A whole number has too many digits, or a text holds half a character.</exception>
    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new DictValue([.. json.EnumerateObject().Select(field => new KeyValuePair<object, object?>(field.Name, Of(field.Value)))]),
        JsonValueKind.Array => new ListValue([.. json.EnumerateArray().Select(Of)]),
        JsonValueKind.String => Text(json),
        JsonValueKind.Number => Number(json),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static string Text(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException("Expected text for the chat template, came half a surrogate pair.", error);
        }
    }

    private static object Number(JsonElement json)
    {
        if (json.TryGetInt64(out var whole))
        {
            // 1e2 and 1.0 are floats all the same.
            return json.GetRawText().AsSpan().IndexOfAny(".eE") < 0 ? (object)whole : json.GetDouble();
        }

        var digits = json.GetRawText();
        return digits.AsSpan().IndexOfAny(".eE") >= 0 ? json.GetDouble()
            : digits.Length <= TemplateLimits.IntegerDigits ? BigInteger.Parse(digits, CultureInfo.InvariantCulture)
            : throw new InvalidDataException($"Expected a number of at most {TemplateLimits.IntegerDigits} digits for the chat template, came one of {digits.Length}.");
    }
}
