using System.Globalization;
using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Patterns;

/// <summary>Turns a regular expression of Oniguruma, which tokenizers are written with, into one of .NET that finds the same.</summary>
/// <remarks>
/// Known are groups, alternatives, look-around, repetition (greedy, lazy, possessive), sets, general categories, and <c>(?i:...)</c> over ASCII. Whatever means something else in the
/// two languages, or is not known, is refused. Source: Oniguruma's doc/RE (Ruby syntax, which the Rust binding uses).
/// </remarks>
internal sealed class PatternReader
{
    private const int MaxLength = 10_000, MaxDepth = 50;
    private readonly string _pattern;
    private readonly StringBuilder _written = new();
    private int _at;
    private int _depth;
    private bool _anyCase;

    private readonly bool _standIns;

    private PatternReader(string pattern, bool standIns) => (_pattern, _standIns) = (pattern, standIns);

    /// <summary>Translates a pattern.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="standIns">For texts in which <see cref="StandIns"/> have replaced surrogate pairs.</param>
    /// <exception cref="NotSupportedException">It has a part that is not known.</exception>
    public static string Translate(string pattern, bool standIns)
    {
        if (pattern.Length is 0 or > MaxLength)
        {
            throw new NotSupportedException($"a pattern of {pattern.Length} characters; between 1 and {MaxLength} were expected");
        }

        var reader = new PatternReader(pattern, standIns);
        reader.ReadAlternatives();
        return reader.AtEnd ? reader._written.ToString() : throw reader.Unknown(")");
    }

    private bool AtEnd => _at == _pattern.Length;

