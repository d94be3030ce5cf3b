using System.Text.Json;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Data;

namespace Dmoerm.Conversations.Templates;

/// <summary>Messages as templates see them.</summary>
/// <remarks>As transformers 5.23 prepares them: fields that are null are left out, and a train of thought is there under both names that templates look for.</remarks>
internal static class ChatMessages
{
    private static readonly string[] Thoughts = ["reasoning_content", "thinking", "reasoning"];

    /// <summary>A list of messages.</summary>
    public static ListValue Of(JsonElement messages) => new([.. messages.EnumerateArray().Select(message => (object?)Of(
        message.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null).Select(field => new KeyValuePair<object, object?>(field.Name, JsonValues.Of(field.Value)))))]);

    /// <summary>One message.</summary>
    public static DictValue Of(Message message)
    {
        var role = new KeyValuePair<object, object?>("role", message.Role);
        if (message.Fields is null)
        {
            return new DictValue([role, new("content", message.Content)]);
        }

        var fields = JsonElement.Parse(message.Fields).EnumerateObject().ToArray();
        var isSilent = fields.Any(field => field.Name == "content" && field.Value.ValueKind == JsonValueKind.Null);
        return Of([
            role,
            .. isSilent ? [] : new KeyValuePair<object, object?>[] { new("content", message.Content) },
            .. fields.Where(field => field.Value.ValueKind != JsonValueKind.Null).Select(field => new KeyValuePair<object, object?>(field.Name, JsonValues.Of(field.Value)))]);
    }

    private static DictValue Of(IEnumerable<KeyValuePair<object, object?>> fields)
    {
        var dict = new DictValue([.. fields]);
        foreach (var name in Thoughts)
        {
            if (dict.TryGet(name, out var thought))
            {
                return new DictValue([
                    .. dict.Pairs,
                    .. dict.TryGet("reasoning_content", out _) ? [] : new KeyValuePair<object, object?>[] { new("reasoning_content", thought) },
                    .. dict.TryGet("thinking", out _) ? [] : new KeyValuePair<object, object?>[] { new("thinking", thought) }]);
            }
        }

        return dict;
    }
}
