namespace Dmoerm.Tests.House;

/// <summary>The words and signs of C# source, without comments and the text of strings; the code inside interpolated strings stays.</summary>
internal sealed class SourceTokens
{
    private readonly string _text;
    private readonly List<string> _tokens = [];
    private int _at;

    private SourceTokens(string text) => _text = text;

    /// <summary>Reads a file's tokens: an identifier without its @, "::", or one sign each.</summary>
    public static IReadOnlyList<string> Read(string text)
    {
        var reader = new SourceTokens(text);
        reader.ReadUntil(closing: '\0');
        return reader._tokens;
    }

    // Stops at the closing brace of an interpolation hole, or at the end.
    private void ReadUntil(char closing)
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (closing != '\0' && depth == 0 && c == closing)
            {
                return;
            }

            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (!SkipComment() && !SkipCharacter() && !ReadString())
            {
                ReadToken(c);
            }
        }
    }

    private void ReadToken(char c)
    {
        var start = _at;
        if (char.IsLetterOrDigit(c) || c == '_')
        {
            while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            {
                _at++;
            }

            _tokens.Add(_text[start.._at]);
            return;
        }

        var isColons = Follows("::");
        _at += isColons ? 2 : 1;
        if (!char.IsWhiteSpace(c) && c != '@')
        {
            _tokens.Add(isColons ? "::" : c.ToString());
        }
    }

    private bool SkipComment()
    {
        var end = Follows("//") ? "\n" : Follows("/*") ? "*/" : null;
        if (end is null)
        {
            return false;
        }

        SkipPast(end, from: _at + 2);
        return true;
    }

    private bool SkipCharacter()
    {
        if (_text[_at] != '\'')
        {
            return false;
        }

        for (_at++; _at < _text.Length && _text[_at] != '\''; _at++)
        {
            _at += _text[_at] == '\\' ? 1 : 0;
        }

        _at++;
        return true;
    }

    private bool ReadString()
    {
        var start = _at;
        var dollars = 0;
        var isVerbatim = false;
        while (start < _text.Length && _text[start] is '$' or '@')
        {
            dollars += _text[start] == '$' ? 1 : 0;
            isVerbatim |= _text[start] == '@';
            start++;
        }

        var quotes = 0;
        while (start + quotes < _text.Length && _text[start + quotes] == '"')
        {
            quotes++;
        }

        if (quotes == 0)
        {
            return false;
        }

        if (quotes >= 3 && !isVerbatim)
        {
            _at = start + quotes;
            ReadText(new string('"', quotes), dollars, escape: '\0', doubles: false);
        }
        else
        {
            _at = start + 1;
            ReadText("\"", Math.Min(dollars, 1), escape: isVerbatim ? '\0' : '\\', doubles: true);
        }

        return true;
    }

    private void ReadText(string end, int braces, char escape, bool doubles)
    {
        var hole = new string('{', braces);
        while (_at < _text.Length)
        {
            if (escape != '\0' && _text[_at] == escape)
            {
                _at += 2;
            }
            else if (doubles && ((escape == '\0' && Follows("\"\"")) || (braces > 0 && Follows("{{"))))
            {
                _at += 2;
            }
            else if (Follows(end))
            {
                _at += end.Length;
                return;
            }
            else if (braces > 0 && Follows(hole))
            {
                _at += braces;
                ReadUntil(closing: '}');
                _at += braces;
            }
            else
            {
                _at++;
            }
        }
    }

    private bool Follows(string sign) => string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0;

    private void SkipPast(string end, int from)
    {
        var found = _text.IndexOf(end, Math.Min(from, _text.Length), StringComparison.Ordinal);
        _at = found < 0 ? _text.Length : found + end.Length;
    }
}
