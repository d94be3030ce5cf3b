using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>Filters that compare elements with each other; case does not count unless asked.</summary>
internal static class OrderFilters
{
    /// <summary><c>sort</c>.</summary>
    public static object Sort(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("sort", 0, "reverse", "case_sensitive", "attribute");
        var paths = AttributePath.Several(Arguments.Or(bound[2], null), !Arguments.Flag(bound[1], false));
        object? Key(object? item) => new ListValue([.. paths.Select(path => path.Of(run, item))]);
        return new ListValue(Sorting.By(run, run.Array(value), Key, Arguments.Flag(bound[0], false)));
    }

    /// <summary><c>dictsort</c>: the pairs of a map in order.</summary>
    public static object DictSort(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("dictsort", 0, "case_sensitive", "by", "reverse");
        var place = Arguments.Or(bound[1], "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new TemplateFault("You can only sort by either \"key\" or \"value\""),
        };
        var dict = value as DictValue ?? throw new TemplateFault($"'{TypeNames.Of(value)}' object has no attribute 'items'");
        var folds = !Arguments.Flag(bound[0], false);
        object? Key(object? pair) => ((TupleValue)pair!).Items[place] is var part && folds ? AttributePath.Fold(run, part) : part;
        return new ListValue(Sorting.By(run, [.. new DictView(dict, DictPart.Items).Items()], Key, Arguments.Flag(bound[2], false)));
    }

    /// <summary><c>min</c> and <c>max</c>; the first of equal ones.</summary>
    public static object? Extreme(TemplateRun run, object? value, Arguments arguments, bool isLargest)
    {
        var bound = arguments.Bind(isLargest ? "max" : "min", 0, "case_sensitive", "attribute");
        var path = AttributePath.Of(Arguments.Or(bound[1], null), null, !Arguments.Flag(bound[0], false));
        var items = run.Array(value);
        if (items.Length == 0)
        {
            return Undefined.Because("No aggregated item, sequence was empty.");
        }

        var (best, key) = (items[0], path.Of(run, items[0]));
        foreach (var item in items.Skip(1))
        {
            var other = path.Of(run, item);
            if (Comparing.Order(run, other, key, isLargest ? ">" : "<") == (isLargest ? 1 : -1))
            {
                (best, key) = (item, other);
            }
        }

        return best;
    }

    /// <summary><c>unique</c>: the first of equal ones.</summary>
    public static object Unique(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("unique", 0, "case_sensitive", "attribute");
        var path = AttributePath.Of(Arguments.Or(bound[1], null), null, !Arguments.Flag(bound[0], false));
        var seen = new HashSet<object>(KeyComparer.Python);
        return new IteratorValue(run.Items(value).Where(item => seen.Add(KeyComparer.Hashable(path.Of(run, item)))));
    }

    /// <summary><c>groupby</c>: pairs of a value and the elements that have it, in order of values.</summary>
    public static object GroupBy(TemplateRun run, object? value, Arguments arguments)
    {
        var bound = arguments.Bind("groupby", 1, "attribute", "default", "case_sensitive");
        var (fallback, isExact) = (Arguments.Or(bound[1], null), Arguments.Flag(bound[2], false));
        var (key, shown) = (AttributePath.Of(bound[0], fallback, !isExact), AttributePath.Of(bound[0], fallback));
        var groups = new List<(object? Key, List<object?> Items)>();
        foreach (var item in Sorting.By(run, run.Array(value), item => key.Of(run, item)))
        {
            var own = key.Of(run, item);
            if (groups.Count == 0 || !Comparing.AreEqual(run, groups[^1].Key, own))
            {
                groups.Add((own, []));
            }

            groups[^1].Items.Add(item);
        }

        return new ListValue([.. groups.Select(group => (object?)new TupleValue([shown.Of(run, group.Items[0]), new ListValue([.. group.Items])], ["grouper", "list"]))]);
    }
}
