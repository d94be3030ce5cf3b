using System.Buffers;
using System.Numerics;
using System.Text;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Texts as Python sees them: as code points, with its own idea of white space and of lines.</summary>
internal static class PythonText
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    /// <summary>A value as a text, where it is one.</summary>
    public static bool TryGet(object? value, out string text)
    {
        text = value as string ?? (value as MarkupValue)?.Text ?? "";
        return value is string or MarkupValue;
    }

    /// <summary>Code points.</summary>
    public static int Length(string text) => IsPlain(text) ? text.Length : text.Length - Pairs(text);

    /// <summary>Every code point as a text.</summary>
    public static IEnumerable<string> Characters(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var width = WidthAt(text, at);
            yield return text.Substring(at, width);
            at += width;
        }
    }

    /// <summary>Every code point as a text, in an array.</summary>
    public static string[] Split(string text) => [.. Characters(text)];

    /// <summary>No character takes two UTF-16 units.</summary>
    public static bool IsPlain(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0;

    /// <summary>The UTF-16 place of a code point.</summary>
    public static int Offset(string text, int place)
    {
        if (IsPlain(text))
        {
            return Math.Min(place, text.Length);
        }

        var at = 0;
        for (; place > 0 && at < text.Length; place--)
        {
            at += WidthAt(text, at);
        }

        return at;
    }

    /// <summary>At most so many code points of a text's start.</summary>
    public static string Start(string text, long most) => most < Length(text) ? text[..Offset(text, (int)most)] : text;

    /// <summary>The character of a code.</summary>
    /// <exception cref="TemplateFault">There is none.</exception>
    public static string Character(BigInteger code) => code >= 0 && code <= 0x10FFFF && Rune.IsValid((int)code)
        ? new Rune((int)code).ToString()
        : throw new TemplateFault(code >= 0xD800 && code <= 0xDFFF ? "half a surrogate pair is not supported here" : "%c arg not in range(0x110000)");

    /// <summary>Order by code points.</summary>
    public static int Compare(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length - right.Length;
        }

        // Surrogates stand for code points above all others.
        var (first, second) = (left[same], right[same]);
        return char.IsSurrogate(first) == char.IsSurrogate(second) ? first - second : char.IsSurrogate(first) ? 1 : -1;
    }

    /// <summary>White space: what <c>str.isspace</c> names.</summary>
    public static bool IsSpace(char sign) => sign is ' ' or (>= '\t' and <= '\r') or (>= '\u001c' and <= '\u001f') || (sign > '\u007f' && char.IsWhiteSpace(sign));

    /// <summary>Without white space, or without certain characters, at the ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="signs">The characters; null for white space.</param>
    /// <param name="start">At the start.</param>
    /// <param name="end">At the end.</param>
    public static string Strip(string text, string? signs = null, bool start = true, bool end = true)
    {
        var (from, to) = (0, text.Length);
        if (signs is null)
        {
            for (; start && from < to && IsSpace(text[from]); from++)
            {
            }

            for (; end && to > from && IsSpace(text[to - 1]); to--)
            {
            }
        }
        else if (IsPlain(signs))
        {
            for (; start && from < to && signs.Contains(text[from]); from++)
            {
            }

            for (; end && to > from && signs.Contains(text[to - 1]); to--)
            {
            }
        }
        else
        {
            var wanted = new HashSet<string>(Characters(signs), StringComparer.Ordinal);
            for (; start && from < to && wanted.Contains(text.Substring(from, WidthAt(text, from))); from += WidthAt(text, from))
            {
            }

            for (; end && to > from && wanted.Contains(text.Substring(to - WidthBefore(text, to), WidthBefore(text, to))); to -= WidthBefore(text, to))
            {
            }
        }

        return from == 0 && to == text.Length ? text : text[from..to];
    }

    /// <summary>Lines without their ends, as <c>str.splitlines</c> cuts them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepEnds">With their ends.</param>
    public static IEnumerable<string> Lines(string text, bool keepEnds = false)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = text.AsSpan(at).IndexOfAny(LineEnds);
            if (end < 0)
            {
                yield return text[at..];
                yield break;
            }

            var next = at + end + (text[at + end] == '\r' && at + end + 1 < text.Length && text[at + end + 1] == '\n' ? 2 : 1);
            yield return text[at..(keepEnds ? next : at + end)];
            at = next;
        }
    }

    /// <summary>Shown as it is inside a printed list; anything else is escaped there.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.Surrogate
        or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.LineSeparator
        or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.SpaceSeparator);

    private static int WidthAt(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static int WidthBefore(string text, int at) => char.IsLowSurrogate(text[at - 1]) && at > 1 && char.IsHighSurrogate(text[at - 2]) ? 2 : 1;

    private static int Pairs(string text)
    {
        var pairs = 0;
        for (var at = 0; at + 1 < text.Length; at++)
        {
            if (WidthAt(text, at) == 2)
            {
                (pairs, at) = (pairs + 1, at + 1);
            }
        }

        return pairs;
    }
}
