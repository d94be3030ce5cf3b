using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Python's methods that cut texts into pieces.</summary>
internal static class TextCutting
{
    /// <summary><c>split</c> and <c>rsplit</c>: pieces between separators, or between runs of white space.</summary>
    public static object Split(TemplateRun run, string text, Arguments arguments, bool fromEnd)
    {
        var bound = arguments.Bind(fromEnd ? "rsplit" : "split", 0, "sep", "maxsplit");
        var most = Arguments.Int(bound[1], -1);
        var separator = Arguments.Or(bound[0], null);
        run.Charge(text.Length);
        var pieces = separator is null ? Words(text, most, fromEnd) : Between(run, text, TextMethods.Text("split", separator), most, fromEnd);
        if (fromEnd)
        {
            pieces.Reverse();
        }

        run.ChargeItems(pieces.Count);
        return new ListValue([.. pieces]);
    }

    /// <summary><c>strip</c>, <c>lstrip</c>, <c>rstrip</c>.</summary>
    public static string Strip(TemplateRun run, string name, string text, Arguments arguments, bool start, bool end)
    {
        var signs = Arguments.Or(arguments.Places(name, 0, 1)[0], null);
        run.Charge(text.Length);
        return PythonText.Strip(text, signs is null ? null : TextMethods.Text(name, signs), start, end);
    }

    /// <summary><c>splitlines</c>.</summary>
    public static object SplitLines(TemplateRun run, string text, Arguments arguments)
    {
        run.Charge(text.Length);
        object?[] lines = [.. PythonText.Lines(text, Arguments.Int(arguments.Bind("splitlines", 0, "keepends")[0], 0) != 0)];
        run.ChargeItems(lines.Length);
        return new ListValue(lines);
    }

    /// <summary><c>partition</c> and <c>rpartition</c>: what stands before a separator, it, and what stands behind.</summary>
    public static object Partition(TemplateRun run, string text, Arguments arguments, bool fromEnd)
    {
        var separator = Separator(TextMethods.Text("partition", arguments.Places("partition", 1, 1)[0]));
        run.Search(text.Length, separator.Length);
        run.Charge(text.Length);
        var at = fromEnd ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0 ? new TupleValue([text[..at], separator, text[(at + separator.Length)..]])
            : fromEnd ? new TupleValue(["", "", text])
            : new TupleValue([text, "", ""]);
    }

    private static List<object?> Between(TemplateRun run, string text, string separator, long most, bool fromEnd)
    {
        Separator(separator);
        run.Search(text.Length, separator.Length);
        var pieces = new List<object?>();
        var rest = text.AsSpan();
        while (most < 0 || pieces.Count < most)
        {
            var at = fromEnd ? rest.LastIndexOf(separator) : rest.IndexOf(separator);
            if (at < 0)
            {
                break;
            }

            var behind = at + separator.Length;
            pieces.Add((fromEnd ? rest[behind..] : rest[..at]).ToString());
            rest = fromEnd ? rest[..at] : rest[behind..];
        }

        pieces.Add(rest.ToString());
        return pieces;
    }

    private static List<object?> Words(string text, long most, bool fromEnd)
    {
        var pieces = new List<object?>();
        var (start, end) = (0, text.Length);
        while (true)
        {
            for (; !fromEnd && start < end && PythonText.IsSpace(text[start]); start++)
            {
            }

            for (; fromEnd && end > start && PythonText.IsSpace(text[end - 1]); end--)
            {
            }

            if (start == end)
            {
                return pieces;
            }

            // What is left behind the last cut keeps its white space on the far side.
            var place = fromEnd ? end : start;
            for (; !IsEnough(pieces.Count, most) && !fromEnd && start < end && !PythonText.IsSpace(text[start]); start++)
            {
            }

            for (; !IsEnough(pieces.Count, most) && fromEnd && end > start && !PythonText.IsSpace(text[end - 1]); end--)
            {
            }

            if (IsEnough(pieces.Count, most))
            {
                pieces.Add(text[start..end]);
                return pieces;
            }

            pieces.Add(fromEnd ? text[end..place] : text[place..start]);
        }
    }

    private static bool IsEnough(int pieces, long most) => most >= 0 && pieces >= most;

    private static string Separator(string separator) => separator.Length > 0 ? separator : throw new TemplateFault("empty separator");
}
