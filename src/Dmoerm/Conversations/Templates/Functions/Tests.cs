using System.Collections.Frozen;
using System.Numerics;
using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Filtering;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Statements;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Functions;

/// <summary>What <c>is</c> asks of a value.</summary>
internal delegate bool Test(TemplateRun run, object? value, Arguments arguments);

/// <summary>Jinja's tests.</summary>
internal static class Tests
{
    private static readonly FrozenDictionary<string, Test> All = Make().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A test by name; null where there is none.</summary>
    public static Test? Find(string name) => All.GetValueOrDefault(name);

    private static Dictionary<string, Test> Make()
    {
        var all = new Dictionary<string, Test>
        {
            ["defined"] = Simple(value => value is not Undefined),
            ["undefined"] = Simple(value => value is Undefined),
            ["none"] = Simple(value => value is null),
            ["true"] = Simple(value => value is true),
            ["false"] = Simple(value => value is false),
            ["boolean"] = Simple(value => value is bool),
            ["string"] = Simple(value => value is string or MarkupValue),
            ["number"] = Simple(Numbers.IsNumber),
            ["integer"] = Simple(value => value is long or BigInteger),
            ["float"] = Simple(value => value is double),
            ["mapping"] = Simple(value => value is DictValue),
            ["iterable"] = Simple(value => Iteration.Find(value) is not null || value is HelperValue { TypeName: "TemplateReference" }),
            ["sequence"] = Simple(value => value is SequenceValue or string or MarkupValue or DictValue or RangeValue or Undefined),
            // What is undefined can be called in Python, only to be an error.
            ["callable"] = Simple(value => value is FunctionValue or MacroValue or LoopValue or Undefined or HelperValue { Call: not null }),
            ["escaped"] = Simple(value => value is MarkupValue),
            ["lower"] = Plain("lower", (run, value) => LetterKinds.IsLower(Printing.Text(run, value))),
            ["upper"] = Plain("upper", (run, value) => LetterKinds.IsUpper(Printing.Text(run, value))),
            ["odd"] = Plain("odd", (run, value) => IsRest(run, value, 2L, 1L)),
            ["even"] = Plain("even", (run, value) => IsRest(run, value, 2L, 0L)),
            ["divisibleby"] = (run, value, arguments) => IsRest(run, value, arguments.Bind("divisibleby", 1, "num")[0], 0L),
            ["sameas"] = (_, value, arguments) => Comparing.AreSame(value, arguments.Bind("sameas", 1, "other")[0]),
            ["in"] = (run, value, arguments) => Comparing.Contains(run, arguments.Bind("in", 1, "seq")[0], value),
            ["filter"] = Plain("filter", (_, value) => KeyComparer.Hashable(value) is var key && PythonText.TryGet(key, out var name) && Filters.IsKnown(name)),
            ["test"] = Plain("test", (_, value) => KeyComparer.Hashable(value) is var key && PythonText.TryGet(key, out var name) && Find(name) is not null),
        };
        string[][] comparisons = [["==", "eq", "equalto", "=="], ["!=", "ne", "!="], ["<", "lt", "lessthan", "<"], ["<=", "le", "<="], [">", "gt", "greaterthan", ">"], [">=", "ge", ">="]];
        foreach (var names in comparisons)
        {
            foreach (var name in names.Skip(1))
            {
                all[name] = (run, value, arguments) => CompareExpression.Holds(run, names[0], value, arguments.Bind(name, 1, "other")[0]);
            }
        }

        return all;
    }

    private static Test Simple(Func<object?, bool> holds) => Plain("test", (_, value) => holds(value));

    private static Test Plain(string name, Func<TemplateRun, object?, bool> holds) => (run, value, arguments) =>
    {
        arguments.Places(name, 0, 0);
        return holds(run, value);
    };

    private static bool IsRest(TemplateRun run, object? value, object? divisor, object? rest) => Comparing.AreEqual(run, Arithmetic.Remainder(run, value, divisor), rest);
}
