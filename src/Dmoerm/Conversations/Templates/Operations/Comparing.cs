using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Operations;

/// <summary>Equality, order and membership as Python has them.</summary>
internal static class Comparing
{
    /// <summary>Whether two values are equal; values of different types are not, but numbers are compared as numbers.</summary>
    public static bool AreEqual(TemplateRun run, object? left, object? right, int depth = 0)
    {
        if (left is string first && right is string second)
        {
            run.Work(1 + Math.Min(first.Length, second.Length) / 256);
            return first == second;
        }

        run.Work(1);
        return left switch
        {
            null => right is null,
            string or MarkupValue => PythonText.TryGet(left, out var one) && PythonText.TryGet(right, out var other) && one == other,
            Undefined => right is Undefined,
            ListValue list => right is ListValue other && AreEqual(run, list.Items, other.Items, Deeper(depth)),
            TupleValue tuple => right is TupleValue other && AreEqual(run, tuple.Items, other.Items, Deeper(depth)),
            DictValue dict => right is DictValue other && AreEqual(run, dict, other, Deeper(depth)),
            DictView { IsSet: true } view => right is DictView { IsSet: true } other && view.Of.Pairs.Length == other.Of.Pairs.Length && Holds(run, other, view),
            RangeValue range => right is RangeValue other && range.Count == other.Count && (range.Count == 0 || (range.Start == other.Start && (range.Count == 1 || range.Step == other.Step))),
            _ when Numbers.IsNumber(left) => Numbers.IsNumber(right) && Numbers.Compare(left, right!) == 0,
            _ => ReferenceEquals(left, right),
        };
    }

    /// <summary>The same object; small numbers and texts that are equal count as one, as they mostly are in Python.</summary>
    public static bool AreSame(object? left, object? right) => (left, right) switch
    {
        (string first, string second) => first == second,
        (bool first, bool second) => first == second,
        (long first, long second) => first == second && first is >= -5 and <= 256,
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Which of two values comes first: below 0 the left one, above 0 the right one.</summary>
    /// <param name="run">Counts the work.</param>
    /// <param name="left">One value.</param>
    /// <param name="right">The other.</param>
    /// <param name="sign">The operator, for errors.</param>
    /// <param name="depth">Lists around them.</param>
    /// <returns>2 where neither comes first and they are not equal, as with NaN.</returns>
    /// <exception cref="TemplateFault">They have no order.</exception>
    public static int Order(TemplateRun run, object? left, object? right, string sign, int depth = 0)
    {
        run.Work(1);
        if (PythonText.TryGet(left, out var first) && PythonText.TryGet(right, out var second))
        {
            run.Work(Math.Min(first.Length, second.Length) / 256);
            return Math.Sign(PythonText.Compare(first, second));
        }

        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
        {
            return Numbers.Compare(left!, right!);
        }

        if ((left is ListValue && right is ListValue) || (left is TupleValue && right is TupleValue))
        {
            return Order(run, ((SequenceValue)left).Items, ((SequenceValue)right).Items, sign, Deeper(depth));
        }

        if (left is DictView { IsSet: true } one && right is DictView { IsSet: true } other)
        {
            // As of sets: one comes first where the other holds all of it and more.
            return Holds(run, other, one) ? one.Of.Pairs.Length == other.Of.Pairs.Length ? 0 : -1 : Holds(run, one, other) ? 1 : 2;
        }

        throw (left as Undefined ?? right as Undefined)?.Fault()
            ?? new TemplateFault($"'{sign}' not supported between instances of '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");
    }

    /// <summary>Whether a value is an element of another, a key of a map, or a part of a text.</summary>
    /// <exception cref="TemplateFault">The other has no elements.</exception>
    public static bool Contains(TemplateRun run, object? whole, object? part)
    {
        if (PythonText.TryGet(whole, out var text))
        {
            if (!PythonText.TryGet(part, out var wanted))
            {
                throw part is Undefined undefined ? undefined.Fault() : new TemplateFault($"'in <string>' requires string as left operand, not {TypeNames.Of(part)}");
            }

            run.Search(text.Length, wanted.Length);
            return text.Contains(wanted, StringComparison.Ordinal);
        }

        return whole switch
        {
            DictValue dict => dict.TryGet(KeyComparer.Hashable(part), out _),
            DictView { Part: DictPart.Keys, Of: var dict } => dict.TryGet(KeyComparer.Hashable(part), out _),
            DictView { Part: DictPart.Items } view => Holds(run, view, part),
            _ when Iteration.Find(whole) is not null => run.Items(whole).Any(item => AreEqual(run, item, part)),
            _ => throw new TemplateFault($"argument of type '{TypeNames.Of(whole)}' is not iterable"),
        };
    }

    // Whether a map's keys or pairs hold all of another's.
    private static bool Holds(TemplateRun run, DictView whole, DictView part) => run.Items(part).All(item => whole.Part == DictPart.Keys ? Contains(run, whole, item) : Holds(run, whole, item));

    private static bool Holds(TemplateRun run, DictView pairs, object? pair)
    {
        if (pair is not TupleValue { Items: [var key, var value] } || !pairs.Of.TryGet(KeyComparer.Hashable(key), out var own))
        {
            return false;
        }

        // Views in views: each is a level.
        run.Enter();
        var isEqual = ReferenceEquals(own, value) || AreEqual(run, own, value);
        run.Leave();
        return isEqual;
    }

    private static bool AreEqual(TemplateRun run, object?[] left, object?[] right, int depth)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var place = 0; place < left.Length; place++)
        {
            if (!ReferenceEquals(left[place], right[place]) && !AreEqual(run, left[place], right[place], depth))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreEqual(TemplateRun run, DictValue left, DictValue right, int depth) =>
        left.Pairs.Length == right.Pairs.Length
        && left.Pairs.All(pair => right.TryGet(pair.Key, out var value) && (ReferenceEquals(pair.Value, value) || AreEqual(run, pair.Value, value, depth)));

    private static int Order(TemplateRun run, object?[] left, object?[] right, string sign, int depth)
    {
        for (var place = 0; place < Math.Min(left.Length, right.Length); place++)
        {
            if (!AreEqual(run, left[place], right[place], depth))
            {
                return Order(run, left[place], right[place], sign, depth);
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int Deeper(int depth) => depth < TemplateLimits.ValueDepth ? depth + 1 : throw new TemplateFault($"lists and maps more than {TemplateLimits.ValueDepth} deep cannot be compared");
}
