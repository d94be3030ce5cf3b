using System.Text;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Python's <c>text % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly TemplateRun _run;
    private readonly string _format;
    private readonly object? _values;
    private readonly object?[] _list;
    private int _used;
    private int _at;

    private PercentFormat(TemplateRun run, string format, object? values)
    {
        (_run, _format, _values) = (run, format, values);
        _list = values is TupleValue tuple ? tuple.Items : [values];
    }

    /// <summary>The text with values in its places.</summary>
    /// <exception cref="TemplateFault">Places and values do not fit.</exception>
    public static string Apply(TemplateRun run, string format, object? values)
    {
        var text = new PercentFormat(run, format, values);
        var result = text.Write();
        return text._used == text._list.Length || (values is DictValue or ListValue && text._used == 0) || text._used < 0
            ? result
            : throw new TemplateFault("not all arguments converted during string formatting");
    }

    private string Write()
    {
        var result = new StringBuilder();
        while (_at < _format.Length)
        {
            var next = _format.IndexOf('%', _at);
            next = next < 0 ? _format.Length : next;
            _run.Charge(next - _at);
            result.Append(_format, _at, next - _at);
            _at = next + 1;
            if (next < _format.Length)
            {
                result.Append(Place());
            }
        }

        return result.ToString();
    }

    private string Place()
    {
        object? value = Missing.Value;
        if (Peek() == '(')
        {
            var end = _format.IndexOf(')', _at);
            var key = end < 0 ? throw new TemplateFault("incomplete format key") : _format[(_at + 1)..end];
            value = (_values as DictValue ?? throw new TemplateFault("format requires a mapping")).TryGet(key, out var found) ? found : throw new TemplateFault($"'{key}'");
            (_used, _at) = (-1, end + 1);
        }

        var flags = Take("-+ #0");
        var width = Number();
        long? precision = null;
        if (Peek() == '.')
        {
            _at++;
            precision = Number() ?? 0;
        }

        Take("hlL");
        var kind = Peek();
        _at++;
        return kind == '%' ? "%" : Written(value is Missing ? NextValue() : value, kind, flags, width, precision);
    }

    private string Written(object? value, char kind, string flags, long? width, long? precision)
    {
        var (sign, text) = kind switch
        {
            's' or 'r' or 'a' => ("", Shortened(kind == 's' ? Printing.Text(_run, value) : value is string plain ? Printing.Quoted(plain) : Printing.Shown(_run, value), precision)),
            'c' => ("", Character(value)),
            'd' or 'i' or 'u' or 'x' or 'X' or 'o' => Whole(value, kind, flags, precision),
            'e' or 'E' or 'f' or 'F' or 'g' or 'G' => Real(value, kind, flags, precision),
            _ => throw new TemplateFault($"unsupported format character '{kind}'"),
        };
        if (width < 0)
        {
            (width, flags) = (-width, flags + "-");
        }

        var isNumber = kind is not ('s' or 'r' or 'a' or 'c');
        var align = flags.Contains('-') ? '<' : flags.Contains('0') && isNumber ? '=' : '>';
        return NumberFormat.Field(_run, sign, text, width ?? 0, align, align == '=' ? "0" : " ");
    }

    private static (string Sign, string Text) Whole(object? value, char kind, string flags, long? precision)
    {
        if (value is double real && kind is 'd' or 'i' or 'u')
        {
            value = double.IsFinite((double)value!) ? Numbers.Of(new System.Numerics.BigInteger(Math.Truncate((double)value))) : throw new TemplateFault("cannot convert float infinity or NaN to integer");
        }

        var number = Numbers.IsInteger(value) ? Numbers.Big(value!) : throw NotNumber(kind, value, kind is 'x' or 'X' or 'o' ? "an integer" : "a real number");
        var text = NumberFormat.Whole(number, kind is 'x' or 'X' or 'o' ? kind : 'd', flags.Contains('#'));
        text = precision is > 0 and < 5000 ? text.PadLeft((int)precision, '0') : text;
        return (number.Sign < 0 ? "-" : SignOf(flags), text);
    }

    private static (string Sign, string Text) Real(object? value, char kind, string flags, long? precision)
    {
        var number = Numbers.IsNumber(value) ? Numbers.Float(value!) : throw NotNumber(kind, value, "a real number");
        return (double.IsNegative(number) ? "-" : SignOf(flags), NumberFormat.Real(number, kind, precision));
    }

    private static TemplateFault NotNumber(char kind, object? value, string wanted) =>
        (value as Undefined)?.Fault() ?? new TemplateFault($"%{kind} format: {wanted} is required, not {TypeNames.Of(value)}");

    private static string SignOf(string flags) => flags.Contains('+') ? "+" : flags.Contains(' ') ? " " : "";

    private static string Shortened(string text, long? precision) =>
        precision is { } most && most < PythonText.Length(text) ? text[..PythonText.Offset(text, (int)most)] : text;

    private static string Character(object? value) =>
        PythonText.TryGet(value, out var text) && PythonText.Length(text) == 1 ? text
        : Numbers.IsInteger(value) && Rune.IsValid((int)Math.Clamp(Numbers.Index(value), -1, 0x110000)) ? new Rune((int)Numbers.Index(value)).ToString()
        : throw new TemplateFault("%c requires int or char");

    private object? NextValue() => _used >= 0 && _used < _list.Length ? _list[_used++] : throw new TemplateFault("not enough arguments for format string");

    private char Peek() => _at < _format.Length ? _format[_at] : throw new TemplateFault("incomplete format");

    private string Take(string signs)
    {
        var start = _at;
        while (_at < _format.Length && signs.Contains(_format[_at]))
        {
            _at++;
        }

        return _format[start.._at];
    }

    private long? Number()
    {
        if (Peek() == '*')
        {
            _at++;
            return NextValue() is var stated && Numbers.IsInteger(stated) ? Numbers.Index(stated) : throw new TemplateFault("* wants int");
        }

        var digits = Take("0123456789");
        return digits.Length == 0 ? null : digits.Length < 10 ? long.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) : throw new TemplateFault("width too big");
    }
}
