using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Data;

namespace Dmoerm.Cli.Demo;

/// <summary>Writes planted examples as rows of the product's own format.</summary>
internal static class RowFile
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a <c>.jsonl</c> file, one example a line.</summary>
    /// <remarks>Scores are not written: a row says what it prefers by its comparisons, and by nothing else.</remarks>
    public static void Write(string path, IEnumerable<PreferenceExample> examples) =>
        File.WriteAllText(path, string.Concat(examples.Select(example => Row(example).ToJsonString(Json) + "\n")));

    private static JsonObject Row(PreferenceExample example) => new()
    {
        ["id"] = example.Id,
        ["category"] = example.Category,
        ["prompt"] = example.Prompt.Single().Content,
        ["responses"] = new JsonArray([.. example.Responses.Select(response => new JsonObject { ["text"] = response.Text })]),
        ["comparisons"] = new JsonArray([.. example.Comparisons.Select(Row)]),
    };

    private static JsonObject Row(Comparison comparison)
    {
        var row = new JsonObject { ["i"] = comparison.I, ["j"] = comparison.J, ["p"] = comparison.P };
        if (comparison.Capability is not null)
        {
            row["capability"] = comparison.Capability;
        }

        return row;
    }
}
