using System.Numerics;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Operations;

/// <summary>Python's operators on values. What an operator makes is counted before it is made.</summary>
internal static class Arithmetic
{
    /// <summary>Sum, or one text or list behind another.</summary>
    public static object? Add(TemplateRun run, object? left, object? right)
    {
        switch (left, right)
        {
            case (string first, string second):
                run.Charge((long)first.Length + second.Length);
                return string.Concat(first, second);
            case (MarkupValue or string, MarkupValue or string):
                var (before, after) = (Escaped(left), Escaped(right));
                run.Charge((long)before.Length + after.Length);
                return new MarkupValue(before + after);
            case (ListValue first, ListValue second):
                return new ListValue(Joined(run, first, second));
            case (TupleValue first, TupleValue second):
                return new TupleValue(Joined(run, first, second));
            default:
                return Numeric("+", left, right, (x, y) => x + y, (x, y) => x + y);
        }
    }

    /// <summary>Difference.</summary>
    public static object? Subtract(object? left, object? right) => Numeric("-", left, right, (x, y) => x - y, (x, y) => x - y);

    /// <summary>Product, or a text or list many times.</summary>
    public static object? Multiply(TemplateRun run, object? left, object? right)
    {
        if (left is string or MarkupValue or SequenceValue && Numbers.IsInteger(right))
        {
            return Repeat(run, left, right);
        }

        return right is string or MarkupValue or SequenceValue && Numbers.IsInteger(left)
            ? Repeat(run, right, left)
            : Numeric("*", left, right, Product, (x, y) => x * y);
    }

    /// <summary>Quotient, always a float.</summary>
    public static object? Divide(object? left, object? right) => Numeric("/", left, right, (x, y) => Quotient(x, y), (x, y) => y == 0 ? throw ByZero("float division by zero") : x / y);

    /// <summary>Quotient, rounded towards minus infinity.</summary>
    public static object? FloorDivide(object? left, object? right) => Numeric("//", left, right, (x, y) => y.IsZero ? throw ByZero("integer division or modulo by zero") : (x - Modulo(x, y)) / y, FloorDivide);

    /// <summary>Remainder with the divisor's sign, or a text's <c>%</c> formatting.</summary>
    public static object? Remainder(TemplateRun run, object? left, object? right) => left switch
    {
        string format => PercentFormat.Apply(run, format, right),
        MarkupValue markup => new MarkupValue(PercentFormat.Apply(run, markup.Text, right, escapes: true)),
        _ => Numeric("%", left, right, (x, y) => y.IsZero ? throw ByZero("integer modulo by zero") : Modulo(x, y), Modulo),
    };

    /// <summary>Power.</summary>
    public static object? Power(object? left, object? right) => Numeric("** or pow()", left, right, Power, Power);

    /// <summary>The number with the other sign.</summary>
    public static object? Negate(object? value) => value switch
    {
        double number => -number,
        _ when Numbers.IsInteger(value) => Numbers.Of(-Numbers.Big(value!)),
        Undefined undefined => throw undefined.Fault(),
        _ => throw new TemplateFault($"bad operand type for unary -: '{TypeNames.Of(value)}'"),
    };

    /// <summary>The number itself.</summary>
    public static object? Plus(object? value) => value switch
    {
        double => value,
        _ when Numbers.IsInteger(value) => Numbers.Of(Numbers.Big(value!)),
        Undefined undefined => throw undefined.Fault(),
        _ => throw new TemplateFault($"bad operand type for unary +: '{TypeNames.Of(value)}'"),
    };

    private static object? Numeric(string sign, object? left, object? right, Func<BigInteger, BigInteger, object> whole, Func<double, double, double> real)
    {
        if (Numbers.IsInteger(left) && Numbers.IsInteger(right))
        {
            var result = whole(Numbers.Big(left!), Numbers.Big(right!));
            return result is BigInteger big ? Numbers.Of(big) : result;
        }

        return Numbers.IsNumber(left) && Numbers.IsNumber(right)
            ? real(Numbers.Float(left!), Numbers.Float(right!))
            : throw Mismatch(sign, left, right);
    }

