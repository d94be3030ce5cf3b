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
    public static Filter Change(Func<string, string> change) => (run, value, arguments) =>
    {
        arguments.Bind("filter", 0);
        var text = Printing.Text(run, value);
        run.Charge(text.Length);
        return change(text);
    };

    /// <summary>Words begin with a large letter: behind white space, a hyphen or an opening bracket.</summary>
    public static string Title(string text)
    {
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
        return PythonText.Strip(text, signs is null ? null : TextMethods.Text("trim", signs));
    }

    /// <summary><c>replace</c>.</summary>
    public static object Replace(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("replace", 2, "old", "new", "count");
        var most = Arguments.Or(bound[2], null) is { } count ? Numbers.Index(count) : -1;
        return TextMethods.Replace(run, Printing.Text(run, value), Printing.Text(run, bound[0]), Printing.Text(run, bound[1]), most);
    }

    /// <summary><c>escape</c>.</summary>
    public static object Escape(TemplateRun run, object? value, Arguments arguments)
    {
        if (value is MarkupValue)
        {
            return value;
        }

        var text = Printing.Text(run, value);
        run.Charge(6L * text.Length);
        return new MarkupValue(MarkupValue.Escape(text));
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
        return PercentFormat.Apply(run, Printing.Text(run, value), values);
    }

    /// <summary><c>center</c>.</summary>
    public static object? Center(TemplateRun run, object? value, Arguments arguments)
    {
        var width = Arguments.Int(arguments.Bind("center", 0, "width")[0], 80);
        return TextMethods.Find("center")!(run, Printing.Text(run, value), new Arguments([width], []));
    }

    /// <summary><c>indent</c>: all lines but the first, unless asked, and none that is empty, unless asked.</summary>
    public static object Indent(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("indent", 0, "width", "first", "blank");
        if (!PythonText.TryGet(value, out var text))
        {
            throw (value as Undefined)?.Fault() ?? new TemplateFault($"indent: expected a text, not {TypeNames.Of(value)}");
        }

        var isText = PythonText.TryGet(Arguments.Or(bound[0], 4L), out var indent);
        var width = isText ? 0 : Math.Max(0, Arguments.Int(bound[0], 4));
        run.Charge(width);
        indent = isText ? indent : new string(' ', (int)width);
        var blank = Arguments.Flag(bound[2], false);
        string[] lines = [.. PythonText.Lines(text + "\n")];
        run.Charge(text.Length + (long)indent.Length * lines.Length);
        var rest = lines.Skip(1).Select(line => blank || line.Length > 0 ? indent + line : line);
        return (Arguments.Flag(bound[1], false) ? indent : "") + string.Join('\n', rest.Prepend(lines[0]));
    }

    /// <summary><c>truncate</c>.</summary>
    public static object Truncate(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("truncate", 0, "length", "killwords", "end", "leeway");
        if (!PythonText.TryGet(value, out var text))
        {
            throw (value as Undefined)?.Fault() ?? new TemplateFault($"truncate: expected a text, not {TypeNames.Of(value)}");
        }

        var end = bound[2] is Missing ? "..." : TextMethods.Text("truncate", bound[2]);
        var (length, leeway) = (Arguments.Int(bound[0], 255), Arguments.Or(bound[3], null) is { } stated ? Numbers.Index(stated) : 5);
        if (length < PythonText.Length(end) || leeway < 0)
        {
            throw new TemplateFault($"truncate: expected length of at least {PythonText.Length(end)} and leeway of at least 0, got {length} and {leeway}");
        }

        if (PythonText.Length(text) <= length + Math.Min(leeway, int.MaxValue))
        {
            return text;
        }

        run.Charge(length + end.Length);
        var kept = text[..PythonText.Offset(text, (int)(length - PythonText.Length(end)))];
        var blank = Arguments.Flag(bound[1], false) ? -1 : kept.LastIndexOf(' ');
        return (blank < 0 ? kept : kept[..blank]) + end;
    }

    /// <summary><c>wordcount</c>: runs of letters, digits and underscores.</summary>
    public static object WordCount(TemplateRun run, object? value, Arguments arguments)
    {
        var (count, isInside) = (0L, false);
        foreach (var rune in Printing.Text(run, value).EnumerateRunes())
        {
            var isWord = Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.GetNumericValue(rune) >= 0;
            count += isWord && !isInside ? 1 : 0;
            isInside = isWord;
        }

        return count;
    }
}
