using System.Text;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>Filters of texts; what is no text is printed first.</summary>
internal static class TextFilters
{
    /// <summary>A filter that changes a text and takes no arguments.</summary>
    public static Filter Change(string name, Func<string, string> change) => (run, value, arguments) =>
    {
        arguments.Places(name, 0, 0);
        var text = Printing.Text(run, value);
        run.Charge(text.Length);
        return Like(value, change(text));
    };

    /// <summary><c>string</c>.</summary>
    public static object String(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("string", 0, 0);
        return value is MarkupValue ? value : Printing.Text(run, value);
    }

    /// <summary><c>safe</c>: it counts as HTML.</summary>
    public static object Safe(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("safe", 0, 0);
        return value is MarkupValue ? value : new MarkupValue(Printing.Text(run, value));
    }

    /// <summary><c>forceescape</c>: escaped, even where it counts as HTML.</summary>
    public static object ForceEscape(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("forceescape", 0, 0);
        return MarkupMethods.Escaped(run, Printing.Text(run, value));
    }

    /// <summary><c>title</c>: words begin with a large letter, behind white space, a hyphen or an opening bracket.</summary>
    public static object Title(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("title", 0, 0);
        var text = Printing.Text(run, value);
        run.Charge(text.Length);
        var result = new StringBuilder();
        var start = 0;
        void Word(int end)
        {
            if (end > start)
            {
                var width = char.IsSurrogatePair(text, start) ? 2 : 1;
                result.Append(Casing.Upper(text[start..(start + width)])).Append(Casing.Lower(text[(start + width)..end]));
            }
        }

        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '-' or '(' or '{' or '[' or '<' || PythonText.IsSpace(text[at]))
            {
                Word(at);
                result.Append(text[at]);
                start = at + 1;
            }
        }

        Word(text.Length);
        return result.ToString();
    }

    /// <summary><c>trim</c>.</summary>
    public static object Trim(TemplateRun run, object? value, Arguments arguments)
    {
        var signs = Arguments.Or(arguments.Bind("trim", 0, "chars")[0], null);
        var text = Printing.Text(run, value);
        run.Charge(text.Length);
        return Like(value, PythonText.Strip(text, signs is null ? null : TextMethods.Text("trim", signs)));
    }

    /// <summary><c>replace</c>.</summary>
    public static object Replace(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("replace", 2, "old", "new", "count");
        var most = Arguments.Or(bound[2], null) is { } count ? Numbers.Index(count) : -1;
        return TextSearching.Replace(run, Printing.Text(run, value), Printing.Text(run, bound[0]), Printing.Text(run, bound[1]), most);
    }

    /// <summary><c>escape</c>.</summary>
    public static object Escape(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("escape", 0, 0);
        return MarkupMethods.Escaped(run, value);
    }

    /// <summary><c>format</c>: the <c>%</c> operator.</summary>
    public static object Format(TemplateRun run, object? value, Arguments arguments)
    {
        if (arguments.Positional.Length > 0 && arguments.Named.Length > 0)
        {
            throw new TemplateFault("can't handle positional and keyword arguments at the same time");
        }

        object values = arguments.Named.Length > 0
            ? new DictValue([.. arguments.Named.Select(argument => new KeyValuePair<object, object?>(argument.Key, argument.Value))])
            : new TupleValue(arguments.Positional);
        return Like(value, PercentFormat.Apply(run, Printing.Text(run, value), values, escapes: value is MarkupValue));
    }

    /// <summary><c>center</c>.</summary>
    public static object Center(TemplateRun run, object? value, Arguments arguments)
    {
        var width = Arguments.Int(arguments.Bind("center", 0, "width")[0], 80);
        return Like(value, TextPadding.Pad(run, "center", Printing.Text(run, value), new Arguments([width], [])));
    }

    /// <summary><c>indent</c>: all lines but the first, unless asked, and none that is empty, unless asked.</summary>
    public static object Indent(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("indent", 0, "width", "first", "blank");
        if (!PythonText.TryGet(value, out var text))
        {
            throw (value as Undefined)?.Fault() ?? new TemplateFault($"indent: expected a text, not {TypeNames.Of(value)}");
        }

        var width = Arguments.Or(bound[0], 4L);
        var indent = PythonText.TryGet(width, out var stated) ? stated : Filters.Blanks(run, width);
        var blank = Arguments.Flag(bound[2], false);
        string[] lines = [.. PythonText.Lines(text + "\n")];
        run.Charge(text.Length + (long)indent.Length * lines.Length);
        var rest = lines.Skip(1).Select(line => blank || line.Length > 0 ? indent + line : line);
        return Like(value, (Arguments.Flag(bound[1], false) ? indent : "") + string.Join('\n', rest.Prepend(lines[0])));
    }

    /// <summary><c>truncate</c>.</summary>
    public static object? Truncate(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("truncate", 0, "length", "killwords", "end", "leeway");
        var end = Arguments.Or(bound[2], "...");
        var length = Arguments.Or(bound[0], 255L);
        var leeway = Arguments.Or(bound[3], null) ?? 5L;
        var dots = Iteration.Count(end) ?? throw new TemplateFault($"object of type '{TypeNames.Of(end)}' has no len()");
        if (Comparing.Order(run, length, dots, ">=") is not (0 or 1) || Comparing.Order(run, leeway, 0L, ">=") is not (0 or 1))
        {
            throw new TemplateFault($"truncate: expected length of at least {dots} and leeway of at least 0");
        }

        var count = Iteration.Count(value) ?? throw new TemplateFault($"object of type '{TypeNames.Of(value)}' has no len()");
        if (Comparing.Order(run, count, Arithmetic.Add(run, length, leeway), "<=") is -1 or 0)
        {
            return value;
        }

        var text = TextMethods.Text("truncate", value);
        var kept = PythonText.Start(text, Numbers.Index(length) - dots);
        run.Charge(kept.Length);
        var blank = Arguments.Flag(bound[1], false) ? -1 : kept.LastIndexOf(' ');
        return Arithmetic.Add(run, Like(value, blank < 0 ? kept : kept[..blank]), end);
    }

    /// <summary><c>wordcount</c>: runs of letters, digits and underscores.</summary>
    public static object WordCount(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("wordcount", 0, 0);
        var (count, isInside) = (0L, false);
        foreach (var rune in Printing.Text(run, value).EnumerateRunes())
        {
            var isWord = Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.GetNumericValue(rune) != -1;
            count += isWord && !isInside ? 1 : 0;
            isInside = isWord;
        }

        return count;
    }

    // What counts as HTML goes on to do so.
    private static object Like(object? value, string text) => value is MarkupValue ? new MarkupValue(text) : text;
}
