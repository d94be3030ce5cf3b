using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Statements;

/// <summary><c>if</c>, <c>elif</c>, <c>else</c>; makes no scope of its own.</summary>
/// <param name="branches">Tests with their bodies.</param>
/// <param name="otherwise">Body where no test holds.</param>
internal sealed class IfStatement((Expression Test, Statement[] Body, int Line)[] branches, Statement[] otherwise) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        foreach (var (test, body, line) in branches)
        {
            run.Line = line;
            if (Truth.Of(test.Evaluate(run)))
            {
                return Run(body, run);
            }
        }

        return Run(otherwise, run);
    }
}

/// <summary><c>set</c> with a value.</summary>
internal sealed class SetStatement(Target target, Expression value, int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Line = line;
        target.Assign(run, value.Evaluate(run));
        return Flow.Next;
    }
}

/// <summary><c>set</c> with what a body prints.</summary>
/// <param name="target">What gets the text.</param>
/// <param name="filter">What the text goes through first; null for nothing.</param>
/// <param name="body">Prints it.</param>
/// <param name="line">1-based line, for errors.</param>
internal sealed class SetBlockStatement(Target target, FilterExpression? filter, (Statement[] Part, Frame Frame) body, int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        var outer = run.Scope;
        run.Scope = body.Frame.Open(run, outer);
        object? value = run.Capture(body.Part);
        run.Line = line;
        value = filter is null ? value : filter.Apply(run, value);
        run.Scope = outer;
        target.Assign(run, value);
        return Flow.Next;
    }
}

/// <summary><c>with</c>: names that are known inside alone.</summary>
internal sealed class WithStatement((Target Target, Expression Value)[] names, (Statement[] Part, Frame Frame) body, int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Line = line;
        var outer = run.Scope;
        // All values are those of the outside, whatever names come before them.
        var values = names.Select(name => name.Value.Evaluate(run)).ToArray();
        run.Scope = body.Frame.Open(run, outer);
        foreach (var (name, value) in names.Zip(values))
        {
            name.Target.Assign(run, value);
        }

        var flow = Run(body.Part, run);
        run.Scope = outer;
        return flow;
    }
}

/// <summary><c>block</c>: sees the template's own level and, unless it is a scoped one, nothing of the loops around it.</summary>
/// <param name="name">Its name.</param>
/// <param name="body">What it does.</param>
/// <param name="isScoped">It sees what lies around.</param>
/// <param name="isRequired">A template that extends this one should give the body, and there is none.</param>
internal sealed class BlockStatement(string name, (Statement[] Part, Frame Frame) body, bool isScoped, bool isRequired) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        if (isRequired)
        {
            throw new TemplateFault($"Required block '{name}' not found");
        }

        var outer = run.Scope;
        run.Scope = isScoped ? outer : run.Root.Shown();
        run.Inside(body);
        run.Scope = outer;
        return Flow.Next;
    }

    /// <summary>What it prints.</summary>
    public string Text(TemplateRun run) => run.Capture([this]);
}
