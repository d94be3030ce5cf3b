using System.Numerics;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Methods of values, by name.</summary>
internal static class Methods
{
    private static readonly string[] ListChanging = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"];
    private static readonly string[] DictChanging = ["clear", "pop", "popitem", "setdefault", "update"];

    /// <summary>The method would change the value, which the sandbox refuses.</summary>
    public static bool Changing(object? owner, string name) => owner is ListValue ? ListChanging.Contains(name) : owner is DictValue && DictChanging.Contains(name);

    /// <summary>A method of a text; null where there is none.</summary>
    public static FunctionValue? OfText(string text, string name) =>
        TextMethods.Find(name) is { } method
        ? new FunctionValue(name, (run, arguments) =>
        {
            run.Look(text);
            return method(run, text, arguments);
        })
        : null;

    /// <summary>A method of a map; null where there is none.</summary>
    public static FunctionValue? OfDict(DictValue dict, string name) => name switch
    {
        "items" => View(name, dict, DictPart.Items),
        "keys" => View(name, dict, DictPart.Keys),
        "values" => View(name, dict, DictPart.Values),
        "get" => new FunctionValue(name, (_, arguments) =>
        {
            var places = arguments.Places("get", 1, 2);
            return dict.TryGet(KeyComparer.Hashable(places[0]), out var value) ? value : Arguments.Or(places[1], null);
        }),
        "copy" => Plain(name, () => dict),
        "fromkeys" => new FunctionValue(name, (run, arguments) =>
        {
            var places = arguments.Places("fromkeys", 1, 2);
            return new DictValue([.. run.Array(places[0]).Select(key => new KeyValuePair<object, object?>(KeyComparer.Hashable(key), Arguments.Or(places[1], null)))]);
        }),
        _ => null,
    };

    /// <summary>A method of a list or a tuple; null where there is none.</summary>
    public static FunctionValue? OfSequence(SequenceValue sequence, string name) => name switch
    {
        "index" => new FunctionValue(name, (run, arguments) => IndexOf(run, sequence.Items, arguments.Places("index", 1, 3))),
        "count" => new FunctionValue(name, (run, arguments) => CountOf(run, sequence.Items, arguments)),
        "copy" when sequence is ListValue => Plain(name, () => sequence),
        _ => null,
    };

    /// <summary>A member of a range; <see cref="Missing"/> where there is none.</summary>
    public static object? OfRange(RangeValue range, string name) => name switch
    {
        "start" => range.Start,
        "stop" => range.Stop,
        "step" => range.Step,
        "index" => new FunctionValue(name, (run, arguments) => IndexOf(run, run.Array(range), arguments.Places("index", 1, 1))),
        "count" => new FunctionValue(name, (run, arguments) => CountOf(run, run.Array(range), arguments)),
        _ => Missing.Value,
    };

    /// <summary>A member of a whole number; <see cref="Missing"/> where there is none.</summary>
    public static object? OfInteger(object number, string name) => name switch
    {
        "real" or "numerator" => Arithmetic.Plus(number),
        "imag" => 0L,
        "denominator" => 1L,
        "conjugate" => Plain(name, () => Arithmetic.Plus(number)),
        "bit_length" => Plain(name, () => (long)BigInteger.Abs(Numbers.Big(number)).GetBitLength()),
        "bit_count" => Plain(name, () => (long)BigInteger.Abs(Numbers.Big(number)).ToString("b", System.Globalization.CultureInfo.InvariantCulture).Count('1')),
        _ => Missing.Value,
    };

    /// <summary>A member of a float; <see cref="Missing"/> where there is none.</summary>
    public static object? OfFloat(double number, string name) => name switch
    {
        "real" => number,
        "imag" => 0.0,
        "conjugate" => Plain(name, () => number),
        "is_integer" => Plain(name, () => double.IsFinite(number) && number == Math.Floor(number)),
        _ => Missing.Value,
    };

    private static FunctionValue View(string name, DictValue dict, DictPart part) => Plain(name, () => new DictView(dict, part));

    private static FunctionValue Plain(string name, Func<object?> answer) => new(name, (_, arguments) =>
    {
        arguments.Places(name, 0, 0);
        return answer();
    });

    private static long IndexOf(TemplateRun run, object?[] items, object?[] places)
    {
        var (start, stop) = TextSearching.Bounds(items.Length, places.ElementAtOrDefault(1), places.ElementAtOrDefault(2));
        for (var place = start; place < stop; place++)
        {
            if (Comparing.AreEqual(run, items[place], places[0]))
            {
                return place;
            }
        }

        throw new TemplateFault($"{Printing.Short(places[0])} is not in list");
    }

    private static long CountOf(TemplateRun run, object?[] items, Arguments arguments)
    {
        var wanted = arguments.Places("count", 1, 1)[0];
        return items.Count(item => Comparing.AreEqual(run, item, wanted));
    }
}
