using System.Globalization;
using System.Numerics;
using System.Text;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Python's <c>text % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly TemplateRun _run;
    private readonly string _format;
    private readonly bool _escapes;
    private readonly object? _map;
    private object?[] _values;
    private int _used;
    private int _at;

    private PercentFormat(TemplateRun run, string format, object? values, bool escapes)
    {
        (_run, _format, _escapes) = (run, format, escapes);
        // What has elements counts as a map, whether names can be looked up in it or not: of such a one, values may be left over.
        _map = values is DictValue or ListValue or RangeValue or Undefined ? values : Missing.Value;
        _values = values is TupleValue tuple ? tuple.Items : [values];
    }

    /// <summary>The text with values in its places.</summary>
    /// <param name="run">Counts what is made.</param>
    /// <param name="format">The text.</param>
    /// <param name="values">A tuple, a map, or one value.</param>
    /// <param name="escapes">What is put in is escaped for HTML first.</param>
    /// <exception cref="TemplateFault">Places and values do not fit.</exception>
    public static string Apply(TemplateRun run, string format, object? values, bool escapes = false)
    {
        var text = new PercentFormat(run, format, values, escapes);
        var result = text.Write();
        return text._used == text._values.Length || text._map is not Missing ? result : throw new TemplateFault("not all arguments converted during string formatting");
    }

    private string Write()
    {
        var result = new StringBuilder();
        while (_at < _format.Length)
        {
            var next = _format.IndexOf('%', _at);
            next = next < 0 ? _format.Length : next;
            _run.Charge(next - _at);
            _run.Work(1);
            result.Append(_format, _at, next - _at);
            _at = next + 1;
            if (next < _format.Length)
            {
                result.Append(Place());
            }
        }

        return result.ToString();
    }

    // %(key)flags width.precision kind, of which the first sign was read.
    private string Place()
    {
        if (Peek() == '%')
        {
            _at++;
            return "%";
        }

        if (Peek() == '(')
        {
            (_values, _used) = ([Named(Key())], 0);
        }

        var flags = Take("-+ #0");
        var width = Number();
        long? precision = null;
        if (Peek() == '.')
        {
            _at++;
            precision = Math.Max(0, Number() ?? 0);
        }

        _at += Peek() is 'h' or 'l' or 'L' ? 1 : 0;
        var kind = Peek();
        _at++;
        return Written(NextValue(), kind, width < 0 ? flags + "-" : flags, Math.Abs(width ?? 0), precision);
    }

    // Brackets inside it are its own.
    private string Key()
    {
        var (start, open) = (++_at, 1);
        while (open > 0)
        {
            var sign = _at < _format.Length ? _format[_at++] : throw new TemplateFault("incomplete format key");
            open += sign == '(' ? 1 : sign == ')' ? -1 : 0;
        }

        return _format[start..(_at - 1)];
    }

    private object? Named(string key) => _map switch
    {
        Missing => throw new TemplateFault("format requires a mapping"),
        Undefined undefined => throw undefined.Fault(),
        DictValue dict => dict.TryGet(key, out var value) ? value : throw new TemplateFault($"format: there is no value '{key}'"),
        _ => throw new TemplateFault($"{TypeNames.Of(_map)} indices must be integers or slices, not str"),
    };

    private string Written(object? value, char kind, string flags, long width, long? precision)
    {
        value = _escapes && kind is 's' or 'r' or 'a' ? MarkupMethods.Escaped(_run, kind == 's' ? value : Printing.Shown(_run, value)).Text : value;
        var (before, text) = kind switch
        {
            's' => ("", Printing.Text(_run, value)),
            'r' => ("", _escapes ? (string)value! : Printing.Shown(_run, value)),
            'a' => ("", Printing.Ascii(_escapes ? (string)value! : Printing.Shown(_run, value))),
            'c' => ("", Character(value)),
            'd' or 'i' or 'u' or 'x' or 'X' or 'o' => Whole(value, kind, flags, precision),
            'e' or 'E' or 'f' or 'F' or 'g' or 'G' => Real(value, kind, flags, precision),
            _ => throw new TemplateFault($"unsupported format character {Printing.Quoted(kind.ToString())}"),
        };
        var isNumber = kind is not ('s' or 'r' or 'a' or 'c');
        text = !isNumber && kind != 'c' && precision is { } most ? PythonText.Start(text, most) : text;
        var align = flags.Contains('-') ? '<' : flags.Contains('0') && isNumber ? '=' : '>';
        return NumberFormat.Field(_run, before, text, width, align, align == '=' ? "0" : " ");
    }

    private (string Before, string Text) Whole(object? value, char kind, string flags, long? precision)
    {
        var isDecimal = kind is 'd' or 'i' or 'u';
        value = isDecimal && _escapes && PythonText.TryGet(value, out var digits) ? Numbers.Parse(digits) : value;
        if (isDecimal && value is double real)
        {
            value = double.IsFinite(real) ? Numbers.Of(new BigInteger(Math.Truncate(real))) : throw new TemplateFault("cannot convert float infinity or NaN to integer");
        }

        var number = Numbers.IsInteger(value) && (isDecimal || !_escapes) ? Numbers.Big(value!) : throw NotNumber(kind, value, isDecimal ? "a real number" : "an integer");
        var text = NumberFormat.Whole(number, isDecimal ? 'd' : kind);
        _run.Charge(precision ?? 0);
        return ((number.Sign < 0 ? "-" : SignOf(flags)) + (!isDecimal && flags.Contains('#') ? $"0{kind}" : ""), text.PadLeft((int)(precision ?? 0), '0'));
    }

    private (string Before, string Text) Real(object? value, char kind, string flags, long? precision)
    {
        value = _escapes && PythonText.TryGet(value, out var digits) ? Numbers.ParseFloat(digits) : value;
        var number = Numbers.IsNumber(value) ? Numbers.Float(value!) : throw NotNumber(kind, value, "a real number");
        return (Numbers.IsNegative(number) ? "-" : SignOf(flags), NumberFormat.Real(number, kind, precision, flags.Contains('#')));
    }

    private static TemplateFault NotNumber(char kind, object? value, string wanted) =>
        (value as Undefined)?.Fault() ?? new TemplateFault($"%{kind} format: {wanted} is required, not {TypeNames.Of(value)}");

    private static string SignOf(string flags) => flags.Contains('+') ? "+" : flags.Contains(' ') ? " " : "";

    private string Character(object? value) =>
        !_escapes && PythonText.TryGet(value, out var text) && PythonText.Length(text) == 1 ? text
        : !_escapes && Numbers.IsInteger(value) ? PythonText.Character(Numbers.Big(value!))
        : throw new TemplateFault("%c requires int or char");

    private object? NextValue() => _used < _values.Length ? _values[_used++] : throw new TemplateFault("not enough arguments for format string");

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
            var stated = NextValue();
            var number = Numbers.IsInteger(stated) ? Numbers.Index(stated) : throw new TemplateFault("* wants int");
            return number is >= int.MinValue and <= int.MaxValue ? number : throw new TemplateFault("width or precision too big");
        }

        var digits = Take("0123456789");
        var bare = digits.TrimStart('0');
        return digits.Length == 0 ? null
            : bare.Length == 0 ? 0
            : bare.Length < 10 ? long.Parse(bare, CultureInfo.InvariantCulture)
            : throw new TemplateFault("width or precision too big");
    }
}
