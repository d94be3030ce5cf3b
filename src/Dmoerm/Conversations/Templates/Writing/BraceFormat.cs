using System.Globalization;
using System.Text;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Python's <c>text.format(...)</c>, with the look-ups of templates.</summary>
/// <param name="run">Counts what is made.</param>
/// <param name="arguments">What is put in.</param>
/// <param name="escapes">What is put in is escaped for HTML first.</param>
internal sealed class BraceFormat(TemplateRun run, Arguments arguments, bool escapes = false)
{
    private int _next;
    private bool _isNumbered;

    /// <summary>The argument of <c>format_map</c> as named arguments.</summary>
    /// <exception cref="TemplateFault">It is no map.</exception>
    public static Arguments Fields(Arguments arguments) => arguments.Places("format_map", 1, 1)[0] is DictValue dict
        ? new([], [.. dict.Pairs.Where(pair => pair.Key is string).Select(pair => new KeyValuePair<string, object?>((string)pair.Key, pair.Value))])
        : throw new TemplateFault("format_map: expected a mapping");

    /// <summary>The text with values in its places.</summary>
    /// <exception cref="TemplateFault">Places and values do not fit.</exception>
    public string Apply(string format) => Apply(format, 0);

    private string Apply(string format, int depth)
    {
        if (depth > 2)
        {
            throw new TemplateFault("Max string recursion exceeded");
        }

        run.Charge(format.Length);
        run.Work(format.Length / 16);
        var result = new StringBuilder();
        for (var at = 0; at < format.Length;)
        {
            var sign = format[at++];
            var isDouble = at < format.Length && format[at] == sign;
            if (sign is not ('{' or '}') || isDouble)
            {
                result.Append(sign);
                at += sign is '{' or '}' ? 1 : 0;
            }
            else
            {
                result.Append(sign == '{' && at < format.Length ? Field(format, ref at, depth) : throw new TemplateFault($"Single '{sign}' encountered in format string"));
            }
        }

        return result.ToString();
    }

    // {name!conversion:spec}, of which the first brace was read.
    private string Field(string format, ref int at, int depth)
    {
        var name = Name(format, ref at);
        var conversion = '\0';
        if (format[at - 1] == '!')
        {
            conversion = at < format.Length ? format[at++] : throw new TemplateFault("end of string while looking for conversion specifier");
            var sign = at < format.Length ? format[at++] : throw new TemplateFault("unmatched '{' in format spec");
            if (sign is not (':' or '}'))
            {
                throw new TemplateFault("expected ':' after conversion specifier");
            }
        }

        var spec = format[at - 1] == '}' ? "" : Spec(format, ref at);
        var value = Value(name);
        value = conversion switch
        {
            '\0' => value,
            's' => Printing.Text(run, value),
            'r' => Printing.Shown(run, value),
            'a' => Printing.Ascii(Printing.Shown(run, value)),
            _ => throw new TemplateFault($"Unknown conversion specifier {Printing.Quoted(conversion.ToString())}"),
        };
        return Written(value, Apply(spec, depth + 1));
    }

    private string Written(object? value, string spec) => !escapes ? ValueFormat.Write(run, value, spec)
        : value is not MarkupValue ? MarkupMethods.Escaped(run, ValueFormat.Write(run, value, spec)).Text
        : spec.Length == 0 ? Printing.Text(run, value) : throw new TemplateFault("Unsupported format specification for Markup.");

    // Up to a colon, an exclamation mark or the last brace, which is read too; signs in square brackets do not count.
    private static string Name(string format, ref int at)
    {
        var start = at;
        while (at < format.Length)
        {
            switch (format[at++])
            {
                case '{':
                    throw new TemplateFault("unexpected '{' in field name");
                case '[':
                    at = format.IndexOf(']', at) is var end and >= 0 ? end : format.Length;
                    break;
                case '}' or ':' or '!':
                    return format[start..(at - 1)];
            }
        }

        throw new TemplateFault("expected '}' before end of string");
    }

    private static string Spec(string format, ref int at)
    {
        var (start, open) = (at, 1);
        while (at < format.Length)
        {
            var sign = format[at++];
            open += sign == '{' ? 1 : sign == '}' ? -1 : 0;
            if (open == 0)
            {
                return format[start..(at - 1)];
            }
        }

        throw new TemplateFault("unmatched '{' in format spec");
    }

    private object? Value(string name)
    {
        var isNumber = name.Length > 0 && name.All(char.IsAsciiDigit);
        if ((name.Length == 0 && _isNumbered) || (isNumber && _next > 0))
        {
            throw new TemplateFault("cannot mix manual field specification and automatic field numbering");
        }

        _isNumbered |= isNumber;
        name = name.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"{_next++}") : name;
        var end = name.AsSpan().IndexOfAny('.', '[') is var place and >= 0 ? place : name.Length;
        var value = First(name[..end]);
        for (var at = end; at < name.Length;)
        {
            value = Member(value, name, ref at);
        }

        return value;
    }

    private object? First(string name)
    {
        if (Index(name) is { } place)
        {
            return place < arguments.Positional.Length ? arguments.Positional[place] : throw new TemplateFault("Replacement index out of range for positional args tuple");
        }

        var found = Array.FindIndex(arguments.Named, argument => argument.Key == name);
        return found >= 0 ? arguments.Named[found].Value : throw new TemplateFault($"format: there is no argument '{name}'");
    }

    // .name or [key].
    private static object? Member(object? value, string name, ref int at)
    {
        if (name[at] is not ('.' or '['))
        {
            throw new TemplateFault("Only '.' or '[' may follow ']' in format field specifier");
        }

        var (start, isItem) = (at + 1, name[at] == '[');
        var length = isItem ? name.AsSpan(start).IndexOf(']') : name.AsSpan(start).IndexOfAny('.', '[');
        length = length >= 0 ? length : isItem ? throw new TemplateFault("Missing ']' in format string") : name.Length - start;
        at = start + length + (isItem ? 1 : 0);
        var key = length > 0 ? name.Substring(start, length) : throw new TemplateFault("Empty attribute in format string");
        return !isItem ? Members.Attribute(value, key) : Members.Item(value, Index(key) is { } place ? place : key);
    }

    private static long? Index(string name) =>
        name.Length == 0 || !name.All(char.IsAsciiDigit) ? null
        : long.TryParse(name, CultureInfo.InvariantCulture, out var index) ? index
        : throw new TemplateFault("Too many decimal digits in format string");
}
