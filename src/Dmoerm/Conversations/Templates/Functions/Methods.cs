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
            var bound = arguments.Bind("get", 1, "key", "default");
            return dict.TryGet(KeyComparer.Hashable(bound[0]), out var value) ? value : Arguments.Or(bound[1], null);
        }),
        "copy" => new FunctionValue(name, (_, _) => dict),
        "fromkeys" => new FunctionValue(name, (run, arguments) =>
        {
            var bound = arguments.Bind("fromkeys", 1, "iterable", "value");
            return new DictValue([.. run.Array(bound[0]).Select(key => new KeyValuePair<object, object?>(KeyComparer.Hashable(key), Arguments.Or(bound[1], null)))]);
        }),
        _ => null,
    };

    /// <summary>A method of a list or a tuple; null where there is none.</summary>
    public static FunctionValue? OfSequence(SequenceValue sequence, string name) => name switch
    {
        "index" => new FunctionValue(name, (run, arguments) => IndexOf(run, sequence.Items, arguments)),
        "count" => new FunctionValue(name, (run, arguments) =>
        {
            var wanted = arguments.Bind("count", 1, "value")[0];
            return (long)sequence.Items.Count(item => Comparing.AreEqual(run, item, wanted));
        }),
        "copy" when sequence is ListValue => new FunctionValue(name, (_, _) => sequence),
        _ => null,
    };

    /// <summary>A member of a whole number; <see cref="Missing"/> where there is none.</summary>
    public static object? OfInteger(object number, string name) => name switch
    {
        "real" or "numerator" => Arithmetic.Plus(number),
        "imag" => 0L,
        "denominator" => 1L,
        "conjugate" => new FunctionValue(name, (_, _) => Arithmetic.Plus(number)),
        "bit_length" => new FunctionValue(name, (_, _) => (long)BigInteger.Abs(Numbers.Big(number)).GetBitLength()),
        _ => Missing.Value,
    };

    /// <summary>A member of a float; <see cref="Missing"/> where there is none.</summary>
    public static object? OfFloat(double number, string name) => name switch
    {
        "real" => number,
        "imag" => 0.0,
        "conjugate" => new FunctionValue(name, (_, _) => number),
        "is_integer" => new FunctionValue(name, (_, _) => double.IsFinite(number) && number == Math.Floor(number)),
        _ => Missing.Value,
    };

    private static FunctionValue View(string name, DictValue dict, DictPart part) => new(name, (_, arguments) =>
    {
        arguments.Bind(name, 0);
        return new DictView(dict, part);
    });

    private static long IndexOf(TemplateRun run, object?[] items, Arguments arguments)
    {
        var bound = arguments.Bind("index", 1, "value", "start", "stop");
        var (start, stop) = TextMethods.Bounds(items.Length, bound[1], bound[2]);
        for (var place = start; place < stop; place++)
        {
            if (Comparing.AreEqual(run, items[place], bound[0]))
            {
                return place;
            }
        }

        throw new TemplateFault($"{Printing.Short(bound[0])} is not in list");
    }
}
