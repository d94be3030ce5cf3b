using System.Globalization;
using System.Numerics;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Numbers in the forms that <c>%</c> and <c>format</c> share.</summary>
internal static class NumberFormat
{
    // More digits than a double can hold before and behind the point together.
    private const int MostDigits = 1_100;

    /// <summary>A whole number in base 2, 8, 10 or 16, without sign.</summary>
    /// <param name="number">The number.</param>
    /// <param name="kind"><c>d</c>, <c>b</c>, <c>o</c>, <c>x</c> or <c>X</c>.</param>
    /// <param name="isAlternate">With <c>0x</c> and the like.</param>
    public static string Whole(BigInteger number, char kind, bool isAlternate)
    {
        number = BigInteger.Abs(number);
        var digits = kind switch
        {
            'x' => Trimmed(number.ToString("x", CultureInfo.InvariantCulture)),
            'X' => Trimmed(number.ToString("X", CultureInfo.InvariantCulture)),
            'o' => Octal(number),
            'b' => Trimmed(number.ToString("b", CultureInfo.InvariantCulture)),
            _ => number.ToString(CultureInfo.InvariantCulture),
        };
        return isAlternate && kind is 'x' or 'X' or 'o' or 'b' ? $"0{kind}{digits}" : digits;
    }

    /// <summary>A float without sign.</summary>
    /// <param name="number">The number.</param>
    /// <param name="kind"><c>f</c>, <c>e</c>, <c>g</c> or one of them large.</param>
    /// <param name="precision">Digits; null for 6.</param>
    public static string Real(double number, char kind, long? precision)
    {
        var digits = (int)(precision is > MostDigits ? throw new TemplateFault($"a precision of {precision}; at most {MostDigits} is allowed") : precision ?? 6);
        number = Math.Abs(number);
        var text = char.ToLowerInvariant(kind) switch
        {
            'f' => FloatText.Fixed(number, digits),
            'e' => FloatText.Scientific(number, digits),
            _ => FloatText.General(number, digits),
        };
        return char.IsUpper(kind) ? text.ToUpperInvariant() : text;
    }

    /// <summary>A text at its place in a field.</summary>
    /// <param name="run">Counts the blanks.</param>
    /// <param name="sign">What stands before everything but blanks.</param>
    /// <param name="text">The text.</param>
    /// <param name="width">Least code points.</param>
    /// <param name="align"><c>&lt;</c>, <c>&gt;</c>, <c>^</c>, or <c>=</c> for blanks behind the sign.</param>
    /// <param name="fill">What fills it.</param>
    public static string Field(TemplateRun run, string sign, string text, long width, char align, string fill)
    {
        var missing = Math.Max(0, width - PythonText.Length(text) - sign.Length);
        run.Charge(text.Length + sign.Length + missing * fill.Length);
        string Filling(long count) => count == 0 ? "" : string.Concat(Enumerable.Repeat(fill, (int)count));
        return align switch
        {
            '<' => sign + text + Filling(missing),
            '^' => Filling(missing / 2) + sign + text + Filling(missing - missing / 2),
            '=' => sign + Filling(missing) + text,
            _ => Filling(missing) + sign + text,
        };
    }

    private static string Trimmed(string digits) => digits.TrimStart('0') is { Length: > 0 } kept ? kept : "0";

    private static string Octal(BigInteger number)
    {
        var bits = Trimmed(number.ToString("b", CultureInfo.InvariantCulture));
        bits = bits.PadLeft((bits.Length + 2) / 3 * 3, '0');
        return Trimmed(string.Concat(bits.Chunk(3).Select(three => (char)('0' + 4 * (three[0] - '0') + 2 * (three[1] - '0') + three[2] - '0'))));
    }
}
