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

    /// <summary>It has a minus sign, as -0.0 has.</summary>
    public static bool IsNegative(object number) => number is double real ? double.IsNegative(real) && !double.IsNaN(real) : Big(number).Sign < 0;

    /// <summary>A whole number of any size.</summary>
    public static BigInteger Big(object value) => value switch { long number => number, bool flag => flag ? 1 : 0, BigInteger number => number, _ => throw new InvalidOperationException("No whole number.") };

    /// <summary>A number as a float.</summary>
    /// <exception cref="TemplateFault">It is too large.</exception>
    public static double Float(object value)
    {
        var number = value switch { double real => real, long whole => whole, bool flag => flag ? 1 : 0, _ => Ratio(Big(value), BigInteger.One) };
        return double.IsInfinity(number) && value is not double ? throw new TemplateFault("int too large to convert to float") : number;
    }

    /// <summary>The float nearest to a quotient, half to even; infinite where it is too large. .NET's own conversion cuts digits off.</summary>
    /// <param name="top">What is divided.</param>
    /// <param name="below">By what; not 0.</param>
    public static double Ratio(BigInteger top, BigInteger below)
    {
        var isNegative = top.Sign < 0 != below.Sign < 0;
        (top, below) = (BigInteger.Abs(top), BigInteger.Abs(below));
        // More bits than a float has, and the last of them says whether anything lies behind it.
        var shift = 66 - (int)(top.GetBitLength() - below.GetBitLength());
        var digits = BigInteger.DivRem(shift > 0 ? top << shift : top, shift < 0 ? below << -shift : below, out var rest);
        digits |= rest.IsZero ? 0 : 1;
        var bits = (int)digits.GetBitLength();
        // Below 2^-1022 a float has fewer bits.
        var drop = bits - Math.Clamp(bits - shift + 1074, 0, 53);
        var kept = digits >> drop;
        var half = ((digits - (kept << drop)) << 1).CompareTo(BigInteger.One << drop);
        kept += half > 0 || (half == 0 && !kept.IsEven) ? 1 : 0;
        var ratio = Math.ScaleB((double)(ulong)kept, drop - shift);
        return isNegative ? -ratio : ratio;
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
        if (digits.Length is 0 or > TemplateLimits.IntegerDigits || digits[0] == '_' || digits[^1] == '_' || digits.Contains("__", StringComparison.Ordinal))
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

        // Digits of all scripts count.
        digits = string.Concat(digits.Select(sign => char.IsDigit(sign) ? (char)('0' + (int)char.GetNumericValue(sign)) : sign));
        var isBetweenDigits = digits.Index().All(sign => sign.Item != '_' || (sign.Index > 0 && sign.Index + 1 < digits.Length && char.IsAsciiDigit(digits[sign.Index - 1]) && char.IsAsciiDigit(digits[sign.Index + 1])));
        return isBetweenDigits
            && digits.All(sign => char.IsAsciiDigit(sign) || sign is '+' or '-' or '.' or 'e' or 'E' or '_')
            && double.TryParse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
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
