using System.Globalization;
using System.Numerics;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Numbers in the forms that <c>%</c> and <c>format</c> share.</summary>
internal static class NumberFormat
{
    // More digits than a double can hold before and behind the point together.
    private const int MostDigits = 1_100;

    /// <summary>A whole number in decimal digits.</summary>
    /// <exception cref="TemplateFault">It has more digits than Python prints.</exception>
    public static string Decimal(BigInteger number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return text.Length - (number.Sign < 0 ? 1 : 0) <= TemplateLimits.IntegerDigits
            ? text
            : throw new TemplateFault($"Exceeds the limit ({TemplateLimits.IntegerDigits} digits) for integer string conversion");
    }

    /// <summary>A whole number in base 2, 8, 10 or 16, without sign and prefix.</summary>
    /// <param name="number">The number.</param>
    /// <param name="kind"><c>d</c>, <c>b</c>, <c>o</c>, <c>x</c> or <c>X</c>.</param>
    public static string Whole(BigInteger number, char kind)
    {
        number = BigInteger.Abs(number);
        return kind switch
        {
            'x' => Trimmed(number.ToString("x", CultureInfo.InvariantCulture)),
            'X' => Trimmed(number.ToString("X", CultureInfo.InvariantCulture)),
            'o' => Octal(number),
            'b' => Trimmed(number.ToString("b", CultureInfo.InvariantCulture)),
            _ => Decimal(number),
        };
    }

    /// <summary>A float without sign.</summary>
    /// <param name="number">The number.</param>
    /// <param name="kind"><c>f</c>, <c>e</c>, <c>g</c> or one of them large; a null character for <c>format</c>'s own.</param>
    /// <param name="precision">Digits; null for 6, or for as many as tell the number from others where no form is named.</param>
    /// <param name="isAlternate">There is a point in any case, and <c>g</c> keeps zeros.</param>
    public static string Real(double number, char kind, long? precision, bool isAlternate = false)
    {
        var digits = (int)(precision is > MostDigits ? throw new TemplateFault($"a precision of {precision}; at most {MostDigits} is allowed") : precision ?? 6);
        number = Math.Abs(number);
        if (!double.IsFinite(number))
        {
            return char.IsUpper(kind) ? double.IsNaN(number) ? "NAN" : "INF" : double.IsNaN(number) ? "nan" : "inf";
        }

        var text = char.ToLowerInvariant(kind) switch
        {
            '\0' when precision is null => FloatText.Shortest(number),
            'f' => FloatText.Fixed(number, digits),
            'e' => FloatText.Scientific(number, digits),
            _ => FloatText.General(number, digits, isAlternate, withPoint: kind == '\0'),
        };
        text = isAlternate ? WithPoint(text) : text;
        return char.IsUpper(kind) ? text.ToUpperInvariant() : text;
    }

    /// <summary>Digits in groups, with so many zeros before them that the whole is wide enough; a group never begins with what is between groups.</summary>
    /// <param name="run">Counts the zeros.</param>
    /// <param name="digits">The digits.</param>
    /// <param name="between">What stands between groups.</param>
    /// <param name="size">Digits of a group.</param>
    /// <param name="width">Least characters.</param>
    public static string Grouped(TemplateRun run, string digits, char between, int size, long width)
    {
        run.Charge(Math.Max(width, 2L * digits.Length));
        var groups = new Stack<string>();
        var end = digits.Length;
        do
        {
            var length = (int)Math.Min(size, Math.Max(Math.Max(end, width), 1));
            groups.Push(digits[Math.Max(0, end - length)..end].PadLeft(length, '0'));
            end = Math.Max(0, end - length);
            width -= length + 1;
        }
        while (end > 0 || width >= 0);
        return string.Join(between, groups);
    }

    /// <summary>A text at its place in a field.</summary>
    /// <param name="run">Counts the blanks.</param>
    /// <param name="sign">What stands before everything but blanks: sign and prefix.</param>
    /// <param name="text">The text.</param>
    /// <param name="width">Least code points.</param>
    /// <param name="align"><c>&lt;</c>, <c>&gt;</c>, <c>^</c>, or <c>=</c> for blanks behind the sign.</param>
    /// <param name="fill">What fills it.</param>
    public static string Field(TemplateRun run, string sign, string text, long width, char align, string fill)
    {
        var missing = Math.Max(0, width - PythonText.Length(text) - sign.Length);
        run.Charge(text.Length + sign.Length + Math.Min(missing, TemplateLimits.Made) * fill.Length);
        string Filling(long count) => count == 0 ? "" : string.Concat(Enumerable.Repeat(fill, (int)count));
        return align switch
        {
            '<' => sign + text + Filling(missing),
            '^' => Filling(missing / 2) + sign + text + Filling(missing - missing / 2),
            '=' => sign + Filling(missing) + text,
            _ => Filling(missing) + sign + text,
        };
    }

    private static string WithPoint(string text)
    {
        var end = text.IndexOf('e', StringComparison.Ordinal) is var at and >= 0 ? at : text.Length;
        return text.AsSpan(0, end).Contains('.') ? text : text.Insert(end, ".");
    }

    private static string Trimmed(string digits) => digits.TrimStart('0') is { Length: > 0 } kept ? kept : "0";

    private static string Octal(BigInteger number)
    {
        var bits = Trimmed(number.ToString("b", CultureInfo.InvariantCulture));
        bits = bits.PadLeft((bits.Length + 2) / 3 * 3, '0');
        return Trimmed(string.Concat(bits.Chunk(3).Select(three => (char)('0' + 4 * (three[0] - '0') + 2 * (three[1] - '0') + three[2] - '0'))));
    }
}
