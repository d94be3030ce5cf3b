using System.Globalization;
using System.Numerics;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Operations;

/// <summary>Numbers as Python has them: whole ones of any size (a <see cref="long"/> where it fits), and floats.</summary>
internal static class Numbers
{
    /// <summary>A number, yes and no included.</summary>
    public static bool IsNumber(object? value) => value is long or double or bool or BigInteger;

    /// <summary>A whole number, yes and no included.</summary>
    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    /// <summary>A whole number in its smallest form.</summary>
    /// <exception cref="TemplateFault">It is larger than allowed.</exception>
    public static object Of(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? (object)(long)value
        : value.GetBitLength() <= TemplateLimits.IntegerBits ? value
        : throw new TemplateFault($"a whole number of more than {TemplateLimits.IntegerBits} bits, which is the limit");

    /// <summary>The numbers of a range.</summary>
    public static IEnumerable<object?> Of(RangeValue range)
    {
        for (var place = 0L; place < range.Count; place++)
        {
            yield return range[place];
        }
    }

    /// <summary>A whole number of any size.</summary>
    public static BigInteger Big(object value) => value switch { long number => number, bool flag => flag ? 1 : 0, BigInteger number => number, _ => throw new InvalidOperationException("No whole number.") };

    /// <summary>A number as a float.</summary>
    /// <exception cref="TemplateFault">It is too large.</exception>
    public static double Float(object value)
    {
        var number = value switch { double real => real, long whole => whole, bool flag => flag ? 1 : 0, _ => (double)Big(value) };
        return double.IsInfinity(number) && value is not double ? throw new TemplateFault("int too large to convert to float") : number;
    }

    /// <summary>A whole number that counts or points at something.</summary>
    /// <exception cref="TemplateFault">The value is no whole number.</exception>
    public static long Index(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        BigInteger number => number.Sign < 0 ? long.MinValue : long.MaxValue,
        Undefined undefined => throw undefined.Fault(),
        _ => throw new TemplateFault($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer"),
    };

    /// <summary>Which of two numbers is larger; 2 where one is no number and they cannot be compared.</summary>
    public static int Compare(object left, object right)
    {
        if (left is long first && right is long second)
        {
            return first.CompareTo(second);
        }

        if (left is not double && right is not double)
        {
            return Math.Sign(Big(left).CompareTo(Big(right)));
        }

        if ((left is double a && double.IsNaN(a)) || (right is double b && double.IsNaN(b)))
        {
            return 2;
        }

        return left is double x && right is double y ? x.CompareTo(y)
            : left is double real ? Compare(real, Big(right))
            : -Compare((double)right, Big(left));
    }

    /// <summary>A text as a whole number, as Python's <c>int</c> reads it; null where it is none.</summary>
    /// <param name="text">Digits, underscores between them, perhaps a sign and blanks around.</param>
    /// <param name="radix">2 to 36; 0 looks at the prefix.</param>
    public static object? Parse(string text, long radix = 10)
    {
        var digits = PythonText.Strip(text);
        var isNegative = digits.StartsWith('-');
        digits = digits.Length > 0 && digits[0] is '+' or '-' ? digits[1..] : digits;
        var stated = digits.Length > 1 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (stated > 0 && (radix == stated || radix == 0))
        {
            (digits, radix) = (digits[2..].StartsWith('_') ? digits[3..] : digits[2..], stated);
        }

        radix = radix == 0 ? 10 : radix;
        if (digits.Length is 0 or > 4300 || digits[0] == '_' || digits[^1] == '_' || digits.Contains("__", StringComparison.Ordinal))
        {
            return null;
        }

        var sum = BigInteger.Zero;
        foreach (var sign in digits.Where(sign => sign != '_'))
        {
            var digit = char.IsDigit(sign) ? (int)char.GetNumericValue(sign) : char.IsAsciiLetter(sign) ? char.ToLowerInvariant(sign) - 'a' + 10 : 99;
            if (digit >= radix)
            {
                return null;
            }

            sum = sum * radix + digit;
        }

        return Of(isNegative ? -sum : sum);
    }

    /// <summary>A text as a float, as Python's <c>float</c> reads it; null where it is none.</summary>
    public static double? ParseFloat(string text)
    {
        var digits = PythonText.Strip(text);
        var bare = digits.TrimStart('+', '-').ToLowerInvariant();
        if (digits.Length - bare.Length <= 1 && bare is "inf" or "infinity" or "nan")
        {
            return bare == "nan" ? double.NaN : digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (digits.Contains("__", StringComparison.Ordinal) || digits.StartsWith('_') || digits.EndsWith('_') || digits.Any(sign => !char.IsAsciiDigit(sign) && sign is not ('+' or '-' or '.' or 'e' or 'E' or '_')))
        {
            return null;
        }

        return double.TryParse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static int Compare(double real, BigInteger whole)
    {
        if (double.IsInfinity(real))
        {
            return real > 0 ? 1 : -1;
        }

        var floor = new BigInteger(Math.Floor(real));
        var order = Math.Sign(floor.CompareTo(whole));
        return order == 0 && real > Math.Floor(real) ? 1 : order;
    }
}
