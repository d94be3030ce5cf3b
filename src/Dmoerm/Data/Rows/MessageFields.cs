using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dmoerm.Data.Rows;

/// <summary>Fields of messages that chat templates read beside role and content.</summary>
internal static class MessageFields
{
    // Those of the templates that were seen; what else a message holds, such as an id or a time, is no part of the conversation.
    private static readonly string[] Known = ["tool_calls", "tool_call_id", "name", "reasoning_content", "thinking", "reasoning", "prefix"];
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The known fields of a message that are not null, in the row's order; null for none.</summary>
    /// <param name="message">The message.</param>
    /// <param name="origin">Where it stands.</param>
    /// <exception cref="InvalidDataException">A text in one of them is no valid Unicode.</exception>
    public static string? Of(JsonElement message, string origin)
    {
        var found = message.EnumerateObject().Where(field => Known.Contains(field.Name) && field.Value.ValueKind != JsonValueKind.Null).ToArray();
        return found.Length == 0 ? null : Write(json =>
        {
            json.WriteStartObject();
            foreach (var field in found)
            {
                json.WritePropertyName(field.Name);
                field.Value.WriteTo(json);
            }

            json.WriteEndObject();
        }, origin);
    }

    /// <summary>The same fields of a message that says nothing.</summary>
    public static string WithoutContent(string fields) => $"{{\"content\":null,{fields[1..]}";

    /// <summary>A value as JSON on one line, numbers as they are written.</summary>
    /// <exception cref="InvalidDataException">A text in it is no valid Unicode.</exception>
    public static string Compact(JsonElement value, string origin) => Write(value.WriteTo, origin);

    private static string Write(Action<Utf8JsonWriter> write, string origin)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, OneLine))
        {
            try
            {
                write(json);
            }
            catch (InvalidOperationException broken)
            {
                json.Reset();
                throw new InvalidDataException($"{origin}: expected texts, came half a surrogate pair.", broken);
            }
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
