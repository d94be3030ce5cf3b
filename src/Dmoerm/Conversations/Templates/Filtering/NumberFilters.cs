using System.Numerics;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>Filters of numbers.</summary>
internal static class NumberFilters
{
    /// <summary><c>abs</c>.</summary>
    public static object Abs(TemplateRun run, object? value, Arguments arguments) => value switch
    {
        double number => Math.Abs(number),
        _ when Numbers.IsInteger(value) => Numbers.Of(BigInteger.Abs(Numbers.Big(value!))),
        Undefined undefined => throw undefined.Fault(),
        _ => throw new TemplateFault($"bad operand type for abs(): '{TypeNames.Of(value)}'"),
    };

    /// <summary><c>int</c>: the whole number in a value, or what stands for it.</summary>
    public static object? Int(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("int", 0, "default", "base");
        if (PythonText.TryGet(value, out var text))
        {
            var radix = Arguments.Int(bound[1], 10);
            run.Charge(text.Length);
            var whole = radix == 0 || radix is >= 2 and <= 36 ? Numbers.Parse(text, radix) : null;
            return whole ?? (Numbers.ParseFloat(text) is { } real && double.IsFinite(real) ? Whole(real) : Arguments.Or(bound[0], 0L));
        }

        return value switch
        {
            Undefined undefined => throw undefined.Fault(),
            double number when double.IsInfinity(number) => throw new TemplateFault("cannot convert float infinity to integer"),
            double number when !double.IsNaN(number) => Whole(number),
            _ when Numbers.IsInteger(value) => Arithmetic.Plus(value),
            _ => Arguments.Or(bound[0], 0L),
        };
    }

    /// <summary><c>float</c>: the number in a value, or what stands for it.</summary>
    public static object? Float(TemplateRun run, object? value, Arguments arguments)
    {
        var fallback = Arguments.Or(arguments.Bind("float", 0, "default")[0], 0.0);
        return value is Undefined undefined ? throw undefined.Fault()
            : PythonText.TryGet(value, out var text) ? Numbers.ParseFloat(text) ?? fallback
            : Numbers.IsNumber(value) ? Numbers.Float(value!)
            : fallback;
    }

    /// <summary><c>round</c>.</summary>
    public static object Round(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("round", 0, "precision", "method");
        var places = Arguments.Int(bound[0], 0);
        var method = Arguments.Or(bound[1], "common") as string;
        if (!Numbers.IsNumber(value))
        {
            throw (value as Undefined)?.Fault() ?? new TemplateFault($"type {TypeNames.Of(value)} doesn't define __round__ method");
        }

        if (method == "common")
        {
            return value is double number ? FloatText.Round(number, (int)Math.Clamp(places, -400, 400)) : Round(Numbers.Big(value!), places);
        }

        var scale = Numbers.Float(Arithmetic.Power(10L, Math.Clamp(places, -300, 300))!);
        return method switch
        {
            "ceil" => Math.Ceiling(Numbers.Float(value!) * scale) / scale,
            "floor" => Math.Floor(Numbers.Float(value!) * scale) / scale,
            _ => throw new TemplateFault("method must be common, ceil or floor"),
        };
    }

    /// <summary><c>sum</c>.</summary>
    public static object? Sum(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("sum", 0, "attribute", "start");
        var path = AttributePath.Of(Arguments.Or(bound[0], null));
        var sum = Arguments.Or(bound[1], 0L);
        if (PythonText.TryGet(sum, out _))
        {
            throw new TemplateFault("sum() can't sum strings [use ''.join(seq) instead]");
        }

        foreach (var item in run.Items(value))
        {
            sum = Arithmetic.Add(run, sum, path.Of(run, item));
        }

        return sum;
    }

    private static object Whole(double number) => Numbers.Of(new BigInteger(Math.Truncate(number)));

    // Half to even, as for floats.
    private static object Round(BigInteger number, long places)
    {
        if (places >= 0 || places < -5000)
        {
            return places >= 0 ? Numbers.Of(number) : 0L;
        }

        var unit = BigInteger.Pow(10, (int)-places);
        var whole = BigInteger.DivRem(BigInteger.Abs(number), unit, out var rest);
        var half = (2 * rest).CompareTo(unit);
        whole += half > 0 || (half == 0 && !whole.IsEven) ? 1 : 0;
        return Numbers.Of(whole * unit * number.Sign);
    }
}
