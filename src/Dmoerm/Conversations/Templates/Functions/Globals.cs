using System.Collections.Frozen;
using System.Globalization;
using System.Text;
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
        new("dict", Dict),
        new("namespace", Namespace),
        new("raise_exception", (run, arguments) => throw new TemplateFault(Printing.Text(run, arguments.Bind("raise_exception", 1, "message")[0]), isRefusal: true)),
        new("strftime_now", StrftimeNow),
        new("cycler", Cycler),
        new("joiner", Joiner),
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
            value = new HelperValue("TemplateReference", null, member => run.Blocks.TryGetValue(member, out var block) ? new FunctionValue(member, (inner, _) => block.Text(inner)) : Missing.Value);
            return true;
        }

        return All.TryGetValue(name, out value);
    }

    private static RangeValue Range(TemplateRun run, Arguments arguments)
    {
        var bound = arguments.Bind("range", 1, "start", "stop", "step");
        var (first, second, step) = (Numbers.Index(bound[0]), Arguments.Int(bound[1], 0), Arguments.Int(bound[2], 1));
        var range = bound[1] is Missing ? new RangeValue(0, first, 1) : new RangeValue(first, second, step == 0 ? throw new TemplateFault("range() arg 3 must not be zero") : step);
        var isFar = Math.Max(Math.Abs((double)range.Start), Math.Abs((double)range.Stop)) > 1e15;
        return !isFar && range.Count <= TemplateLimits.Range ? range : throw new TemplateFault($"Range too big. The sandbox blocks ranges larger than {TemplateLimits.Range}.");
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
        object? next = "";
        return new HelperValue(
            "Joiner",
            () =>
            {
                var now = next;
                next = between;
                return now;
            },
            _ => Missing.Value);
    }

    private static string StrftimeNow(TemplateRun run, Arguments arguments)
    {
        var format = TextMethods.Text("strftime_now", arguments.Bind("strftime_now", 1, "format")[0]);
        var date = run.Date ?? throw new TemplateFault("the template reads the clock (strftime_now), and no date is given that is the same in training and in use (recipe: backbone.template.date; command line: --date)");
        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            text.Append(format[at] != '%' || at + 1 == format.Length ? format[at].ToString() : Part(date, format, ref at));
        }

        run.Charge(text.Length);
        return text.ToString();
    }

    // The C locale's words; English names are those of the invariant culture.
    private static string Part(DateTime date, string format, ref int at)
    {
        at++;
        // glibc's "%-d": without leading zeros.
        var isBare = format[at] == '-' && at + 1 < format.Length;
        at += isBare ? 1 : 0;
        string Say(string pattern) => date.ToString(pattern, CultureInfo.InvariantCulture);
        var text = format[at] switch
        {
            'Y' => date.Year.ToString(CultureInfo.InvariantCulture),
            'y' => Say("yy"),
            'm' => Say("MM"),
            'd' => Say("dd"),
            'e' => date.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'b' or 'h' => Say("MMM"),
            'B' => Say("MMMM"),
            'a' => Say("ddd"),
            'A' => Say("dddd"),
            'H' => Say("HH"),
            'I' => Say("hh"),
            'M' => Say("mm"),
            'S' => Say("ss"),
            'f' => Say("ffffff"),
            'p' => Say("tt"),
            'j' => date.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'w' => ((int)date.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'u' => date.DayOfWeek == DayOfWeek.Sunday ? "7" : ((int)date.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'F' => Say("yyyy-MM-dd"),
            'T' or 'X' => Say("HH:mm:ss"),
            'R' => Say("HH:mm"),
            'D' or 'x' => Say("MM/dd/yy"),
            'c' => Say("ddd MMM ") + date.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + Say(" HH:mm:ss ") + date.Year.ToString(CultureInfo.InvariantCulture),
            'n' => "\n",
            't' => "\t",
            'Z' or 'z' => "",
            '%' => "%",
            var other => throw new TemplateFault($"strftime_now: the directive '%{other}' is not known here"),
        };
        return isBare && text.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : text;
    }
}
