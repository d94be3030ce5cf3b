using System.Numerics;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>One value as Python's <c>format(value, spec)</c> writes it.</summary>
internal static class ValueFormat
{
    /// <summary>The text.</summary>
    /// <exception cref="TemplateFault">The value cannot be written so.</exception>
    public static string Write(TemplateRun run, object? value, string spec)
    {
        if (spec.Length == 0)
        {
            return Printing.Text(run, value);
        }

        var (isText, type) = (PythonText.TryGet(value, out var text), TypeNames.Of(value));
        if (!isText && !Numbers.IsNumber(value))
        {
            throw new TemplateFault($"unsupported format string passed to {type}.__format__");
        }

        var how = new FormatSpec(spec, !isText, type);
        return isText ? Text(run, text, how)
            : Numbers.IsInteger(value) && how.Kind is '\0' or 'd' or 'b' or 'o' or 'x' or 'X' or 'n' or 'c' ? Whole(run, Numbers.Big(value!), how)
            : how.Kind is '\0' or 'n' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' ? Real(run, Numbers.Float(value!), how)
            : throw Unknown(how, type);
    }

    private static string Text(TemplateRun run, string text, FormatSpec how)
    {
        Refuse(how.Sign != '\0' || how.DropsSignOfZero, "Sign not allowed in string format specifier");
        Refuse(how.IsAlternate, "Alternate form (#) not allowed in string format specifier");
        Refuse(how.Align == '=', "'=' alignment not allowed in string format specifier");
        Refuse(how.Between != '\0', $"Cannot specify '{how.Between}' with 's'.");
        return how.Kind is '\0' or 's'
            ? NumberFormat.Field(run, "", how.Precision is { } most ? PythonText.Start(text, most) : text, how.Width, how.Align, how.Fill)
            : throw Unknown(how, "str");
    }

    private static string Whole(TemplateRun run, BigInteger number, FormatSpec how)
    {
        Refuse(how.Precision is not null, "Precision not allowed in integer format specifier");
        Refuse(how.DropsSignOfZero, "Negative zero coercion (z) not allowed in format specifier with integer format code");
        if (how.Kind == 'c')
        {
            Refuse(how.Sign != '\0', "Sign not allowed with integer format specifier 'c'");
            Refuse(how.IsAlternate, "Alternate form (#) not allowed with integer format specifier 'c'");
            return NumberFormat.Field(run, "", PythonText.Character(number), how.Width, how.Align, how.Fill);
        }

        var kind = how.Kind is '\0' or 'n' ? 'd' : how.Kind;
        var prefix = how.IsAlternate && kind != 'd' ? $"0{kind}" : "";
        return Number(run, number.Sign < 0, prefix, NumberFormat.Whole(number, kind), how, kind == 'd' ? 3 : 4);
    }

    private static string Real(TemplateRun run, double number, FormatSpec how)
    {
        var isShare = how.Kind == '%';
        var text = NumberFormat.Real(isShare ? number * 100 : number, isShare ? 'f' : how.Kind == 'n' ? 'g' : how.Kind, how.Precision, how.IsAlternate);
        var isNegative = Numbers.IsNegative(number) && !(how.DropsSignOfZero && !text.AsSpan().ContainsAnyInRange('1', '9') && double.IsFinite(number));
        return Number(run, isNegative, "", text + (isShare ? "%" : ""), how, 3);
    }

    // Digits with sign, prefix and groups at their place in the field.
    private static string Number(TemplateRun run, bool isNegative, string prefix, string text, FormatSpec how, int size)
    {
        var before = (isNegative ? "-" : how.Sign is '+' or ' ' ? how.Sign.ToString() : "") + prefix;
        var end = how.Kind is 'x' or 'X' ? -1 : text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        if (how.Between != '\0' && digits.Length > 0)
        {
            var width = how is { Fill: "0", Align: '=' } ? how.Width - before.Length - (text.Length - digits.Length) : 0;
            text = NumberFormat.Grouped(run, digits, how.Between, size, width) + text[digits.Length..];
        }

        return NumberFormat.Field(run, before, text, how.Width, how.Align, how.Fill);
    }

    private static void Refuse(bool isWrong, string message)
    {
        if (isWrong)
        {
            throw new TemplateFault(message);
        }
    }

    private static TemplateFault Unknown(FormatSpec how, string type) => new($"Unknown format code '{how.Kind}' for object of type '{type}'");
}
