using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Tokens, gone through once.</summary>
/// <param name="tokens">The last of them is <see cref="TokenKind.End"/>.</param>
internal sealed class TokenStream(List<Token> tokens)
{
    private int _at;
    private int _nesting;

    /// <summary>The token that is looked at.</summary>
    public Token Current => tokens[_at];

    /// <summary>The token behind it.</summary>
    public Token Ahead => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Goes on.</summary>
    /// <returns>The token that was looked at.</returns>
    public Token Next()
    {
        var token = Current;
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    /// <summary>An operator of this text is looked at.</summary>
    public bool IsOperator(string text) => Current.Kind == TokenKind.Operator && Current.Text == text;

    /// <summary>A name of this text is looked at.</summary>
    public bool IsName(string text) => Current.Kind == TokenKind.Name && Current.Text == text;

    /// <summary>Goes on where it is this operator.</summary>
    public bool SkipOperator(string text) => Skip(IsOperator(text));

    /// <summary>Goes on where it is this name.</summary>
    public bool SkipName(string text) => Skip(IsName(text));

    /// <summary>Goes on where it is of this kind.</summary>
    public bool Skip(TokenKind kind) => Skip(Current.Kind == kind);

    /// <summary>An operator that must stand here.</summary>
    public void ExpectOperator(string text)
    {
        if (!SkipOperator(text))
        {
            throw Fault($"expected token '{text}', got {Current.Words}");
        }
    }

    /// <summary>A name that must stand here.</summary>
    public void ExpectName(string text)
    {
        if (!SkipName(text))
        {
            throw Fault($"expected token '{text}', got {Current.Words}");
        }
    }

    /// <summary>Any name, which must stand here.</summary>
    public string ExpectName() => Current.Kind == TokenKind.Name ? Next().Text : throw Fault($"expected token 'name', got {Current.Words}");

    /// <summary>A kind of token that must stand here.</summary>
    public void Expect(TokenKind kind)
    {
        if (!Skip(kind))
        {
            throw Fault($"expected {new Token(kind, "", 0).Words}, got {Current.Words}");
        }
    }

    /// <summary>Reads something that may hold the like inside.</summary>
    /// <exception cref="TemplateFault">Too much inside each other.</exception>
    public T Nested<T>(Func<T> read)
    {
        if (++_nesting > TemplateLimits.Nesting)
        {
            throw Fault($"more than {TemplateLimits.Nesting} brackets and tags inside each other");
        }

        var value = read();
        _nesting--;
        return value;
    }

    /// <summary>The error at the token that is looked at.</summary>
    public TemplateFault Fault(string message) => new(message, line: Current.Line);

    private bool Skip(bool holds)
    {
        if (holds)
        {
            Next();
        }

        return holds;
    }
}
