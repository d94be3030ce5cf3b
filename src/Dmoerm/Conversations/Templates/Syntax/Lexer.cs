using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Cuts a template's source into text and tags.</summary>
/// <remarks>
/// White space as transformers sets Jinja: one newline behind a statement or a comment goes (trim_blocks), blanks before one go where nothing else stands before it in its line (lstrip_blocks),
/// <c>-</c> takes all white space on its side, <c>+</c> none. Of the newlines at the end of the template one goes.
/// </remarks>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _counted;
    private int _line = 1;

    private Lexer(string source) => _source = source;

    /// <summary>The tokens, the last of which is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="TemplateFault">A tag is broken or not closed.</exception>
    public static List<Token> Read(string source)
    {
        var normal = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new Lexer(normal.EndsWith('\n') ? normal[..^1] : normal);
        while (lexer.Next())
        {
        }

        lexer.Add(TokenKind.End, "");
        return lexer._tokens;
    }

    private bool Next()
    {
        var open = _at;
        while ((open = _source.IndexOf('{', open)) >= 0 && (open + 1 == _source.Length || _source[open + 1] is not ('{' or '%' or '#')))
        {
            open++;
        }

        if (open < 0)
        {
            Data(_source[_at..]);
            _at = _source.Length;
            return false;
        }

        var kind = _source[open + 1];
        var sign = SignAt(open + 2);
        Data(Left(_source[_at..open], sign, kind == '{'));
        _at = open + 2 + (sign == '\0' ? 0 : 1);
        if (kind == '#')
        {
            Comment();
        }
        else if (kind == '{' || !Raw())
        {
            Tag(kind == '{');
        }

        return true;
    }

    private void Tag(bool isPrint)
    {
        Add(isPrint ? TokenKind.PrintBegin : TokenKind.BlockBegin, "");
        var tag = new TagLexer(_source, _at, isPrint);
        while (tag.Next() is { } token)
        {
            CountTo(token.Start);
            _tokens.Add(new Token(token.Kind, token.Text, _line, token.Value));
        }

        CountTo(tag.At);
        Add(isPrint ? TokenKind.PrintEnd : TokenKind.BlockEnd, "");
        _at = tag.At;
        SkipEnd(trimsNewline: !isPrint, tag.EndSign);
    }

    private void Comment()
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            // Jinja does not miss the end of what does not begin.
            _at = _at == _source.Length ? _at : throw Fault("Missing end of comment tag");
            return;
        }

        var sign = end > _at && _source[end - 1] is '-' or '+' ? _source[end - 1] : '\0';
        _at = end + 2;
        SkipEnd(trimsNewline: true, sign);
    }

    // {% raw %} up to {% endraw %} is text, whatever stands there.
    private bool Raw()
    {
        var at = Word(_at, "raw");
        if (at < 0 || !TryEnd(at, out var start, out var sign) || sign == '+')
        {
            return false;
        }

        (_at, var from) = (start, start);
        SkipEnd(trimsNewline: false, sign);
        from = _at;
        for (var open = _at; (open = _source.IndexOf("{%", open, StringComparison.Ordinal)) >= 0; open += 2)
        {
            var before = SignAt(open + 2);
            at = Word(open + 2 + (before == '\0' ? 0 : 1), "endraw");
            if (at >= 0 && TryEnd(at, out var behind, out sign))
            {
                Data(Left(_source[from..open], before, isPrint: false));
                _at = behind;
                SkipEnd(trimsNewline: true, sign);
                return true;
            }
        }

        return _at == _source.Length ? true : throw Fault("Missing end of raw directive");
    }

    // What is left of the text before a tag.
    private string Left(string text, char sign, bool isPrint)
    {
        if (sign == '-')
        {
            return PythonText.Strip(text, start: false);
        }

        if (sign == '+' || isPrint)
        {
            return text;
        }

        var start = text.LastIndexOf('\n') + 1;
        var isWholeLine = start > 0 || _at == 0 || _source[_at - 1] == '\n';
        return isWholeLine && BehindSpace(text, start) == text.Length
            ? text[..start]
            : text;
    }

    private void SkipEnd(bool trimsNewline, char sign)
    {
        if (sign == '-')
        {
            while (_at < _source.Length && PythonText.IsSpace(_source[_at]))
            {
                _at++;
            }
        }
        else if (trimsNewline && sign != '+' && _at < _source.Length && _source[_at] == '\n')
        {
            _at++;
        }
    }

    private char SignAt(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : '\0';

    // Behind a word with white space around it; -1 where it does not stand there.
    private int Word(int at, string word)
    {
        at = BehindSpace(at);
        return string.CompareOrdinal(_source, at, word, 0, word.Length) == 0 ? BehindSpace(at + word.Length) : -1;
    }

    private int BehindSpace(int at) => BehindSpace(_source, at);

    private static int BehindSpace(string text, int at)
    {
        while (at < text.Length && PythonText.IsSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private bool TryEnd(int at, out int behind, out char sign)
    {
        sign = SignAt(at);
        at += sign == '\0' ? 0 : 1;
        behind = at + 2;
        return string.CompareOrdinal(_source, at, "%}", 0, 2) == 0;
    }

    private void Data(string text)
    {
        if (text.Length > 0)
        {
            Add(TokenKind.Data, text);
        }
    }

    private void Add(TokenKind kind, string text)
    {
        CountTo(_at);
        _tokens.Add(new Token(kind, text, _line));
    }

    private void CountTo(int at)
    {
        if (at > _counted)
        {
            _line += _source.AsSpan(_counted, at - _counted).Count('\n');
            _counted = at;
        }
    }

    private TemplateFault Fault(string message)
    {
        CountTo(_at);
        return new TemplateFault(message, line: _line);
    }
}
