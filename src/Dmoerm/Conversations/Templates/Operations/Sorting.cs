using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Operations;

/// <summary>Stable sorting by keys.</summary>
internal static class Sorting
{
    /// <summary>Elements in the order of their keys; elements of equal keys stay in order.</summary>
    /// <param name="run">Counts the work.</param>
    /// <param name="items">The elements.</param>
    /// <param name="key">What is compared.</param>
    /// <param name="reverse">Largest first; equal ones stay in order all the same.</param>
    /// <exception cref="TemplateFault">Two keys have no order.</exception>
    public static T[] By<T>(TemplateRun run, IReadOnlyList<T> items, Func<T, object?> key, bool reverse = false)
    {
        run.ChargeItems(items.Count);
        var keys = items.Select(key).ToArray();
        var places = Enumerable.Range(0, keys.Length).ToArray();
        try
        {
            // The place decides between equals, so that the order is total.
            Array.Sort(places, (i, j) => Below(run, keys[i], keys[j], reverse) ? -1 : Below(run, keys[j], keys[i], reverse) ? 1 : i.CompareTo(j));
        }
        catch (InvalidOperationException error) when (error.InnerException is TemplateFault fault)
        {
            throw new TemplateFault(fault.Message, fault.IsRefusal, fault.Line);
        }

        return [.. places.Select(place => items[place])];
    }

    private static bool Below(TemplateRun run, object? left, object? right, bool reverse) =>
        (reverse ? Comparing.Order(run, right, left, "<") : Comparing.Order(run, left, right, "<")) == -1;
}
