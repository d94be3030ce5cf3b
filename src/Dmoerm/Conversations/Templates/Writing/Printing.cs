using System.Globalization;
using System.Numerics;
using System.Text;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Statements;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Values as text, as Python's <c>str</c> and <c>repr</c> write them.</summary>
internal static class Printing
{
    /// <summary>A value as it is printed.</summary>
    public static string Text(TemplateRun run, object? value) => value switch
    {
        string text => text,
        MarkupValue markup => markup.Text,
        Undefined => "",
        _ => Shown(run, value),
    };

    /// <summary>A value as it stands inside a printed list.</summary>
    public static string Shown(TemplateRun run, object? value)
    {
        if (Simple(value) is { } simple)
        {
            return simple;
        }

        var text = new StringBuilder();
        Write(run, value, text, 0);
        return text.ToString();
    }

    /// <summary>A key in an error message.</summary>
    public static string Short(object? value) => Simple(value) ?? (value is string text ? Quoted(text) : $"<{TypeNames.Of(value)}>");

    /// <summary>A text in Python's choice of quotes, with what is not printable escaped.</summary>
    public static string Quoted(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        for (var at = 0; at < text.Length;)
        {
            var isWhole = Rune.TryGetRuneAt(text, at, out var rune);
            var sign = text[at];
            _ = sign switch
            {
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when sign == quote => quoted.Append('\\').Append(quote),
                _ when isWhole && PythonText.IsPrintable(rune) => quoted.Append(text, at, rune.Utf16SequenceLength),
                _ => quoted.Append(Escape(isWhole ? rune.Value : sign)),
            };
            at += isWhole ? rune.Utf16SequenceLength : 1;
        }

        return quoted.Append(quote).ToString();
    }

    /// <summary>A text in which all that is not ASCII is escaped.</summary>
    public static string Ascii(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.IsAscii ? rune.ToString() : Escape(rune.Value)));

    private static string Escape(int code) =>
        code <= 0xFF ? string.Create(CultureInfo.InvariantCulture, $"\\x{code:x2}")
        : code <= 0xFFFF ? string.Create(CultureInfo.InvariantCulture, $"\\u{code:x4}")
        : string.Create(CultureInfo.InvariantCulture, $"\\U{code:x8}");

    private static string? Simple(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        BigInteger number => NumberFormat.Decimal(number),
        double number => FloatText.Shortest(number),
        _ => null,
    };

    private static void Write(TemplateRun run, object? value, StringBuilder text, int depth)
    {
        if (depth > TemplateLimits.ValueDepth)
        {
            throw new TemplateFault($"lists and maps more than {TemplateLimits.ValueDepth} deep cannot be printed");
        }

        run.Work(1);
        var before = text.Length;
        switch (value)
        {
            case string plain:
                run.Charge(plain.Length);
                text.Append(Quoted(plain));
                break;
            case MarkupValue markup:
                run.Charge(markup.Text.Length);
                text.Append("Markup(").Append(Quoted(markup.Text)).Append(')');
                break;
            case ListValue list:
                Write(run, list.Items, text, depth, "[", "]");
                break;
            case TupleValue tuple:
                Write(run, tuple.Items, text, depth, "(", tuple.Items.Length == 1 ? ",)" : ")");
                break;
            case DictValue dict:
                Write(run, dict, text, depth);
                break;
            case DictView view:
                text.Append(view.TypeName);
                Write(run, [.. view.Items()], text, depth, "([", "])");
                break;
            case RangeValue range:
                text.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}{(range.Step == 1 ? "" : $", {range.Step}")})");
                break;
            case Undefined:
                text.Append("Undefined");
                break;
            case NamespaceValue names:
                text.Append("<Namespace ");
                Write(run, new DictValue([.. names.Members.Select(pair => new KeyValuePair<object, object?>(pair.Key, pair.Value))]), text, depth);
                text.Append('>');
                break;
            default:
                text.Append(Simple(value) ?? Other(value));
                break;
        }

        run.Charge(value is SequenceValue or DictValue ? 2 : text.Length - before);
    }

    private static string Other(object? value) => value switch
    {
        FunctionValue { Shown: { } shown } => shown,
        MacroValue macro => macro.Name is { } name ? $"<Macro {Quoted(name)}>" : "<Macro anonymous>",
        LoopValue loop => string.Create(CultureInfo.InvariantCulture, $"<LoopContext {loop.Index0 + 1}/{loop.Count}>"),
        HelperValue { TypeName: "TemplateReference" } => "<TemplateReference None>",
        _ => throw new TemplateFault($"a '{TypeNames.Of(value)}' has no text of its own: Python prints its address in memory, which is never the same twice"),
    };

    private static void Write(TemplateRun run, object?[] items, StringBuilder text, int depth, string open, string close)
    {
        text.Append(open);
        for (var place = 0; place < items.Length; place++)
        {
            text.Append(place > 0 ? ", " : "");
            Write(run, items[place], text, depth + 1);
        }

        text.Append(close);
    }

    private static void Write(TemplateRun run, DictValue dict, StringBuilder text, int depth)
    {
        text.Append('{');
        foreach (var (place, pair) in dict.Pairs.Index())
        {
            text.Append(place > 0 ? ", " : "");
            Write(run, KeyComparer.Value(pair.Key), text, depth + 1);
            text.Append(": ");
            Write(run, pair.Value, text, depth + 1);
        }

        text.Append('}');
    }
}
