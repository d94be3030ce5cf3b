using System.Buffers;
using System.Globalization;
using System.Text;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>Filters that write addresses and attributes of the web.</summary>
internal static class WebFilters
{
    private static readonly SearchValues<char> NoName = SearchValues.Create("/>= \t\n\r\f\v");

    /// <summary><c>urlencode</c>: a text for an address's path, or pairs for its query.</summary>
    public static object UrlEncode(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("urlencode", 0, 0);
        if (PythonText.TryGet(value, out _) || Iteration.Find(value) is null)
        {
            return Quoted(run, value, isQuery: false);
        }

        object? pairs = value is DictValue dict ? new DictView(dict, DictPart.Items) : value;
        return string.Join('&', run.Items(pairs).Select(pair => run.Array(pair) is [var key, var item]
            ? $"{Quoted(run, key, isQuery: true)}={Quoted(run, item, isQuery: true)}"
            : throw new TemplateFault("urlencode: expected pairs of a key and a value")));
    }

    /// <summary><c>xmlattr</c>: a map as attributes of a tag; what is none or undefined is left out.</summary>
    public static object XmlAttributes(TemplateRun run, object? value, Arguments arguments)
    {
        var hasBlank = Arguments.Flag(arguments.Bind("xmlattr", 0, "autospace")[0], true);
        var dict = value as DictValue ?? throw ((value as Undefined)?.Fault() ?? new TemplateFault($"'{TypeNames.Of(value)}' object has no attribute 'items'"));
        var attributes = string.Join(' ', dict.Pairs.Where(pair => pair.Value is not (null or Undefined)).Select(pair =>
        {
            var name = TextMethods.Text("xmlattr", KeyComparer.Value(pair.Key));
            return name.AsSpan().IndexOfAny(NoName) < 0
                ? $"{MarkupMethods.Escaped(run, pair.Key).Text}=\"{MarkupMethods.Escaped(run, pair.Value).Text}\""
                : throw new TemplateFault($"Invalid character in attribute name: {Printing.Quoted(name)}");
        }));
        return hasBlank && attributes.Length > 0 ? " " + attributes : attributes;
    }

    private static string Quoted(TemplateRun run, object? value, bool isQuery)
    {
        var bytes = Encoding.UTF8.GetBytes(Printing.Text(run, value));
        run.Charge(3L * bytes.Length);
        var text = new StringBuilder(bytes.Length);
        foreach (var code in bytes)
        {
            var sign = (char)code;
            _ = char.IsAsciiLetterOrDigit(sign) || sign is '_' or '.' or '-' or '~' || (sign == '/' && !isQuery) ? text.Append(sign)
                : sign == ' ' && isQuery ? text.Append('+')
                : text.Append(CultureInfo.InvariantCulture, $"%{code:X2}");
        }

        return text.ToString();
    }
}
