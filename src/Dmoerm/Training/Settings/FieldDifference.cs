using System.Text.Json.Nodes;

namespace Dmoerm.Training.Settings;

/// <summary>A field that two settings disagree on.</summary>
/// <param name="Field">Its path, such as <c>base.lora.rank</c>.</param>
/// <param name="Before">Its value in the first, as JSON or in words.</param>
/// <param name="Now">Its value in the second.</param>
internal sealed record FieldDifference(string Field, string Before, string Now)
{
    private const string Absent = "nothing";

    /// <summary>The first field, in the order of the first's fields, that differs; null where none does.</summary>
    /// <param name="before">Any JSON, null for the literal.</param>
    /// <param name="now">Other JSON.</param>
    /// <param name="field">Where the two stand.</param>
    public static FieldDifference? First(JsonNode? before, JsonNode? now, string field)
    {
        if (before is not JsonObject old || now is not JsonObject other)
        {
            return JsonNode.DeepEquals(before, now) ? null : new FieldDifference(field, Text(before), Text(now));
        }

        foreach (var name in old.Select(pair => pair.Key).Union(other.Select(pair => pair.Key)))
        {
            var path = field.Length == 0 ? name : $"{field}.{name}";
            var difference = old.ContainsKey(name) && other.ContainsKey(name)
                ? First(old[name], other[name], path)
                : new FieldDifference(path, old.ContainsKey(name) ? Text(old[name]) : Absent, other.ContainsKey(name) ? Text(other[name]) : Absent);
            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
