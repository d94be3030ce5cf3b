using System.Globalization;
using System.Text;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>The day that templates are told, as C's <c>strftime</c> writes it in the C locale.</summary>
internal static class Clock
{
    /// <summary><c>strftime_now</c>.</summary>
    /// <exception cref="TemplateFault">There is no date, or a directive is not known.</exception>
    public static string Write(TemplateRun run, Arguments arguments)
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

    private static string Part(DateTime date, string format, ref int at)
    {
        at++;
        // glibc's "%-d": a number without leading zeros or blanks.
        var isBare = format[at] == '-' && at + 1 < format.Length;
        at += isBare ? 1 : 0;
        var text = Number(date, format[at]);
        return text is null && isBare && format[at] == 'f' ? throw new TemplateFault("strftime_now: the directive '%-f' is not known here")
            : text is null ? Words(date, format[at])
            : !isBare ? text
            : text.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0";
    }

    private static string? Number(DateTime date, char directive) => directive switch
    {
        'Y' => Say(date.Year, 1),
        'C' => Say(date.Year / 100),
        'y' => Say(date.Year % 100),
        'G' => Say(ISOWeek.GetYear(date), 1),
        'g' => Say(ISOWeek.GetYear(date) % 100),
        'm' => Say(date.Month),
        'd' => Say(date.Day),
        'e' => Say(date.Day, 1).PadLeft(2),
        'j' => Say(date.DayOfYear, 3),
        'U' => Say((date.DayOfYear + 6 - (int)date.DayOfWeek) / 7),
        'W' => Say((date.DayOfYear + 6 - ((int)date.DayOfWeek + 6) % 7) / 7),
        'V' => Say(ISOWeek.GetWeekOfYear(date)),
        'w' => Say((int)date.DayOfWeek, 1),
        'u' => Say(date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek, 1),
        'H' => Say(date.Hour),
        'k' => Say(date.Hour, 1).PadLeft(2),
        'I' => Say((date.Hour + 11) % 12 + 1),
        'l' => Say((date.Hour + 11) % 12 + 1, 1).PadLeft(2),
        'M' => Say(date.Minute),
        'S' => Say(date.Second),
        _ => null,
    };

    // English names are those of the invariant culture.
    private static string Words(DateTime date, char directive) => directive switch
    {
        'b' or 'h' => Say(date, "MMM"),
        'B' => Say(date, "MMMM"),
        'a' => Say(date, "ddd"),
        'A' => Say(date, "dddd"),
        'f' => Say(date, "ffffff"),
        'p' => Say(date, "tt"),
        'P' => Say(date, "tt").ToLowerInvariant(),
        'F' => Say(date, "yyyy-MM-dd"),
        'T' or 'X' => Say(date, "HH:mm:ss"),
        'R' => Say(date, "HH:mm"),
        'r' => Say(date, "hh:mm:ss tt"),
        'D' or 'x' => Say(date, "MM/dd/yy"),
        'c' => Say(date, "ddd MMM ") + Number(date, 'e') + Say(date, " HH:mm:ss ") + Number(date, 'Y'),
        'n' => "\n",
        't' => "\t",
        'Z' or 'z' => "",
        '%' => "%",
        _ => throw new TemplateFault($"strftime_now: the directive '%{directive}' is not known here"),
    };

    private static string Say(int number, int digits = 2) => number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');

    private static string Say(DateTime date, string pattern) => date.ToString(pattern, CultureInfo.InvariantCulture);
}
