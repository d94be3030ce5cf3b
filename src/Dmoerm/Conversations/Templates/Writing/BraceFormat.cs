using System.Globalization;
using System.Text;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Python's <c>text.format(...)</c>, with the look-ups of templates.</summary>
/// <param name="run">Counts what is made.</param>
/// <param name="arguments">What is put in.</param>
internal sealed class BraceFormat(TemplateRun run, Arguments arguments)
{
    private int _next;

    /// <summary>The text with values in its places.</summary>
    /// <exception cref="TemplateFault">Places and values do not fit.</exception>
    public string Apply(string format) => Apply(format, 0);

    private string Apply(string format, int depth)
    {
        var result = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            var sign = format[at];
            if (sign is '{' or '}' && at + 1 < format.Length && format[at + 1] == sign)
            {
                result.Append(sign);
                at++;
            }
            else if (sign == '{')
            {
                var end = End(format, at);
                result.Append(Field(format[(at + 1)..end], depth));
                at = end;
            }
            else
            {
                result.Append(sign == '}' ? throw new TemplateFault("Single '}' encountered in format string") : sign);
            }
        }

        run.Charge(format.Length);
        return result.ToString();
    }

    private static int End(string format, int start)
    {
        var open = 0;
        for (var at = start; at < format.Length; at++)
        {
            open += format[at] == '{' ? 1 : format[at] == '}' ? -1 : 0;
            if (open == 0)
            {
                return at;
            }
        }

        throw new TemplateFault("expected '}' before end of string");
    }

    private string Field(string field, int depth)
    {
        if (depth > 1)
        {
            throw new TemplateFault("Max string recursion exceeded");
        }

        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var (name, spec) = colon < 0 ? (field, "") : (field[..colon], field[(colon + 1)..]);
        var mark = name.IndexOf('!', StringComparison.Ordinal);
        var conversion = mark < 0 ? "" : name[(mark + 1)..];
        var value = Value(mark < 0 ? name : name[..mark]);
        value = conversion switch
        {
            "" => value,
            "s" => Printing.Text(run, value),
            "r" or "a" => value is string text ? Printing.Quoted(text) : Printing.Shown(run, value),
            _ => throw new TemplateFault($"Unknown conversion specifier '{conversion}'"),
        };
        return Written(value, Apply(spec, depth + 1));
    }

    private object? Value(string name)
    {
        var end = name.AsSpan().IndexOfAny('.', '[');
        var first = end < 0 ? name : name[..end];
        var value = first.Length == 0 ? Positional(_next++)
            : first.All(char.IsAsciiDigit) ? Positional(int.TryParse(first, CultureInfo.InvariantCulture, out var place) ? place : int.MaxValue)
            : Array.FindIndex(arguments.Named, argument => argument.Key == first) is var found and >= 0 ? arguments.Named[found].Value
            : throw new TemplateFault($"'{first}'");
        for (var at = end; at >= 0 && at < name.Length;)
        {
            var isItem = name[at] == '[';
            var stop = isItem ? name.IndexOf(']', at) : name.AsSpan(at + 1).IndexOfAny('.', '[') is var next and >= 0 ? at + 1 + next : name.Length;
            var key = stop < 0 ? throw new TemplateFault("expected '}' before end of string") : name[(at + 1)..stop];
            value = isItem ? Members.Item(value, long.TryParse(key, CultureInfo.InvariantCulture, out var index) ? index : key) : Members.Attribute(value, key);
            at = isItem ? stop + 1 : stop;
        }

        return value;
    }

    private object? Positional(int place) => place < arguments.Positional.Length
        ? arguments.Positional[place]
        : throw new TemplateFault("Replacement index out of range for positional args tuple");

    // [[fill]align][sign][#][0][width][,][.precision][type]
    private string Written(object? value, string spec)
    {
        if (value is Undefined or null or SequenceValue or DictValue && spec.Length > 0)
        {
            throw new TemplateFault($"unsupported format string passed to {TypeNames.Of(value)}.__format__");
        }

        var at = 0;
        var (fill, align) = (" ", '\0');
        var hasFill = false;
        var width1 = spec.Length > 1 && char.IsSurrogatePair(spec, 0) ? 2 : 1;
        if (spec.Length > width1 && spec[width1] is '<' or '>' or '=' or '^')
        {
            (fill, align, at, hasFill) = (spec[..width1], spec[width1], width1 + 1, true);
        }
        else if (spec.Length > 0 && spec[0] is '<' or '>' or '=' or '^')
        {
            (align, at) = (spec[0], 1);
        }

        var sign = At(spec, at) is '+' or '-' or ' ' ? spec[at++] : '-';
        var isAlternate = At(spec, at) == '#' && at++ >= 0;
        if (At(spec, at) == '0')
        {
            (fill, at) = (hasFill ? fill : "0", at + 1);
            align = align == '\0' && Numbers.IsNumber(value) ? '=' : align;
        }

        var width = Number(spec, ref at) ?? 0;
        var groups = At(spec, at) is ',' or '_' ? spec[at++] : '\0';
        long? precision = null;
        if (At(spec, at) == '.')
        {
            at++;
            precision = Number(spec, ref at) ?? throw new TemplateFault("Format specifier missing precision");
        }

        var kind = At(spec, at);
        if (at + 1 < spec.Length)
        {
            throw new TemplateFault($"Invalid format specifier '{spec}' for object of type '{TypeNames.Of(value)}'");
        }

        var (before, text) = Plain(value, kind, isAlternate, precision, spec.Length > 0);
        var isNumber = Numbers.IsNumber(value) && !(value is bool && spec.Length == 0);
        before = !isNumber ? "" : before.Length > 0 ? before : sign == '-' ? "" : sign.ToString();
        return NumberFormat.Field(run, before, groups == '\0' ? text : Grouped(text, groups), width, align == '\0' ? isNumber ? '>' : '<' : align, fill);
    }

    private (string Sign, string Text) Plain(object? value, char kind, bool isAlternate, long? precision, bool hasSpec)
    {
        if (!Numbers.IsNumber(value) || (value is bool && !hasSpec))
        {
            if (kind is not ('\0' or 's'))
            {
                throw new TemplateFault($"Unknown format code '{kind}' for object of type '{TypeNames.Of(value)}'");
            }

            var shown = Printing.Text(run, value);
            return ("", precision is { } most && most < PythonText.Length(shown) ? shown[..PythonText.Offset(shown, (int)most)] : shown);
        }

        if (Numbers.IsInteger(value) && kind is '\0' or 'd' or 'b' or 'o' or 'x' or 'X' or 'n' or 'c')
        {
            var number = Numbers.Big(value!);
            return (number.Sign < 0 ? "-" : "", kind == 'c' ? char.ConvertFromUtf32((int)Numbers.Index(value)) : NumberFormat.Whole(number, kind is '\0' or 'n' ? 'd' : kind, isAlternate));
        }

        var real = Numbers.Float(value!);
        var text = kind switch
        {
            '\0' => precision is null ? FloatText.Shortest(Math.Abs(real)) : NumberFormat.Real(real, 'g', precision),
            'f' or 'F' or 'e' or 'E' or 'g' or 'G' => NumberFormat.Real(real, kind, precision),
            '%' => NumberFormat.Real(real * 100, 'f', precision) + "%",
            _ => throw new TemplateFault($"Unknown format code '{kind}' for object of type '{TypeNames.Of(value)}'"),
        };
        return (double.IsNegative(real) ? "-" : "", text);
    }

    private static string Grouped(string digits, char between)
    {
        var whole = digits.TakeWhile(char.IsAsciiDigit).Count();
        var result = new StringBuilder(digits);
        for (var at = whole - 3; at > 0; at -= 3)
        {
            result.Insert(at, between);
        }

        return result.ToString();
    }

    private static char At(string spec, int at) => at < spec.Length ? spec[at] : '\0';

    private static long? Number(string spec, ref int at)
    {
        var start = at;
        while (at < spec.Length && char.IsAsciiDigit(spec[at]))
        {
            at++;
        }

        return at == start ? null : at - start < 10 ? long.Parse(spec.AsSpan(start, at - start), CultureInfo.InvariantCulture) : throw new TemplateFault("Too many decimal digits in format string");
    }
}
