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
    public static string? Of(JsonElement message)
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
        });
    }

    /// <summary>The same fields of a message that says nothing.</summary>
    public static string WithoutContent(string fields) => $"{{\"content\":null,{fields[1..]}";

    /// <summary>A value as JSON on one line, numbers as they are written.</summary>
    public static string Compact(JsonElement value) => Write(value.WriteTo);

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, OneLine))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