    private static TemplateFault Mismatch(string sign, object? left, object? right)
    {
        if ((left as Undefined ?? right as Undefined) is { } undefined)
        {
            return undefined.Fault();
        }

        var (first, second) = (TypeNames.Of(left), TypeNames.Of(right));
        return new TemplateFault(sign == "+" && left is string or SequenceValue
            ? $"can only concatenate {first} (not \"{second}\") to {first}"
            : $"unsupported operand type(s) for {sign}: '{first}' and '{second}'");
    }

    private static string Escaped(object? value) => value is MarkupValue markup ? markup.Text : MarkupValue.Escape((string)value!);

    private static object?[] Joined(TemplateRun run, SequenceValue first, SequenceValue second)
    {
        run.ChargeItems((long)first.Items.Length + second.Items.Length);
        return [.. first.Items, .. second.Items];
    }

    private static object Repeat(TemplateRun run, object value, object? count)
    {
        var times = Math.Max(0, count is BigInteger ? throw new TemplateFault("cannot fit 'int' into an index-sized integer") : Numbers.Index(count));
        if (value is SequenceValue sequence)
        {
            run.ChargeItems(Times(sequence.Items.Length, times));
            return sequence.With([.. Enumerable.Repeat(sequence.Items, sequence.Items.Length == 0 ? 0 : (int)times).SelectMany(items => items)]);
        }

        var text = (value as MarkupValue)?.Text ?? (string)value;
        run.Charge(Times(text.Length, times));
        var repeated = text.Length == 0 ? "" : new System.Text.StringBuilder(text.Length * (int)times).Insert(0, text, (int)times).ToString();
        return value is MarkupValue ? new MarkupValue(repeated) : repeated;
    }

    private static long Times(long length, long times) => length > 0 && times > TemplateLimits.Made / length ? TemplateLimits.Made + 1 : length * times;

    private static object Product(BigInteger left, BigInteger right) =>
        left.GetBitLength() + right.GetBitLength() > TemplateLimits.IntegerBits + 1 ? throw TooLarge() : left * right;

    private static double Quotient(BigInteger left, BigInteger right)
    {
        var quotient = right.IsZero ? throw ByZero("division by zero") : Numbers.Ratio(left, right);
        return double.IsFinite(quotient) ? quotient : throw new TemplateFault("integer division result too large for a float");
    }

    private static BigInteger Modulo(BigInteger left, BigInteger right)
    {
        var rest = BigInteger.Remainder(left, right);
        return !rest.IsZero && rest.Sign != right.Sign ? rest + right : rest;
    }

    private static double Modulo(double left, double right)
    {
        if (right == 0)
        {
            throw ByZero("float modulo");
        }

        var rest = left % right;
        return rest == 0 ? Math.CopySign(0, right) : rest < 0 != right < 0 ? rest + right : rest;
    }

    // As CPython does it: the rest is taken off first, so that the quotient is nearly whole.
    private static double FloorDivide(double left, double right)
    {
        if (right == 0)
        {
            throw ByZero("float floor division by zero");
        }

        var rest = left % right;
        var quotient = (left - rest) / right;
        quotient -= rest != 0 && rest < 0 != right < 0 ? 1 : 0;
        if (quotient == 0)
        {
            return Math.CopySign(0, left / right);
        }

        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static object Power(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0)
        {
            return Power(Numbers.Float(Numbers.Of(left)), Numbers.Float(Numbers.Of(right)));
        }

        return BigInteger.Abs(left) <= 1 ? left.IsZero ? right.IsZero ? BigInteger.One : left : left.IsOne || right.IsEven ? BigInteger.One : left
            : left.GetBitLength() * (double)right > TemplateLimits.IntegerBits + 64 ? throw TooLarge()
            : BigInteger.Pow(left, (int)right);
    }

    private static double Power(double left, double right)
    {
        if (left == 0 && right < 0 && double.IsFinite(right))
        {
            throw ByZero("0.0 cannot be raised to a negative power");
        }

        var power = Math.Pow(left, right);
        return double.IsNaN(power) && !double.IsNaN(left) && !double.IsNaN(right) ? throw new TemplateFault("the power of a negative number is complex, which templates here do not have")
            : double.IsInfinity(power) && double.IsFinite(left) && double.IsFinite(right) ? throw new TemplateFault("Numerical result out of range")
            : power;
    }

    private static TemplateFault ByZero(string message) => new(message);

    private static TemplateFault TooLarge() => new($"a whole number of more than {TemplateLimits.IntegerBits} bits, which is the limit");
}
