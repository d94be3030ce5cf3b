using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>Examples as rows of our own format.</summary>
public static class PreferenceWriter
{
    // Rows are read by people too; they stand in files, never inside HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line of JSON, without line end.</summary>
    /// <remarks>
    /// Read back as format <c>dmoerm</c> with the same gaps and with the same capabilities under their own names (their scores are written by name, higher is better),
    /// it is the same example but for <see cref="PreferenceExample.Origin"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">A text field of the example has the name of a field of the format.</exception>
    public static string ToJson(PreferenceExample example)
    {
        if (example.Fields.Keys.FirstOrDefault(RowParser.IsReserved) is { } taken)
        {
            throw new ArgumentException($"{example.Id}: expected text fields with names of their own, came '{taken}'.", nameof(example));
        }

        return Line(json =>
        {
            json.WriteString("id", example.Id);
            WriteText(json, "category", example.Category);
            WriteTurns(json, "prompt", "prompt", example.Prompt, "user");
            WriteTools(json, example.Tools);
            foreach (var (name, text) in example.Fields)
            {
                json.WriteString(name, text);
            }

            WriteResponses(json, example.Responses);
            WriteComparisons(json, example.Comparisons);
        });
    }

    /// <summary>An object as one line of JSON, without line end.</summary>
    /// <param name="write">Writes its fields.</param>
    internal static string Line(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteResponses(Utf8JsonWriter json, IReadOnlyList<Response> responses)
    {
        json.WriteStartArray("responses");
        foreach (var response in responses)
        {
            json.WriteStartObject();
            WriteTurns(json, "text", "messages", response.Messages, "assistant");
            WriteText(json, "model", response.Model);
            WriteNumber(json, "score", response.Score);
            if (response.Capabilities.Count > 0)
            {
                json.WriteStartObject("capabilities");
                foreach (var (name, score) in response.Capabilities)
                {
                    json.WriteNumber(name, score);
                }

                json.WriteEndObject();
            }

            WriteNumber(json, "ratings", response.Ratings == 1 ? null : response.Ratings);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteComparisons(Utf8JsonWriter json, IReadOnlyList<Comparison> comparisons)
    {
        json.WriteStartArray("comparisons");
        foreach (var comparison in comparisons)
        {
            json.WriteStartObject();
            json.WriteNumber("i", comparison.I);
            json.WriteNumber("j", comparison.J);
            json.WriteNumber("p", comparison.P);
            WriteText(json, "capability", comparison.Capability);
            WriteNumber(json, "margin", comparison.Margin);
            WriteNumber(json, "weight", comparison.Weight == 1 ? null : comparison.Weight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTurns(Utf8JsonWriter json, string textName, string turnsName, IReadOnlyList<Message> turns, string role)
    {
        if (turns.Count == 1 && turns[0].Role == role && turns[0].Fields is null)
        {
            json.WriteString(textName, turns[0].Content);
            return;
        }

        WriteMessages(json, turnsName, turns);
    }

    /// <summary>Turns as a list of messages.</summary>
    internal static void WriteMessages(Utf8JsonWriter json, string name, IReadOnlyList<Message> turns)
    {
        json.WriteStartArray(name);
        foreach (var turn in turns)
        {
            json.WriteStartObject();
            json.WriteString("role", turn.Role);
            WriteContent(json, turn);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The tools of a conversation, where it has any.</summary>
    internal static void WriteTools(Utf8JsonWriter json, string? tools)
    {
        if (tools is not null)
        {
            json.WritePropertyName("tools");
            json.WriteRawValue(tools);
        }
    }

    private static void WriteContent(Utf8JsonWriter json, Message turn)
    {
        using var fields = turn.Fields is null ? null : JsonDocument.Parse(turn.Fields);
        if (fields?.RootElement.TryGetProperty("content", out _) != true)
        {
            json.WriteString("content", turn.Content);
        }

        foreach (var field in fields?.RootElement.EnumerateObject() ?? default)
        {
            field.WriteTo(json);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
    }
}
