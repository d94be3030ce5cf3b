namespace Dmoerm.Conversations.Templates.Values;

/// <summary>A list or a tuple. Templates cannot change either.</summary>
/// <param name="items">The elements; never changed after this.</param>
internal abstract class SequenceValue(object?[] items)
{
    /// <summary>The elements.</summary>
    public object?[] Items => items;

    /// <summary>A sequence of the same type.</summary>
    public abstract SequenceValue With(object?[] items);
}

/// <summary>A list.</summary>
internal sealed class ListValue(object?[] items) : SequenceValue(items)
{
    /// <inheritdoc/>
    public override SequenceValue With(object?[] items) => new ListValue(items);
}

/// <summary>A tuple.</summary>
/// <param name="items">The elements.</param>
/// <param name="names">Names that the elements can be reached by; null for none.</param>
internal sealed class TupleValue(object?[] items, string[]? names = null) : SequenceValue(items)
{
    /// <summary>Names that the elements can be reached by.</summary>
    public IReadOnlyList<string> Names => names ?? [];

    /// <inheritdoc/>
    public override SequenceValue With(object?[] items) => new TupleValue(items);
}

/// <summary>Whole numbers at equal distances.</summary>
/// <param name="Start">The first.</param>
/// <param name="Stop">Where it ends, itself not in it.</param>
/// <param name="Step">The distance; not 0.</param>
internal sealed record RangeValue(long Start, long Stop, long Step)
{
    /// <summary>Farther from 0 none of the three lies, so that no sum of them overflows.</summary>
    public const long Farthest = 1_000_000_000_000_000;

    /// <summary>How many.</summary>
    public long Count => Step > 0
        ? Stop > Start ? (Stop - Start - 1) / Step + 1 : 0
        : Start > Stop ? (Start - Stop - 1) / -Step + 1 : 0;

    /// <summary>One of them.</summary>
    public long this[long place] => Start + place * Step;
}

/// <summary>Elements that can be gone through once, such as those that a filter gives.</summary>
/// <param name="items">The elements, made as they are asked for.</param>
internal sealed class IteratorValue(IEnumerable<object?> items)
{
    private readonly IEnumerator<object?> _source = items.GetEnumerator();

    /// <summary>What is left of the elements.</summary>
    public IEnumerable<object?> Rest()
    {
        while (_source.MoveNext())
        {
            yield return _source.Current;
        }
    }
}
