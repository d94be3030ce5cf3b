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
    private readonly PatternText _pattern;
    private readonly CharacterReader _characters;
    private readonly StringBuilder _written = new();
    private int _depth;

    private PatternReader(string pattern, bool standIns)
    {
        _pattern = new PatternText(pattern);
        _characters = new CharacterReader(_pattern, standIns);
    }

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
        return reader._pattern.AtEnd ? reader._written.ToString() : throw reader._pattern.Unknown(")");
    }

    private void ReadAlternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw new NotSupportedException($"more than {MaxDepth} groups inside each other");
        }

        while (!_pattern.AtEnd && !_pattern.Looking(")"))
        {
            if (_pattern.Take("|"))
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
        switch (_pattern.Next)
        {
            case '(':
                ReadGroup();
                break;
            case '[':
                _written.Append(_characters.ReadSet());
                break;
            case '\\':
                _written.Append(_characters.ReadEscaped());
                break;
            case '.':
                _pattern.Take(".");
                _written.Append(@"[^\n]");
                break;
            case '^' or '$' or '*' or '+' or '?' or '{':
                throw _pattern.Unknown(_pattern.Ahead(1));
            default:
                _written.Append(_characters.ReadLiteral());
                break;
        }
    }

    private void ReadGroup()
    {
        string[] kinds = ["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"];
        var outer = _characters.AnyCase;
        var kind = kinds.FirstOrDefault(_pattern.Take);
        if (kind is null && _pattern.Take("(?i:"))
        {
            (kind, _characters.AnyCase) = ("(?:", true);
        }
        else if (kind is null && (_pattern.Looking("(?") || !_pattern.Take("(")))
        {
            throw _pattern.Unknown(_pattern.Ahead(4));
        }

        _written.Append(kind ?? "(?:");
        ReadAlternatives();
        if (!_pattern.Take(")"))
        {
            throw new NotSupportedException("a group without its end");
        }

        _written.Append(')');
        _characters.AnyCase = outer;
    }

    private void ReadRepetition(int start)
    {
        if (ReadTimes() is not { } times)
        {
            return;
        }

        var bounds = times[0] == '{';
        if (_pattern.Take("?"))
        {
            times += !bounds || times.Contains(',', StringComparison.Ordinal) ? "?" : throw _pattern.Unknown(times + "?");
        }
        else if (_pattern.Looking("+"))
        {
            // After bounds it is a second repetition in Oniguruma.
            if (bounds || !_pattern.Take("+"))
            {
                throw _pattern.Unknown(times + "+");
            }

            _written.Insert(start, "(?>").Append(times).Append(')');
            times = "";
        }

        _written.Append(times);
        if (!_pattern.AtEnd && _pattern.Next is ('*' or '+' or '?' or '{'))
        {
            throw _pattern.Unknown($"a repetition of a repetition, {_pattern.Next}");
        }
    }

    // Null where the atom stands once.
    private string? ReadTimes() => _pattern.AtEnd ? null : _pattern.Next switch
    {
        '*' or '+' or '?' => _pattern.Take().ToString(),
        '{' => ReadBounds(),
        _ => null,
    };

    private string ReadBounds()
    {
        _pattern.Take("{");
        var parts = _pattern.TakeUntil('}')?.Split(',') ?? [];
        if (parts.Length is not (1 or 2) || parts.Any(part => part.Length > 4 || !part.All(char.IsAsciiDigit)) || parts.All(part => part.Length == 0))
        {
            throw _pattern.Unknown("{");
        }

        return parts.Length == 1 ? $"{{{parts[0]}}}" : $"{{{(parts[0].Length == 0 ? "0" : parts[0])},{parts[1]}}}";
    }
}
