using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary>A part of a template that has a value.</summary>
/// <param name="isFixed">Its value stands in the template, so that Jinja works it out before anything is rendered.</param>
internal abstract class Expression(bool isFixed = false)
{
    /// <summary>Its value; every one is a step and a level of the run.</summary>
    public object? Evaluate(TemplateRun run)
    {
        run.Enter();
        var value = Compute(run);
        run.Leave();
        return value;
    }

    /// <summary>Its value stands in the template, so that Jinja works it out before anything is rendered.</summary>
    public bool IsFixed => isFixed;

    /// <summary>The value itself.</summary>
    protected abstract object? Compute(TemplateRun run);
}
