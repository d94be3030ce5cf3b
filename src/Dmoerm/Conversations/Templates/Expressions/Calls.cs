using Dmoerm.Conversations.Templates.Filtering;
using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Statements;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary>The arguments that are written in a call.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one.</param>
/// <param name="Spread">A list behind <c>*</c>; null for none.</param>
/// <param name="SpreadNamed">A map behind <c>**</c>; null for none.</param>
internal sealed record CallArguments(Expression[] Positional, (string Name, Expression Value)[] Named, Expression? Spread, Expression? SpreadNamed)
{
    /// <summary>A call without arguments.</summary>
    public static readonly CallArguments None = new([], [], null, null);

    /// <summary>All of them stand in the template.</summary>
    public bool AreFixed { get; } = Positional.All(argument => argument.IsFixed) && Named.All(argument => argument.Value.IsFixed) && Spread?.IsFixed != false && SpreadNamed?.IsFixed != false;

    /// <summary>Their values.</summary>
    public Arguments Evaluate(TemplateRun run)
    {
        var positional = ListExpression.All(run, Positional);
        KeyValuePair<string, object?>[] named = Named.Length == 0 ? [] : [.. Named.Select(argument => new KeyValuePair<string, object?>(argument.Name, argument.Value.Evaluate(run)))];
        if (Spread is not null)
        {
            positional = [.. positional, .. run.Array(Spread.Evaluate(run))];
        }

        if (SpreadNamed is not null)
        {
            var map = SpreadNamed.Evaluate(run) as DictValue ?? throw new TemplateFault("argument after ** must be a mapping");
            named = [.. named, .. map.Pairs.Select(pair => new KeyValuePair<string, object?>(pair.Key as string ?? throw new TemplateFault("keywords must be strings"), pair.Value))];
        }

        return new Arguments(positional, named);
    }
}

/// <summary>A call of a function, a method or a macro.</summary>
/// <param name="callee">What is called.</param>
/// <param name="arguments">With what.</param>
/// <param name="line">1-based line, for errors.</param>
internal sealed class CallExpression(Expression callee, CallArguments arguments, int line) : Expression
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) => Call(run, null);

    /// <summary>Calls with a body, as a <c>call</c> tag does.</summary>
    public object? Call(TemplateRun run, MacroValue? caller)
    {
        var function = callee.Evaluate(run);
        var values = arguments.Evaluate(run);
        run.Line = line;
        values = caller is null ? values : values with { Named = [.. values.Named, new("caller", caller)] };
        return function switch
        {
            FunctionValue known => known.Call(run, values),
            MacroValue macro => macro.Call(run, values),
            LoopValue loop => loop.Recurse(run, values),
            HelperValue { Call: { } call } when values.Positional.Length + values.Named.Length == 0 => call(),
            Undefined undefined => throw undefined.Fault(),
            _ => throw new TemplateFault($"'{TypeNames.Of(function)}' object is not callable"),
        };
    }
}

/// <summary>A value sent through a filter.</summary>
/// <param name="operand">The value; null for a filter of a block, which gives it.</param>
/// <param name="name">The filter's name.</param>
/// <param name="arguments">The filter's other arguments.</param>
/// <param name="line">1-based line, for errors.</param>
internal sealed class FilterExpression(Expression? operand, string name, CallArguments arguments, int line) : Expression(operand?.IsFixed == true && arguments.AreFixed && !Filters.NeedsRun(name))
{
    // Null where there is no such filter, which is no error where it is never reached.
    private readonly Filter? _filter = Filters.Find(name);
    private readonly bool _isOfBlock = operand is null or FilterExpression { _isOfBlock: true };

    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) => Apply(run, operand!.Evaluate(run));

    /// <summary>Sends a value through.</summary>
    public object? Apply(TemplateRun run, object? value)
    {
        if (_isOfBlock && operand is FilterExpression before)
        {
            // What a block prints goes through the filters before this one first; each is a level.
            run.Enter();
            value = before.Apply(run, value);
            run.Leave();
        }

        var values = arguments.Evaluate(run);
        run.Look(value);
        run.Line = line;
        return (_filter ?? throw new TemplateFault(Filters.Absence(name)))(run, value, values);
    }
}

/// <summary>A value put to a test: <c>a is defined</c>.</summary>
/// <param name="operand">The value.</param>
/// <param name="name">The test's name.</param>
/// <param name="arguments">The test's other arguments.</param>
/// <param name="line">1-based line, for errors.</param>
internal sealed class TestExpression(Expression operand, string name, CallArguments arguments, int line) : Expression(operand.IsFixed && arguments.AreFixed)
{
    private readonly Test? _test = Tests.Find(name);

    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var value = operand.Evaluate(run);
        var values = arguments.Evaluate(run);
        run.Look(value);
        run.Line = line;
        return (_test ?? throw new TemplateFault($"No test named '{name}'."))(run, value, values);
    }
}
