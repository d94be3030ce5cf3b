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
    public static object Abs(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("abs", 0, 0);
        return value switch
        {
            double number => Math.Abs(number),
            _ when Numbers.IsInteger(value) => Numbers.Of(BigInteger.Abs(Numbers.Big(value!))),
            Undefined undefined => throw undefined.Fault(),
            _ => throw new TemplateFault($"bad operand type for abs(): '{TypeNames.Of(value)}'"),
        };
    }

    /// <summary><c>int</c>: the whole number in a value, or what stands for it.</summary>
    public static object? Int(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("int", 0, "default", "base");
        if (PythonText.TryGet(value, out var text))
        {
            var radix = Arguments.Or(bound[1], 10L) is var stated && Numbers.IsInteger(stated) ? Numbers.Index(stated) : -1;
            run.Charge(text.Length);
            var whole = radix == 0 || radix is >= 2 and <= 36 ? Numbers.Parse(text, radix) : null;
            return whole ?? (Numbers.ParseFloat(text) is { } real && double.IsFinite(real) ? Truncated(real) : Arguments.Or(bound[0], 0L));
        }

        return value switch
        {
            Undefined undefined => throw undefined.Fault(),
            double number when !double.IsNaN(number) => Truncated(number),
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
    public static object? Round(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("round", 0, "precision", "method");
        var (places, method) = (Arguments.Or(bound[0], 0L), Arguments.Or(bound[1], "common"));
        if (!PythonText.TryGet(method, out var name) || name is not ("common" or "ceil" or "floor"))
        {
            throw new TemplateFault("method must be common, ceil or floor");
        }

        if (name != "common")
        {
            var scale = Arithmetic.Power(10L, places);
            return Arithmetic.Divide(Limit(Arithmetic.Multiply(run, value, scale), name == "ceil"), scale);
        }

        return value switch
        {
            double number when places is null => Whole(number),
            double number => FloatText.Round(number, (int)Math.Clamp(Numbers.Index(places), -400, 400)),
            _ when Numbers.IsInteger(value) => Round(Numbers.Big(value!), places is null ? 0 : Numbers.Index(places)),
            _ => throw (value as Undefined)?.Fault() ?? new TemplateFault($"type {TypeNames.Of(value)} doesn't define __round__ method"),
        };
    }

    /// <summary><c>filesizeformat</c>.</summary>
    public static object FileSize(TemplateRun run, object? value, Arguments arguments)
    {
        var isBinary = Arguments.Flag(arguments.Bind("filesizeformat", 0, "binary")[0], false);
        var size = value is Undefined undefined ? throw undefined.Fault()
            : PythonText.TryGet(value, out var text) ? Numbers.ParseFloat(text) ?? throw new TemplateFault($"could not convert string to float: {Printing.Quoted(text)}")
            : Numbers.IsNumber(value) ? Numbers.Float(value!)
            : throw new TemplateFault($"float() argument must be a string or a real number, not '{TypeNames.Of(value)}'");
        double unit = isBinary ? 1024 : 1000;
        if (size < unit)
        {
            return size == 1 ? "1 Byte" : $"{Printing.Text(run, Truncated(size))} Bytes";
        }

        const string Prefixes = "kMGTPEZY";
        var power = 0;
        for (; power < Prefixes.Length - 1 && !(size < Math.Pow(unit, power + 2)); power++)
        {
        }

        var prefix = isBinary ? char.ToUpperInvariant(Prefixes[power]) + "i" : Prefixes[power].ToString();
        var share = NumberFormat.Real(unit * size / Math.Pow(unit, power + 2), 'f', 1);
        return $"{share} {prefix}B";
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

    private static object Truncated(double number) => double.IsFinite(number)
        ? Numbers.Of(new BigInteger(Math.Truncate(number)))
        : throw new TemplateFault($"cannot convert float {(double.IsNaN(number) ? "NaN" : "infinity")} to integer");

    // Half to even.
    private static object Whole(double number) => Truncated(double.IsFinite(number) ? Math.Round(number, MidpointRounding.ToEven) : number);

    private static object Limit(object? number, bool isUpper) => number is double real ? Truncated(isUpper ? Math.Ceiling(real) : Math.Floor(real)) : Arithmetic.Plus(number)!;

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
