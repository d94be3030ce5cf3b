using System.Text;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>Python's methods that make texts longer.</summary>
internal static class TextPadding
{
    /// <summary><c>center</c>, <c>ljust</c> and <c>rjust</c>.</summary>
    public static string Pad(TemplateRun run, string name, string text, Arguments arguments)
    {
        var places = arguments.Places(name, 1, 2);
        var fill = places[1] is Missing ? " " : TextMethods.Text(name, places[1]);
        if (PythonText.Length(fill) != 1)
        {
            throw new TemplateFault("The fill character must be exactly one character long");
        }

        var width = Numbers.Index(places[0]);
        var missing = Math.Max(0, Math.Max(0, width) - PythonText.Length(text));
        run.Charge(text.Length + Math.Min(missing, TemplateLimits.Made) * fill.Length);
        // Python puts the odd one to the left where the width is odd.
        var before = name switch { "ljust" => 0, "rjust" => missing, _ => missing / 2 + (missing & width & 1) };
        string Filling(long count) => string.Concat(Enumerable.Repeat(fill, (int)count));
        return Filling(before) + text + Filling(missing - before);
    }

    /// <summary><c>zfill</c>: zeros behind the sign.</summary>
    public static string ZeroFill(TemplateRun run, string text, Arguments arguments)
    {
        var missing = Math.Max(0, Math.Max(0, Numbers.Index(arguments.Places("zfill", 1, 1)[0])) - PythonText.Length(text));
        run.Charge(text.Length + missing);
        var sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text[..sign] + new string('0', (int)missing) + text[sign..];
    }

    /// <summary><c>expandtabs</c>.</summary>
    public static string ExpandTabs(TemplateRun run, string text, Arguments arguments)
    {
        var width = Math.Max(0, Arguments.Int(arguments.Bind("expandtabs", 0, "tabsize")[0], 8));
        var (result, column) = (new StringBuilder(), 0L);
        foreach (var sign in PythonText.Characters(text))
        {
            var blanks = sign == "\t" && width > 0 ? width - column % width : 0;
            run.Charge(1 + blanks);
            _ = sign == "\t" ? result.Append(' ', (int)blanks) : result.Append(sign);
            column = sign is "\n" or "\r" ? 0 : column + (sign == "\t" ? blanks : 1);
        }

        return result.ToString();
    }
}
