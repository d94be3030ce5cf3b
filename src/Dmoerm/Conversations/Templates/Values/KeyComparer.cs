using System.Numerics;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Values;

/// <summary>Equality of a map's keys as Python has it: 1, 1.0 and true are one key.</summary>
internal sealed class KeyComparer : IEqualityComparer<object>
{
    /// <summary>Stands for the key none, since null is no key here.</summary>
    public static readonly object None = new();

    /// <summary>The only one.</summary>
    public static readonly KeyComparer Python = new();

    private KeyComparer()
    {
    }

    /// <summary>A value as a key.</summary>
    /// <exception cref="TemplateFault">Lists and maps are no keys.</exception>
    public static object Hashable(object? value)
    {
        var left = TemplateLimits.TupleKey;
        Check(value, ref left);
        return value ?? None;
    }

    private static void Check(object? value, ref int left)
    {
        if (value is ListValue or DictValue or DictView { IsSet: true })
        {
            throw new TemplateFault($"unhashable type: '{TypeNames.Of(value)}'");
        }

        foreach (var item in value is TupleValue tuple ? tuple.Items : [])
        {
            left = left > 0 ? left - 1 : throw new TemplateFault($"a tuple of more than {TemplateLimits.TupleKey} elements as a key, which is the limit");
            Check(item, ref left);
        }
    }

    /// <summary>A key as a value.</summary>
    public static object? Value(object key) => ReferenceEquals(key, None) ? null : key;

    /// <inheritdoc/>
    public new bool Equals(object? x, object? y)
    {
        if (PythonText.TryGet(x, out var left))
        {
            return PythonText.TryGet(y, out var right) && (ReferenceEquals(left, right) || left == right);
        }

        if (x is TupleValue first)
        {
            return y is TupleValue second && first.Items.Length == second.Items.Length
                && first.Items.Zip(second.Items).All(pair => Equals(pair.First ?? None, pair.Second ?? None));
        }

        return ReferenceEquals(x, y) || (Numbers.IsNumber(x) && Numbers.IsNumber(y) && Numbers.Compare(x!, y!) == 0) || (x is Undefined && y is Undefined) || (x is RangeValue && x.Equals(y));
    }

    // Seeded anew in every process: a template must not know which keys fall together.
    private static int Hash(long number) => HashCode.Combine(number);

    /// <inheritdoc/>
    public int GetHashCode(object obj) => obj switch
    {
        string text => text.GetHashCode(),
        MarkupValue markup => markup.Text.GetHashCode(),
        bool flag => Hash(flag ? 1 : 0),
        long number => Hash(number),
        BigInteger number => number.GetHashCode(),
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => Hash((long)number),
        double number when number == Math.Floor(number) && double.IsFinite(number) => new BigInteger(number) is var big && big >= long.MinValue && big <= long.MaxValue ? Hash((long)big) : big.GetHashCode(),
        double number => number.GetHashCode(),
        TupleValue tuple => tuple.Items.Aggregate(tuple.Items.Length, (hash, item) => HashCode.Combine(hash, GetHashCode(item ?? None))),
        Undefined => 0,
        RangeValue range => range.GetHashCode(),
        _ => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj),
    };
}
