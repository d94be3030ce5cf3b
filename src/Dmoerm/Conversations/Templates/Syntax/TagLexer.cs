using System.Globalization;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Cuts what stands inside a tag into names, literals and operators, up to the tag's end.</summary>
/// <param name="source">The template.</param>
/// <param name="start">Behind the tag's beginning.</param>
/// <param name="isPrint">It ends in <c>}}</c>, not in <c>%}</c>.</param>
internal sealed class TagLexer(string source, int start, bool isPrint)
{
    private static readonly string[] Pairs = ["**", "//", "==", "!=", ">=", "<="];
    private readonly Stack<char> _open = new();
    private readonly string _end = isPrint ? "}}" : "%}";

    /// <summary>Where it stands; in the end, behind the tag.</summary>
    public int At { get; private set; } = start;

    /// <summary><c>-</c> or <c>+</c> before the tag's end; a null character for neither.</summary>
    public char EndSign { get; private set; }

    /// <summary>The next token with its place; null at the tag's end.</summary>
    /// <exception cref="TemplateFault">A sign that no tag has, a literal that does not end, a bracket without its partner.</exception>
    public (TokenKind Kind, string Text, int Start, object? Value)? Next()
    {
        while (true)
        {
            if (_open.Count == 0 && TryEnd())
            {
                return null;
            }

            if (At >= source.Length)
            {
                throw Fault($"unexpected end of template, expected '{_end}'");
            }

            if (!PythonText.IsSpace(source[At]))
            {
                break;
            }

            At++;
        }

        var sign = source[At];
        return char.IsAsciiDigit(sign) ? Number()
            : IsWord(sign) ? Word()
            : sign is '\'' or '"' ? Literal()
            : Operator();
    }

    private bool TryEnd()
    {
        var hasSign = At < source.Length && (source[At] == '-' || (source[At] == '+' && !isPrint));
        var at = hasSign ? At + 1 : At;
        if (string.CompareOrdinal(source, at, _end, 0, 2) != 0)
        {
            return false;
        }

        EndSign = hasSign ? source[At] : '\0';
        At = at + 2;
        return true;
    }

    private (TokenKind, string, int, object?) Word()
    {
        var from = At;
        while (At < source.Length && IsWord(source[At]))
        {
            At++;
        }

        if (source[from] != '_' && !char.IsLetter(source[from]))
        {
            At = from;
            throw Fault("Invalid character in identifier");
        }

        return (TokenKind.Name, string.Intern(source[from..At]), from, null);
    }

    private (TokenKind, string, int, object?) Literal()
    {
        var (from, quote) = (At, source[At]);
        for (At++; At < source.Length && source[At] != quote; At++)
        {
            At += source[At] == '\\' ? 1 : 0;
        }

        if (At >= source.Length)
        {
            At = from;
            throw Fault($"unexpected char {Printing.Quoted(quote.ToString())}: the text that begins here does not end");
        }

        At++;
        try
        {
            return (TokenKind.Text, StringLiteral.Read(source.AsSpan(from + 1, At - from - 2)), from, null);
        }
        catch (FormatException error)
        {
            At = from;
            throw Fault(error.Message);
        }
    }

    private (TokenKind, string, int, object?) Number()
    {
        var from = At;
        if (source[At] == '0' && At + 2 < source.Length && char.ToLowerInvariant(source[At + 1]) is 'x' or 'o' or 'b')
        {
            At += 2;
            while (At < source.Length && (char.IsAsciiHexDigit(source[At]) || source[At] == '_'))
            {
                At++;
            }

            return (TokenKind.Number, source[from..At], from, Numbers.Parse(source[from..At], 0) ?? throw Fault($"'{source[from..At]}' is no number"));
        }

        Digits();
        var isReal = false;
        if (At + 1 < source.Length && source[At] == '.' && char.IsAsciiDigit(source[At + 1]) && (from == 0 || source[from - 1] != '.'))
        {
            isReal = true;
            At++;
            Digits();
        }

        var exponent = At + 1 < source.Length && source[At + 1] is '+' or '-' ? At + 2 : At + 1;
        if (exponent < source.Length && source[At] is 'e' or 'E' && char.IsAsciiDigit(source[exponent]))
        {
            isReal = true;
            At = exponent;
            Digits();
        }

        if (!isReal && source[from] == '0')
        {
            // Behind a zero no other digit belongs to the number.
            var zeros = source.AsSpan(from, At - from).IndexOfAnyExcept("0_");
            At = zeros > 0 ? from + zeros : At;
        }

        var text = source[from..At].Replace("_", "", StringComparison.Ordinal);
        object? value = isReal ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : Numbers.Parse(text);
        return (TokenKind.Number, text, from, value ?? throw Fault($"a number of {text.Length} digits is too long"));
    }

    private void Digits()
    {
        while (At < source.Length && (char.IsAsciiDigit(source[At]) || (source[At] == '_' && At + 1 < source.Length && char.IsAsciiDigit(source[At + 1]))))
        {
            At++;
        }
    }

    private (TokenKind, string, int, object?) Operator()
    {
        var from = At;
        var text = Array.Find(Pairs, pair => string.CompareOrdinal(source, At, pair, 0, 2) == 0)
            ?? ("+-/*%~[]{}()><=.:|,;".Contains(source[At]) ? string.Intern(source[At].ToString()) : throw Fault($"unexpected char {Printing.Quoted(source[At].ToString())}"));
        if (text is "(" or "[" or "{")
        {
            _open.Push(text == "(" ? ')' : text == "[" ? ']' : '}');
        }
        else if (text is ")" or "]" or "}" && (!_open.TryPop(out var expected) || expected != text[0]))
        {
            throw Fault($"unexpected '{text}'" + (expected == '\0' ? "" : $", expected '{expected}'"));
        }

        At += text.Length;
        return (TokenKind.Operator, text, from, null);
    }

    private static bool IsWord(char sign) => sign == '_' || char.IsLetterOrDigit(sign) || (sign > '\u007f' && char.GetUnicodeCategory(sign) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    private TemplateFault Fault(string message) => new(message, line: 1 + source.AsSpan(0, Math.Min(At, source.Length)).Count('\n'));
}
