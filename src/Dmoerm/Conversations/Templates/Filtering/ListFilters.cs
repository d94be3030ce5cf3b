using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>Filters that look at the elements of a value.</summary>
internal static class ListFilters
{
    /// <summary><c>length</c>.</summary>
    public static object Length(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("len", 0, 0);
        return Iteration.Count(value) ?? throw new TemplateFault($"object of type '{TypeNames.Of(value)}' has no len()");
    }

    /// <summary><c>list</c>.</summary>
    public static object List(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("list", 0, 0);
        var items = run.Array(value);
        run.ChargeItems(items.Length);
        return new ListValue(items);
    }

    /// <summary><c>first</c>.</summary>
    public static object? First(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("first", 0, 0);
        foreach (var item in run.Items(value))
        {
            return item;
        }

        return Undefined.Because("No first item, sequence was empty.");
    }

    /// <summary><c>last</c>.</summary>
    public static object? Last(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("last", 0, 0);
        if (value is IteratorValue)
        {
            throw new TemplateFault("'generator' object is not reversible");
        }

        return run.Array(value) is [.., var last] ? value is MarkupValue ? new MarkupValue((string)last!) : last : Undefined.Because("No last item, sequence was empty.");
    }

    /// <summary><c>reverse</c>.</summary>
    public static object Reverse(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("reverse", 0, 0);
        if (value is string or MarkupValue)
        {
            return Slicing.Cut(run, value, null, null, -1L);
        }

        if (Iteration.Find(value) is null)
        {
            throw new TemplateFault("argument must be iterable");
        }

        var items = run.Array(value);
        run.ChargeItems(items.Length);
        object?[] reversed = [.. items.Reverse()];
        return value is IteratorValue ? new ListValue(reversed) : new IteratorValue(reversed);
    }

    /// <summary><c>join</c>.</summary>
    public static object Join(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("join", 0, "d", "attribute");
        var attribute = AttributePath.Of(Arguments.Or(bound[1], null));
        var between = Printing.Text(run, Arguments.Or(bound[0], ""));
        return TextMethods.Join(run, between, [.. run.Array(value).Select(item => Printing.Text(run, attribute.Of(run, item)))]);
    }

    /// <summary><c>items</c>: the pairs of a map.</summary>
    public static object Items(TemplateRun run, object? value, Arguments arguments)
    {
        arguments.Places("items", 0, 0);
        return new IteratorValue(Pairs(value));
    }

    /// <summary><c>batch</c>: lists of so many elements.</summary>
    public static object Batch(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("batch", 1, "linecount", "fill_with");
        return new IteratorValue(Batches(run, value, bound[0], Arguments.Or(bound[1], null)));
    }

    /// <summary><c>slice</c>: so many lists.</summary>
    public static object Slice(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("slice", 1, "slices", "fill_with");
        return new IteratorValue(Slices(run, value, bound[0], Arguments.Or(bound[1], null)));
    }

    private static IEnumerable<object?> Batches(TemplateRun run, object? value, object? size, object? fill)
    {
        var batch = new List<object?>();
        foreach (var item in run.Items(value))
        {
            if (Comparing.AreEqual(run, (long)batch.Count, size))
            {
                yield return new ListValue([.. batch]);
                batch.Clear();
            }

            run.Charge(8);
            batch.Add(item);
        }

        if (batch.Count > 0 && fill is not null && Comparing.Order(run, (long)batch.Count, size, "<") < 0)
        {
            var missing = Numbers.Index(Arithmetic.Subtract(size, (long)batch.Count));
            run.ChargeItems(missing);
            batch.AddRange(Enumerable.Repeat(fill, (int)missing));
        }

        if (batch.Count > 0)
        {
            yield return new ListValue([.. batch]);
        }
    }

    private static IEnumerable<object?> Slices(TemplateRun run, object? value, object? slices, object? fill)
    {
        var (items, count) = (run.Array(value), Numbers.Index(slices));
        if (count == 0)
        {
            throw new TemplateFault("integer division or modulo by zero");
        }

        var (each, larger, start) = (items.Length / count, items.Length % count, 0);
        for (var place = 0L; place < count; place++)
        {
            var end = start + (int)each + (place < larger ? 1 : 0);
            run.ChargeItems(end - start + 1);
            yield return new ListValue(fill is not null && place >= larger ? [.. items[start..end], fill] : items[start..end]);
            start = end;
        }
    }

    private static IEnumerable<object?> Pairs(object? value)
    {
        if (value is Undefined)
        {
            yield break;
        }

        var dict = value as DictValue ?? throw new TemplateFault("Can only get item pairs from a mapping.");
        foreach (var pair in new DictView(dict, DictPart.Items).Items())
        {
            yield return pair;
        }
    }
}