    private void ReadAlternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw new NotSupportedException($"more than {MaxDepth} groups inside each other");
        }

        while (!AtEnd && _pattern[_at] != ')')
        {
            if (Take("|"))
            {
                _written.Append('|');
                continue;
            }

            var start = _written.Length;
            ReadAtom();
            ReadRepetition(start);
        }

        _depth--;
    }

    private void ReadAtom()
    {
        switch (_pattern[_at])
        {
            case '(':
                ReadGroup();
                break;
            case '[':
                ReadSet();
                break;
            case '\\':
                _written.Append(ReadEscape() is { } literal ? Literal(literal) : ReadClass(new CharacterSet(_standIns)).Write(negated: false));
                break;
            case '.':
                _at++;
                _written.Append(@"[^\n]");
                break;
            case '^' or '$' or '*' or '+' or '?' or '{':
                throw Unknown(_pattern[_at].ToString());
            default:
                _written.Append(Literal(_pattern[_at++]));
                break;
        }
    }

    private void ReadGroup()
    {
        string[] kinds = ["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"];
        var outer = _anyCase;
        var kind = kinds.FirstOrDefault(Take);
        if (kind is null && Take("(?i:"))
        {
            (kind, _anyCase) = ("(?:", true);
        }
        else if (kind is null && (Looking("(?") || !Take("(")))
        {
            throw Unknown(_pattern[_at..Math.Min(_pattern.Length, _at + 4)]);
        }

        _written.Append(kind ?? "(?:");
        ReadAlternatives();
        if (!Take(")"))
        {
            throw new NotSupportedException("a group without its end");
        }

        _written.Append(')');
        _anyCase = outer;
    }

    private void ReadRepetition(int start)
    {
        var bounds = AtEnd ? null : _pattern[_at] switch
        {
            '*' or '+' or '?' => _pattern[_at++].ToString(),
            '{' => ReadBounds(),
            _ => null,
        };
        if (bounds is null)
        {
            return;
        }

        if (Take("?"))
        {
            bounds += bounds[0] != '{' || bounds.Contains(',', StringComparison.Ordinal) ? "?" : throw Unknown(bounds + "?");
        }
        else if (Looking("+"))
        {
            // After bounds it is a second repetition in Oniguruma.
            if (bounds[0] == '{' || !Take("+"))
            {
                throw Unknown(bounds + "+");
            }

            _written.Insert(start, "(?>").Append(bounds).Append(')');
            bounds = "";
        }

        _written.Append(bounds);
        if (!AtEnd && _pattern[_at] is '*' or '+' or '?' or '{')
        {
            throw Unknown($"a repetition of a repetition, {_pattern[_at]}");
        }
    }

    private string ReadBounds()
    {
        var end = _pattern.IndexOf('}', _at);
        var parts = end < 0 ? [] : _pattern[(_at + 1)..end].Split(',');
        if (parts.Length is not (1 or 2) || parts.Any(part => part.Length > 4 || !part.All(char.IsAsciiDigit)) || parts.All(part => part.Length == 0))
        {
            throw Unknown("{");
        }

        _at = end + 1;
        return parts.Length == 1 ? $"{{{parts[0]}}}" : $"{{{(parts[0].Length == 0 ? "0" : parts[0])},{parts[1]}}}";
    }

    private void ReadSet()
    {
        _at++;
        var (negated, set, first) = (Take("^"), new CharacterSet(_standIns), true);
        for (; !Take("]"); first = false)
        {
            if (AtEnd || Looking("[") || Looking("&&") || (first && Looking("]")))
            {
                throw AtEnd ? new NotSupportedException("a set without its end") : Unknown($"{_pattern[_at]} in a set");
            }

            var low = Looking(@"\") ? ReadEscape() : _pattern[_at++];
            if (low is null)
            {
                ReadClass(set);
                continue;
            }

            AddRange(set, low.Value, ReadRangeEnd() ?? low.Value);
        }

        _written.Append(set.Write(negated));
    }

    private char? ReadRangeEnd()
    {
        if (!Looking("-") || _at + 1 >= _pattern.Length || _pattern[_at + 1] == ']')
        {
            return null;
        }

        _at++;
        return (Looking(@"\") ? ReadEscape() : _pattern[_at++]) ?? throw Unknown("a class as the end of a range");
    }

    private void AddRange(CharacterSet set, char low, char high)
    {
        if (char.IsSurrogate(low) || char.IsSurrogate(high))
        {
            throw new NotSupportedException("a character beyond U+FFFF");
        }

        if (low > high)
        {
            throw new NotSupportedException($"a range from U+{(int)low:X4} down to U+{(int)high:X4}");
        }

        if (!_anyCase)
        {
            set.Add(low, high);
        }
        else if (!set.AddAnyCase(low, high))
        {
            throw new NotSupportedException("(?i) over characters beyond ASCII");
        }
    }

    // The character that an escape stands for; null where it stands for a class, which is then still to be read.
    private char? ReadEscape()
    {
        var name = _at + 1 < _pattern.Length ? _pattern[_at + 1] : throw Unknown(@"\");
        if ("sSdDpP".Contains(name, StringComparison.Ordinal))
        {
            return null;
        }

        _at += 2;
        return name switch
        {
            'r' => '\r',
            'n' => '\n',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => '\e',
            'u' => ReadHex(4),
            'x' => Looking("{") ? throw Unknown(@"\x{") : ReadHex(2),
            _ when char.IsAsciiLetterOrDigit(name) => throw Unknown($@"\{name}"),
            _ => name,
        };
    }

    private char ReadHex(int digits)
    {
        var text = _pattern.AsSpan(_at, Math.Min(digits, _pattern.Length - _at));
        // Two digits beyond ASCII are a byte in Oniguruma, and no character.
        if (text.Length < digits || !ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || (digits == 2 && value > 0x7F))
        {
            throw Unknown($@"an escape with '{text}'");
        }

        _at += digits;
        return (char)value;
    }

    private CharacterSet ReadClass(CharacterSet set)
    {
        var name = _pattern[_at + 1];
        _at += 2;
        switch (name)
        {
            case 's':
                set.AddBlanks();
                break;
            case 'S':
                set.AddNoBlanks();
                break;
            case 'd' or 'D':
                set.AddCategories("Nd", name == 'D');
                break;
            default:
                ReadProperty(set, name == 'P');
                break;
        }

        return set;
    }

    private void ReadProperty(CharacterSet set, bool negated)
    {
        var end = Take("{") ? _pattern.IndexOf('}', _at) : -1;
        if (end < 0)
        {
            throw Unknown(@"\p without braces");
        }

        negated ^= Take("^");
        var name = _pattern[_at..end];
        _at = end + 1;
        if (_anyCase || !set.AddCategories(name, negated))
        {
            throw Unknown($@"\p{{{name}}}{(_anyCase ? " under (?i)" : "")}");
        }
    }

    private string Literal(char character)
    {
        if (char.IsSurrogate(character))
        {
            throw new NotSupportedException("a character beyond U+FFFF");
        }

        if (!_anyCase)
        {
            return CharacterSet.Escape(character);
        }

        // Pairs such as "ss" or "fi" equal single characters there.
        if (_at < _pattern.Length && "sf".Contains(char.ToLowerInvariant(character), StringComparison.Ordinal) && "sftil".Contains(char.ToLowerInvariant(_pattern[_at]), StringComparison.Ordinal))
        {
            throw Unknown($"'{character}{_pattern[_at]}' under (?i)");
        }

        var set = new CharacterSet(_standIns);
        AddRange(set, character, character);
        return set.Write(negated: false);
    }

    private bool Looking(string text) => string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;

    private bool Take(string text)
    {
        var here = Looking(text);
        _at += here ? text.Length : 0;
        return here;
    }

    private NotSupportedException Unknown(string part) => new($"the part '{part}' at character {Math.Min(_at, _pattern.Length)}");
}
