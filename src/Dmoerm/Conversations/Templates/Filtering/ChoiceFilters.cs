using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Filtering;

/// <summary>Filters that put each element to a test or send it through another filter.</summary>
internal static class ChoiceFilters
{
    /// <summary><c>map</c>: a member of each element, or each through a filter.</summary>
    public static object Map(TemplateRun run, object? value, Arguments arguments)
    {
        Func<object?, object?> change;
        if (arguments.Positional.Length == 0 && arguments.Named.Any(argument => argument.Key == "attribute"))
        {
            var bound = arguments.Bind("map", 0, "attribute", "default");
            var path = AttributePath.Of(bound[0], Arguments.Or(bound[1], null));
            change = item => path.Of(run, item);
        }
        else
        {
            var name = arguments.Positional is [string first, ..] ? first : throw new TemplateFault("map requires a filter argument");
            var filter = Filters.Find(name) ?? throw new TemplateFault(Filters.Absence(name));
            var rest = arguments.Skip(1);
            change = item => filter(run, item, rest);
        }

        return new IteratorValue(Truth.Of(value) ? run.Items(value).Select(change) : []);
    }

    /// <summary><c>select</c>, <c>reject</c> and the two that look at a member.</summary>
    /// <param name="run">The run.</param>
    /// <param name="value">What is gone through.</param>
    /// <param name="arguments">Perhaps a member, perhaps a test with arguments.</param>
    /// <param name="byAttribute">The first argument is a member.</param>
    /// <param name="wanted">What the test must say of an element that stays.</param>
    public static object Select(TemplateRun run, object? value, Arguments arguments, bool byAttribute, bool wanted)
    {
        if (byAttribute && arguments.Positional.Length == 0)
        {
            throw new TemplateFault("Missing parameter for attribute name");
        }

        var path = AttributePath.Of(byAttribute ? arguments.Positional[0] : null);
        var rest = arguments.Skip(byAttribute ? 1 : 0);
        Func<object?, bool> holds = Truth.Of;
        if (rest.Positional.Length > 0)
        {
            var name = rest.Positional[0] as string;
            var test = name is null ? null : Tests.Find(name);
            var own = rest.Skip(1);
            holds = item => (test ?? throw new TemplateFault($"No test named '{name}'."))(run, item, own);
        }

        return new IteratorValue(Truth.Of(value) ? run.Items(value).Where(item => holds(path.Of(run, item)) == wanted) : []);
    }
}
