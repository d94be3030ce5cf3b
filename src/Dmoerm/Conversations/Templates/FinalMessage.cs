using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates;

/// <summary>Ends a rendered conversation inside its last message: a marker behind the message shows where.</summary>
internal static class FinalMessage
{
    // transformers' own, with its blank: whether the template trims it tells whether it trims the message.
    private const string Marker = "CONTINUE_FINAL_MESSAGE_TAG ";

    /// <summary>The messages with the marker behind the last one's text.</summary>
    /// <exception cref="InvalidDataException">The last message has no text.</exception>
    public static ListValue Marked(ListValue messages)
    {
        if (messages.Items is not [.., DictValue last] || !last.TryGet("content", out var content) || (content is string text ? (object)(text + Marker) : Marked(content as ListValue)) is not { } marked)
        {
            throw new InvalidDataException("To be continued, a conversation needs a last message with text.");
        }

        return new ListValue([.. messages.Items[..^1], new DictValue([.. last.Pairs, new("content", marked)])]);
    }

    /// <summary>The text up to the marker.</summary>
    /// <exception cref="InvalidDataException">The template did not print the last message.</exception>
    public static string Cut(string text, string origin)
    {
        var at = text.LastIndexOf(Marker.TrimEnd(), StringComparison.Ordinal);
        return at < 0 ? throw new InvalidDataException($"{origin}: the template does not print the last message, so it cannot be continued.")
            : string.CompareOrdinal(text, at, Marker, 0, Marker.Length) == 0 ? text[..at]
            : PythonText.Strip(text[..at], start: false);
    }

    // Of parts, the last that has a text.
    private static ListValue? Marked(ListValue? list)
    {
        if (list is null)
        {
            return null;
        }

        var place = Array.FindLastIndex(list.Items, part => part is DictValue dict && dict.TryGet("text", out var own) && own is string);
        return place < 0 ? null : new ListValue([.. list.Items[..place], WithText((DictValue)list.Items[place]!), .. list.Items[(place + 1)..]]);
    }

    private static DictValue WithText(DictValue part)
    {
        part.TryGet("text", out var text);
        return new DictValue([.. part.Pairs, new("text", text + Marker)]);
    }
}
