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
        arguments.Bind("length", 0);
        return Iteration.Count(value) ?? throw new TemplateFault($"object of type '{TypeNames.Of(value)}' has no len()");
    }

    /// <summary><c>list</c>.</summary>
    public static object List(TemplateRun run, object? value, Arguments arguments)
    {
        var items = run.Array(value);
        run.ChargeItems(items.Length);
        return new ListValue(items);
    }

    /// <summary><c>first</c>.</summary>
    public static object? First(TemplateRun run, object? value, Arguments arguments)
    {
        foreach (var item in run.Items(value))
        {
            return item;
        }

        return Undefined.Because("No first item, sequence was empty.");
    }

    /// <summary><c>last</c>.</summary>
    public static object? Last(TemplateRun run, object? value, Arguments arguments)
    {
        if (value is IteratorValue)
        {
            throw new TemplateFault("'generator' object is not reversible");
        }

        return run.Array(value) is [.., var last] ? last : Undefined.Because("No last item, sequence was empty.");
    }

    /// <summary><c>reverse</c>.</summary>
    public static object Reverse(TemplateRun run, object? value, Arguments arguments)
    {
        if (PythonText.TryGet(value, out var text))
        {
            run.Charge(text.Length);
            return string.Concat(PythonText.Split(text).Reverse());
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
    public static object Items(TemplateRun run, object? value, Arguments arguments) => new IteratorValue(Pairs(value));

    /// <summary><c>batch</c>: lists of so many elements.</summary>
    public static object Batch(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("batch", 1, "linecount", "fill_with");
        var (size, fill) = (Math.Max(1, Numbers.Index(bound[0])), Arguments.Or(bound[1], null));
        var batches = new List<object?>();
        foreach (var chunk in run.Array(value).Chunk((int)Math.Min(size, int.MaxValue)))
        {
            var missing = fill is null ? 0 : size - chunk.Length;
            run.ChargeItems(chunk.Length + missing);
            batches.Add(new ListValue([.. chunk, .. Enumerable.Repeat(fill, (int)missing)]));
        }

        return new IteratorValue(batches);
    }

    /// <summary><c>slice</c>: so many lists.</summary>
    public static object Slice(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("slice", 1, "slices", "fill_with");
        var (count, fill) = (Numbers.Index(bound[0]), Arguments.Or(bound[1], null));
        var items = run.Array(value);
        run.ChargeItems(items.Length + Math.Max(0, count));
        var slices = new List<object?>();
        if (count <= 0)
        {
            throw new TemplateFault("integer division or modulo by zero");
        }

        var (each, larger, start) = (items.Length / count, items.Length % count, 0L);
        for (var place = 0L; place < count; place++)
        {
            var size = each + (place < larger ? 1 : 0);
            object?[] slice = items[(int)start..(int)(start + size)];
            slices.Add(new ListValue(fill is not null && place >= larger ? [.. slice, fill] : slice));
            start += size;
        }

        return new IteratorValue(slices);
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
