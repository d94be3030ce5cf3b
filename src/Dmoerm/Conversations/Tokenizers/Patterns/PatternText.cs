using System.Globalization;

namespace Dmoerm.Conversations.Tokenizers.Patterns;

/// <summary>The text of a regular expression, and the place up to which it has been read.</summary>
internal sealed class PatternText(string text)
{
    private int _at;

    /// <summary>Nothing is left.</summary>
    public bool AtEnd => _at == text.Length;

    /// <summary>The next character.</summary>
    public char Next => text[_at];

    /// <summary>The character behind the next one; null where there is none.</summary>
    public char? AfterNext => _at + 1 < text.Length ? text[_at + 1] : null;

    /// <summary>Whether this comes next.</summary>
    public bool Looking(string part) => string.CompareOrdinal(text, _at, part, 0, part.Length) == 0;

    /// <summary>Reads this, if it comes next.</summary>
    public bool Take(string part)
    {
        var here = Looking(part);
        _at += here ? part.Length : 0;
        return here;
    }

    /// <summary>Reads a character.</summary>
    public char Take() => text[_at++];

    /// <summary>Reads up to a sign, and the sign; null where there is none.</summary>
    public string? TakeUntil(char sign)
    {
        var end = text.IndexOf(sign, _at);
        if (end < 0)
        {
            return null;
        }

        var part = text[_at..end];
        _at = end + 1;
        return part;
    }

    /// <summary>Reads a number of so many hexadecimal digits.</summary>
    public char TakeHex(int digits)
    {
        var part = Ahead(digits);
        // Two digits beyond ASCII are a byte in Oniguruma, and no character.
        if (part.Length < digits || !ushort.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || (digits == 2 && value > 0x7F))
        {
            throw Unknown($@"an escape with '{part}'");
        }

        _at += digits;
        return (char)value;
    }

    /// <summary>The next characters, at most so many.</summary>
    public string Ahead(int count) => text.Substring(_at, Math.Min(count, text.Length - _at));

    /// <summary>Says which part is not known, and where.</summary>
    public NotSupportedException Unknown(string part) => new($"the part '{part}' at character {_at}");
}
