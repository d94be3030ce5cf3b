using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary>A part of a template that has a value.</summary>
internal abstract class Expression
{
    /// <summary>Its value; every one is a step and a level of the run.</summary>
    public object? Evaluate(TemplateRun run)
    {
        run.Enter();
        var value = Compute(run);
        run.Leave();
        return value;
    }

    /// <summary>The value itself.</summary>
    protected abstract object? Compute(TemplateRun run);
}
