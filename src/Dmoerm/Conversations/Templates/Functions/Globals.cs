using System.Collections.Frozen;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Functions that every template can call by name.</summary>
internal static class Globals
{
    private static readonly FrozenDictionary<string, object?> All = new FunctionValue[]
    {
        new("range", Range),
        new("dict", Dict, "<class 'dict'>"),
        new("namespace", Namespace, "<class 'jinja2.utils.Namespace'>"),
        new("raise_exception", (run, arguments) => throw new TemplateFault(Printing.Text(run, arguments.Bind("raise_exception", 1, "message")[0]), isRefusal: true)),
        new("strftime_now", Clock.Write),
        new("cycler", Cycler, "<class 'jinja2.utils.Cycler'>"),
        new("joiner", Joiner, "<class 'jinja2.utils.Joiner'>"),
        new("lipsum", (_, _) => throw new TemplateFault("lipsum() makes random text, which no reward can rest on")),
    }.ToFrozenDictionary(function => function.Name, object? (function) => function, StringComparer.Ordinal);

    /// <summary>A global by name.</summary>
    /// <param name="run">The run, for <c>self</c>.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">What it stands for.</param>
    public static bool TryGet(TemplateRun run, string name, out object? value)
    {
        if (name == "self")
        {
            value = run.Self ??= new HelperValue("TemplateReference", null, member => run.Blocks.TryGetValue(member, out var block) ? new FunctionValue(member, (inner, _) => block.Text(inner)) : Missing.Value);
            return true;
        }

        return All.TryGetValue(name, out value);
    }

    private static RangeValue Range(TemplateRun run, Arguments arguments)
    {
        var places = arguments.Places("range", 1, 3);
        var (first, second, step) = (Numbers.Index(places[0]), Arguments.Int(places[1], 0), Arguments.Int(places[2], 1));
        var range = places[1] is Missing ? new RangeValue(0, first, 1) : new RangeValue(first, second, step == 0 ? throw new TemplateFault("range() arg 3 must not be zero") : step);
        var isFar = ((ReadOnlySpan<long>)[range.Start, range.Stop, range.Step]).IndexOfAnyExceptInRange(-RangeValue.Farthest, RangeValue.Farthest) >= 0;
        return !isFar && range.Count <= TemplateLimits.Range ? range : throw new TemplateFault(
            isFar ? $"a range beyond {RangeValue.Farthest} is not supported here" : $"Range too big. The sandbox blocks ranges larger than {TemplateLimits.Range}.");
    }

    private static DictValue Dict(TemplateRun run, Arguments arguments)
    {
        if (arguments.Positional.Length > 1)
        {
            throw new TemplateFault($"dict expected at most 1 argument, got {arguments.Positional.Length}");
        }

        IEnumerable<KeyValuePair<object, object?>> pairs = arguments.Positional switch
        {
            [DictValue other] => other.Pairs,
            [Undefined undefined] => throw undefined.Fault(),
            [var list] => run.Array(list).Select(pair => run.Array(pair) is [var key, var value] ? new KeyValuePair<object, object?>(KeyComparer.Hashable(key), value) : throw new TemplateFault("dictionary update sequence element has a wrong length; 2 is required")),
            _ => [],
        };
        KeyValuePair<object, object?>[] all = [.. pairs, .. arguments.Named.Select(argument => new KeyValuePair<object, object?>(argument.Key, argument.Value))];
        run.ChargeItems(2L * all.Length);
        return new DictValue(all);
    }

    private static NamespaceValue Namespace(TemplateRun run, Arguments arguments)
    {
        var space = new NamespaceValue();
        foreach (var (key, value) in Dict(run, arguments).Pairs)
        {
            space.Members[key as string ?? throw new TemplateFault("names of a namespace must be texts")] = value;
        }

        return space;
    }

    private static HelperValue Cycler(TemplateRun run, Arguments arguments)
    {
        var items = arguments.Positional;
        var place = 0;
        if (items.Length == 0)
        {
            throw new TemplateFault("at least one item has to be provided");
        }

        return new HelperValue("Cycler", null, name => name switch
        {
            "items" => new TupleValue(items),
            "pos" => (long)place,
            "current" => items[place],
            "next" => new FunctionValue(name, (_, _) =>
            {
                var item = items[place];
                place = (place + 1) % items.Length;
                return item;
            }),
            "reset" => new FunctionValue(name, (_, _) =>
            {
                place = 0;
                return null;
            }),
            _ => Missing.Value,
        });
    }

    private static HelperValue Joiner(TemplateRun run, Arguments arguments)
    {
        var between = Arguments.Or(arguments.Bind("joiner", 0, "sep")[0], ", ");
        var isUsed = false;
        return new HelperValue(
            "Joiner",
            () =>
            {
                var now = isUsed ? between : "";
                isUsed = true;
                return now;
            },
            name => name switch { "sep" => between, "used" => isUsed, _ => Missing.Value });
    }
}
