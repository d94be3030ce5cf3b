using System.Globalization;
using System.Numerics;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Floats as text.</summary>
internal static class FloatText
{
    /// <summary>The shortest text that reads back as the number, as Python's <c>repr</c> writes it.</summary>
    public static string Shortest(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        // "E16" would not be shortest; "R" is, in one of two forms.
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var sign = text.StartsWith('-') ? "-" : "";
        var (digits, exponent) = Parts(text[sign.Length..]);
        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        return exponent < 0 ? $"{sign}0.{new string('0', -exponent - 1)}{digits}"
            : digits.Length <= exponent + 1 ? $"{sign}{digits.PadRight(exponent + 1, '0')}.0"
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    /// <summary>With so many digits behind the point, the exact value rounded half to even.</summary>
    public static string Fixed(double number, int places)
    {
        if (!double.IsFinite(number))
        {
            return Shortest(number);
        }

        var scaled = BigInteger.Abs(Scaled(number, places)).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        var sign = double.IsNegative(number) ? "-" : "";
        return places == 0 ? sign + scaled : $"{sign}{scaled[..^places]}.{scaled[^places..]}";
    }

    /// <summary>With one digit before the point, so many behind it, and an exponent.</summary>
    public static string Scientific(double number, int places)
    {
        if (!double.IsFinite(number))
        {
            return Shortest(number);
        }

        var (digits, exponent) = Digits(number, places + 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(double.IsNegative(number) ? "-" : "")}{digits[0]}{(places > 0 ? "." + digits[1..] : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    /// <summary>With so many digits in all, in whichever of both forms is apt, as C's <c>%g</c>.</summary>
    /// <param name="number">The number.</param>
    /// <param name="digits">How many digits; 0 counts as 1.</param>
    /// <param name="keepsZeros">Zeros at the end stay.</param>
    /// <param name="withPoint">A whole number ends in <c>.0</c>, as <c>format</c> has it where no form is named.</param>
    public static string General(double number, int digits, bool keepsZeros = false, bool withPoint = false)
    {
        if (!double.IsFinite(number))
        {
            return Shortest(number);
        }

        digits = Math.Max(1, digits);
        var exponent = Digits(number, digits).Exponent;
        var isScientific = exponent < -4 || exponent >= (withPoint ? digits - 1 : digits);
        var text = isScientific ? Scientific(number, digits - 1) : Fixed(number, digits - 1 - exponent);
        var tail = text.IndexOf('e', StringComparison.Ordinal) is var at and >= 0 ? text[at..] : "";
        var head = text[..^tail.Length];
        head = !keepsZeros && head.Contains('.', StringComparison.Ordinal) ? head.TrimEnd('0').TrimEnd('.') : head;
        return head + (withPoint && !isScientific && !head.Contains('.', StringComparison.Ordinal) ? ".0" : "") + tail;
    }

    /// <summary>Rounded to so many digits behind the point (before it where negative), half to even, as Python's <c>round</c>.</summary>
    public static double Round(double number, int places)
    {
        // Beyond these the number stays as it is, or is 0.
        if (!double.IsFinite(number) || places > 323)
        {
            return number;
        }

        return places < -308 ? Math.CopySign(0, number)
            : places >= 0 ? double.Parse(Fixed(number, places), CultureInfo.InvariantCulture)
            : Math.CopySign(double.Parse($"{BigInteger.Abs(Scaled(number, places))}e{-places}", CultureInfo.InvariantCulture), number);
    }

    private static (string Digits, int Exponent) Parts(string text)
    {
        var at = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = at < 0 ? 0 : int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = at < 0 ? text : text[..at];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        exponent += (point < 0 ? mantissa.Length : point) - 1 - zeros;
        digits = digits.Trim('0');
        return digits.Length == 0 ? ("0", 0) : (digits, exponent);
    }

    // number times 10^places, rounded half to even.
    private static BigInteger Scaled(double number, int places)
    {
        var bits = BitConverter.DoubleToInt64Bits(number);
        var power = (int)(bits >> 52 & 0x7FF);
        var mantissa = (bits & 0xFFFFFFFFFFFFF) | (power == 0 ? 0 : 1L << 52);
        power = Math.Max(power, 1) - 1075;
        BigInteger top = number < 0 ? -mantissa : mantissa, below = 1;
        (top, below) = places >= 0 ? (top * BigInteger.Pow(10, places), below) : (top, BigInteger.Pow(10, -places));
        (top, below) = power >= 0 ? (top << power, below) : (top, below << -power);
        var whole = BigInteger.DivRem(BigInteger.Abs(top), below, out var rest);
        var half = (2 * rest).CompareTo(below);
        whole += half > 0 || (half == 0 && !whole.IsEven) ? 1 : 0;
        return top.Sign < 0 ? -whole : whole;
    }

    // The first digits, and the power of ten of the first of them.
    private static (string Digits, int Exponent) Digits(double number, int count)
    {
        if (number == 0)
        {
            return (new string('0', count), 0);
        }

        var exponent = (int)Math.Floor(Math.Log10(Math.Abs(number)));
        while (true)
        {
            var digits = BigInteger.Abs(Scaled(number, count - 1 - exponent)).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count)
            {
                return (digits, exponent);
            }

            // The logarithm was off by one, or rounding gave a digit more.
            exponent += digits.Length > count ? 1 : -1;
        }
    }
}
