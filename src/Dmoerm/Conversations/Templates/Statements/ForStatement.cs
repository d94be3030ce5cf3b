using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Statements;

/// <summary>What a loop is made of.</summary>
/// <param name="Target">What each element is given to.</param>
/// <param name="Items">What is gone through.</param>
/// <param name="Test">Which elements count; null for all.</param>
/// <param name="Body">What is done.</param>
/// <param name="Otherwise">What is done where no turn came to its end.</param>
/// <param name="IsRecursive"><c>loop(children)</c> runs the body for these.</param>
internal sealed record LoopParts(
    Target Target, Expression Items, Expression? Test, (Statement[] Part, Frame Frame) Body, (Statement[] Part, Frame Frame) Otherwise, bool IsRecursive);

/// <summary><c>for</c>: a scope of its own for every turn.</summary>
/// <param name="parts">What it is made of.</param>
/// <param name="line">1-based line, for errors.</param>
internal sealed class ForStatement(LoopParts parts, int line) : Statement
{
    private static readonly string LoopName = string.Intern("loop");

    /// <summary>The body may call the loop.</summary>
    public bool IsRecursive => parts.IsRecursive;

    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Line = line;
        Turn(run, parts.Items.Evaluate(run), 0);
        return Flow.Next;
    }

    /// <summary>Runs the body for the elements of a value.</summary>
    /// <param name="run">The run; its scope is what lies around the loop.</param>
    /// <param name="value">What is gone through.</param>
    /// <param name="depth">Calls of the loop around this one.</param>
    public void Turn(TemplateRun run, object? value, int depth)
    {
        var outer = run.Scope;
        var loop = new LoopValue(this, outer, parts.Test is null ? Elements(run, value) : Where(run, run.Items(value), outer), depth);
        // As Jinja has it, a turn that was left by continue or break does not keep the other body away.
        var isDone = false;
        while (loop.Next())
        {
            run.Work(1);
            run.Scope = parts.Body.Frame.Open(run, outer);
            run.Scope.Set(LoopName, loop);
            parts.Target.Assign(run, loop.Current);
            var flow = Run(parts.Body.Part, run);
            isDone |= flow == Flow.Next;
            if (flow == Flow.Break)
            {
                break;
            }
        }

        run.Scope = outer;
        if (!isDone && parts.Otherwise.Part.Length > 0)
        {
            run.Inside(parts.Otherwise);
        }
    }

    private static IEnumerable<object?> Elements(TemplateRun run, object? value) => value is SequenceValue sequence ? sequence.Items : run.Items(value);

    // Asked for as the loop goes on, since the body may change what the test looks at.
    private IEnumerable<object?> Where(TemplateRun run, IEnumerable<object?> all, Scope outer)
    {
        foreach (var item in all)
        {
            var before = run.Scope;
            run.Scope = new Scope(outer);
            parts.Target.Assign(run, item);
            var counts = Truth.Of(parts.Test!.Evaluate(run));
            // Jinja goes on with what the target got, not with the element.
            var taken = counts ? parts.Target.Value(run) : null;
            run.Scope = before;
            if (counts)
            {
                yield return taken;
            }
        }
    }
}
