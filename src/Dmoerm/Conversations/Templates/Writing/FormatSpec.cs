using System.Globalization;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>How <c>format</c> writes one value: <c>[[fill]align][sign][z][#][0][width][,][.precision][kind]</c>.</summary>
internal sealed class FormatSpec
{
    private readonly string _spec;
    private int _at;

    /// <summary>Reads one.</summary>
    /// <param name="spec">The text.</param>
    /// <param name="isNumber">It is for a number, which stands to the right.</param>
    /// <param name="type">The value's type, for errors.</param>
    /// <exception cref="TemplateFault">It is none.</exception>
    public FormatSpec(string spec, bool isNumber, string type)
    {
        _spec = spec;
        Align = isNumber ? '>' : '<';
        var (hasFill, hasAlign) = ReadAlign();
        Sign = Peek is '+' or '-' or ' ' ? Take() : '\0';
        DropsSignOfZero = Skip('z');
        IsAlternate = Skip('#');
        if (!hasFill && Skip('0'))
        {
            Fill = "0";
            Align = !hasAlign && isNumber ? '=' : Align;
        }

        Width = Number() ?? 0;
        Between = Peek is ',' or '_' ? Take() : '\0';
        if (Between != '\0' && Peek is ',' or '_')
        {
            throw new TemplateFault("Cannot specify both ',' and '_'.");
        }

        Precision = Skip('.') ? Number() ?? throw new TemplateFault("Format specifier missing precision") : null;
        Kind = _at < spec.Length ? Take() : '\0';
        if (_at < spec.Length)
        {
            throw new TemplateFault($"Invalid format specifier '{spec}' for object of type '{type}'");
        }

        if (Between != '\0' && Kind is not ('\0' or 'd' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%') && !(Between == '_' && Kind is 'b' or 'o' or 'x' or 'X'))
        {
            throw new TemplateFault($"Cannot specify '{Between}' with '{Kind}'.");
        }
    }

    /// <summary>What fills the field.</summary>
    public string Fill { get; private set; } = " ";

    /// <summary><c>&lt;</c>, <c>&gt;</c>, <c>^</c>, or <c>=</c> for filling behind the sign.</summary>
    public char Align { get; private set; }

    /// <summary><c>+</c>, <c>-</c> or a blank, for numbers that are not negative; a null character for none.</summary>
    public char Sign { get; }

    /// <summary>What is rounded to 0 has no minus sign.</summary>
    public bool DropsSignOfZero { get; }

    /// <summary><c>#</c>: with prefix or point.</summary>
    public bool IsAlternate { get; }

    /// <summary>Least code points.</summary>
    public long Width { get; }

    /// <summary>What stands between groups of digits; a null character for nothing.</summary>
    public char Between { get; }

    /// <summary>Digits of a float, or most code points of a text; null where none is said.</summary>
    public long? Precision { get; }

    /// <summary>The form's letter; a null character for none.</summary>
    public char Kind { get; }

    private char Peek => _at < _spec.Length ? _spec[_at] : '\0';

    private (bool HasFill, bool HasAlign) ReadAlign()
    {
        var first = _spec.Length > 1 && char.IsSurrogatePair(_spec, 0) ? 2 : 1;
        if (_spec.Length > first && IsAlign(_spec[first]))
        {
            (Fill, Align, _at) = (_spec[..first], _spec[first], first + 1);
            return (true, true);
        }

        var hasAlign = IsAlign(Peek);
        Align = hasAlign ? Take() : Align;
        return (false, hasAlign);
    }

    private static bool IsAlign(char sign) => sign is '<' or '>' or '=' or '^';

    private char Take() => _spec[_at++];

    private bool Skip(char sign)
    {
        var isThere = Peek == sign;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private long? Number()
    {
        var start = _at;
        while (char.IsAsciiDigit(Peek))
        {
            _at++;
        }

        var digits = _spec.AsSpan(start, _at - start).TrimStart('0');
        return _at == start ? null
            : digits.Length == 0 ? 0
            : digits.Length < 10 ? long.Parse(digits, CultureInfo.InvariantCulture)
            : throw new TemplateFault("Too many decimal digits in format string");
    }
}
