using System.Text.Json;
using Dmoerm.Data.Formats;

namespace Dmoerm.Cli.Scoring;

/// <summary>Answers of <c>dmoerm score</c> as lines of JSON.</summary>
internal static class ScoreJson
{
    /// <summary>The answer to a row: fields of one response, or lists in the order of the row's responses.</summary>
    public static string Answer(ScoreRow row, IReadOnlyList<ScoredResponse> scored) => PreferenceWriter.Line(json =>
    {
        if (row.Id is { } id)
        {
            json.WritePropertyName("id");
            id.WriteTo(json);
        }

        // Attributes alone have no reward; a model without categories has no category.
        if (scored.All(one => !double.IsNaN(one.Reward)))
        {
            Write(json, row.IsList ? "rewards" : "reward", row.IsList, scored, one => json.WriteNumberValue(one.Reward));
            Write(json, "raw", row.IsList, scored, one => json.WriteNumberValue(one.Raw));
        }

        if (scored.All(one => one.Category is not null))
        {
            Write(json, "category", row.IsList, scored, one => json.WriteStringValue(one.Category));
            Write(json, "route", row.IsList, scored, one => WriteMap(json, one.Route, json.WriteNumberValue));
        }

        if (scored.Count > 0 && scored.All(one => one.Fallback is not null))
        {
            Write(json, "fallback", row.IsList, scored, one => json.WriteBooleanValue(one.Fallback!.Value));
        }

        Write(json, "tokens", row.IsList, scored, one => json.WriteNumberValue(one.Tokens));
        Write(json, "truncated", row.IsList, scored, one => WriteTruncated(json, one.Truncated));
        if (scored.Count > 0 && scored.All(one => one.Attributes is not null))
        {
            Write(json, "attributes", row.IsList, scored, one => WriteMap(json, one.Attributes!, json.WriteNumberValue));
        }

        if (scored.Any(one => one.Category is not null) && scored.All(one => one.Capabilities is not null))
        {
            Write(json, "capabilities", row.IsList, scored, one => WriteMap(json, one.Capabilities!, capability => WriteCapability(json, capability)));
        }
    });

    /// <summary>What stands in the place of an answer where a line is bad.</summary>
    public static string Error(ScoreRow row, string message) => PreferenceWriter.Line(json =>
    {
        json.WritePropertyName("id");
        if (row.Id is { } id)
        {
            id.WriteTo(json);
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteString("error", message);
    });

    private static void Write(Utf8JsonWriter json, string name, bool isList, IReadOnlyList<ScoredResponse> scored, Action<ScoredResponse> write)
    {
        json.WritePropertyName(name);
        if (!isList)
        {
            write(scored[0]);
            return;
        }

        json.WriteStartArray();
        foreach (var one in scored)
        {
            write(one);
        }

        json.WriteEndArray();
    }

    private static void WriteMap<T>(Utf8JsonWriter json, IReadOnlyDictionary<string, T> map, Action<T> write)
    {
        json.WriteStartObject();
        foreach (var (name, value) in map)
        {
            json.WritePropertyName(name);
            write(value);
        }

        json.WriteEndObject();
    }

    private static void WriteTruncated(Utf8JsonWriter json, string? truncated)
    {
        if (truncated is null)
        {
            json.WriteBooleanValue(false);
        }
        else
        {
            json.WriteStringValue(truncated);
        }
    }

    private static void WriteCapability(Utf8JsonWriter json, CapabilityScore capability)
    {
        json.WriteStartObject();
        json.WriteNumber("reward", capability.Reward);
        if (capability.Percentile is { } percentile)
        {
            json.WriteNumber("percentile", percentile);
        }
        else
        {
            json.WriteNull("percentile");
        }

        json.WriteNumber("effect", capability.Effect);
        json.WriteEndObject();
    }
}
