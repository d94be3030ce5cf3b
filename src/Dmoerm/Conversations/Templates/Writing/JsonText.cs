using System.Globalization;
using System.Numerics;
using System.Text;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Values as JSON, as Python's <c>json.dumps</c> writes them.</summary>
/// <param name="run">Counts the work.</param>
/// <param name="ascii">Escape all that is not ASCII.</param>
/// <param name="indent">White space per level on lines of their own; null for one line.</param>
/// <param name="separators">Between elements, and between key and value.</param>
/// <param name="sortKeys">Keys in order.</param>
internal sealed class JsonText(TemplateRun run, bool ascii, string? indent, (string Items, string Keys) separators, bool sortKeys)
{
    private readonly StringBuilder _text = new();

    /// <summary>The text of a value.</summary>
    /// <exception cref="TemplateFault">JSON has no such value.</exception>
    public string Write(object? value)
    {
        Write(value, 0);
        return _text.ToString();
    }

    private void Write(object? value, int depth)
    {
        if (depth > TemplateLimits.ValueDepth)
        {
            throw new TemplateFault($"lists and maps more than {TemplateLimits.ValueDepth} deep cannot be written as JSON");
        }

        run.Work(1);
        if (value is SequenceValue { Items: var items })
        {
            Write(items, depth);
        }
        else if (value is DictValue dict)
        {
            Write(dict, depth);
        }
        else if (PythonText.TryGet(value, out var text))
        {
            Quote(text);
        }
        else
        {
            Append(Scalar(value) ?? throw new TemplateFault($"Object of type {TypeNames.Of(value)} is not JSON serializable"));
        }
    }

    private void Write(object?[] items, int depth)
    {
        if (items.Length == 0)
        {
            Append("[]");
            return;
        }

        Append("[");
        foreach (var (place, item) in items.Index())
        {
            Between(place, depth + 1);
            Write(item, depth + 1);
        }

        NewLine(depth);
        Append("]");
    }

    private void Write(DictValue dict, int depth)
    {
        if (dict.Pairs.Length == 0)
        {
            Append("{}");
            return;
        }

        Append("{");
        foreach (var (place, pair) in Sorted(dict.Pairs).Index())
        {
            Between(place, depth + 1);
            Quote(Key(KeyComparer.Value(pair.Key)));
            Append(separators.Keys);
            Write(pair.Value, depth + 1);
        }

        NewLine(depth);
        Append("}");
    }

    private KeyValuePair<object, object?>[] Sorted(KeyValuePair<object, object?>[] pairs) =>
        sortKeys ? Sorting.By(run, pairs, pair => KeyComparer.Value(pair.Key)) : pairs;

    private static string Key(object? key) =>
        PythonText.TryGet(key, out var text) ? text : Scalar(key) ?? throw new TemplateFault($"keys must be str, int, float, bool or None, not {TypeNames.Of(key)}");

    private static string? Scalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        BigInteger number => NumberFormat.Decimal(number),
        double number => double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : FloatText.Shortest(number),
        _ => null,
    };

    private void Between(int place, int depth)
    {
        if (place > 0)
        {
            Append(separators.Items);
        }

        NewLine(depth);
    }

    private void NewLine(int depth)
    {
        if (indent is null)
        {
            return;
        }

        Append("\n");
        for (var level = 0; level < depth; level++)
        {
            Append(indent);
        }
    }

    private void Append(string text)
    {
        run.Charge(text.Length);
        _text.Append(text);
    }

    private void Quote(string text)
    {
        run.Charge(text.Length + 2);
        _text.Append('"');
        foreach (var sign in text)
        {
            _ = sign switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                < ' ' => Code(sign),
                > '~' when ascii => Code(sign),
                _ => _text.Append(sign),
            };
        }

        _text.Append('"');
    }

    private StringBuilder Code(char sign) => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)sign:x4}");
}
