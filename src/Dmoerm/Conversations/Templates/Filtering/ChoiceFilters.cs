using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>Filters that put each element to a test or send it through another filter.</summary>
internal static class ChoiceFilters
{
    /// <summary><c>map</c>: a member of each element, or each through a filter.</summary>
    public static object Map(TemplateRun run, object? value, Arguments arguments) => new IteratorValue(Mapped(run, value, arguments));

    /// <summary><c>select</c>, <c>reject</c> and the two that look at a member.</summary>
    /// <param name="byAttribute">The first argument is a member.</param>
    /// <param name="wanted">What the test must say of an element that stays.</param>
    public static Filter Select(bool byAttribute, bool wanted) => (run, value, arguments) => new IteratorValue(Selected(run, value, arguments, byAttribute, wanted));

    // Both are iterators, so that what is wrong shows only where elements are asked for, as in Jinja.
    private static IEnumerable<object?> Mapped(TemplateRun run, object? value, Arguments arguments)
    {
        if (!Truth.Of(value))
        {
            yield break;
        }

        var change = arguments.Positional.Length == 0 && arguments.Named.Any(argument => argument.Key == "attribute") ? Member(run, arguments) : Filtered(run, arguments);
        foreach (var item in run.Items(value))
        {
            yield return change(item);
        }
    }

    private static Func<object?, object?> Member(TemplateRun run, Arguments arguments)
    {
        var bound = arguments.Bind("map", 0, "attribute", "default");
        var path = AttributePath.Of(bound[0], Arguments.Or(bound[1], null));
        return item => path.Of(run, item);
    }

    private static Func<object?, object?> Filtered(TemplateRun run, Arguments arguments)
    {
        var name = arguments.Positional is [string first, ..] ? first : throw new TemplateFault("map requires a filter argument");
        var filter = Filters.Find(name) ?? throw new TemplateFault(Filters.Absence(name));
        var rest = arguments.Skip(1);
        return item => filter(run, item, rest);
    }

    private static IEnumerable<object?> Selected(TemplateRun run, object? value, Arguments arguments, bool byAttribute, bool wanted)
    {
        if (!Truth.Of(value))
        {
            yield break;
        }

        if (byAttribute && arguments.Positional.Length == 0)
        {
            throw new TemplateFault("Missing parameter for attribute name");
        }

        var path = AttributePath.Of(byAttribute ? arguments.Positional[0] : null);
        var holds = Condition(run, arguments.Skip(byAttribute ? 1 : 0));
        foreach (var item in run.Items(value))
        {
            if (holds(path.Of(run, item)) == wanted)
            {
                yield return item;
            }
        }
    }

    private static Func<object?, bool> Condition(TemplateRun run, Arguments arguments)
    {
        if (arguments.Positional.Length == 0)
        {
            return Truth.Of;
        }

        var test = arguments.Positional[0] is string name ? Tests.Find(name) : null;
        var rest = arguments.Skip(1);
        return item => (test ?? throw new TemplateFault($"No test named {Printing.Short(arguments.Positional[0])}."))(run, item, rest);
    }
}
