using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Statements;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Operations;

/// <summary>Going through the elements of values.</summary>
internal static class Iteration
{
    /// <summary>The elements; null where the value has none to go through.</summary>
    public static IEnumerable<object?>? Find(object? value) => value switch
    {
        SequenceValue sequence => sequence.Items,
        string text => PythonText.Characters(text),
        MarkupValue markup => PythonText.Characters(markup.Text),
        DictValue dict => dict.Pairs.Select(pair => KeyComparer.Value(pair.Key)),
        DictView view => view.Items(),
        RangeValue range => Numbers.Of(range),
        IteratorValue iterator => iterator.Rest(),
        Undefined => [],
        LoopValue loop => loop.Pairs(),
        _ => null,
    };

    /// <summary>The elements.</summary>
    /// <exception cref="TemplateFault">The value has none to go through.</exception>
    public static IEnumerable<object?> Of(object? value) =>
        Find(value) ?? throw new TemplateFault($"'{TypeNames.Of(value)}' object is not iterable");

    /// <summary>How many elements; null where that cannot be told.</summary>
    public static long? Count(object? value) => value switch
    {
        SequenceValue sequence => sequence.Items.Length,
        string text => PythonText.Length(text),
        MarkupValue markup => PythonText.Length(markup.Text),
        DictValue dict => dict.Pairs.Length,
        DictView view => view.Of.Pairs.Length,
        RangeValue range => range.Count,
        Undefined => 0,
        LoopValue loop => loop.Count,
        _ => null,
    };
}
