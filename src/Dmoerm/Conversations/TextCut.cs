using System.Text;
using Dmoerm.Data;

namespace Dmoerm.Conversations;

/// <summary>Shortens texts, counted in code points, so that no surrogate pair is cut.</summary>
internal static class TextCut
{
    /// <summary>Number of code points.</summary>
    public static int Length(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    /// <summary>Keeps so many code points of the text, half at the beginning and half at the end.</summary>
    public static string Middle(string text, int kept)
    {
        var all = Length(text);
        return kept >= all ? text : string.Concat(text.AsSpan(0, Offset(text, kept - kept / 2)), text.AsSpan(Offset(text, all - kept / 2)));
    }

    /// <summary>Keeps so many code points of a row of turns; turns behind the cut are left out, the first never is.</summary>
    public static Message[] Head(IReadOnlyList<Message> messages, int kept)
    {
        var cut = new List<Message>();
        foreach (var message in messages)
        {
            if (cut.Count > 0 && kept == 0)
            {
                break;
            }

            var length = Math.Min(kept, Length(message.Content));
            cut.Add(message with { Content = message.Content[..Offset(message.Content, length)] });
            kept -= length;
        }

        return [.. cut];
    }

    private static int Offset(string text, int codePoints)
    {
        var offset = 0;
        for (var i = 0; i < codePoints; i++)
        {
            offset += Rune.TryGetRuneAt(text, offset, out var rune) ? rune.Utf16SequenceLength : 1;
        }

        return offset;
    }
}
