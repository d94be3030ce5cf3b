using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary><c>a.b</c>: the attribute, else the key.</summary>
internal sealed class AttributeExpression(Expression owner, string name) : Expression(owner.IsFixed)
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) => Members.Attribute(owner.Evaluate(run), name);
}

/// <summary><c>a[b]</c>: the key, else the attribute.</summary>
internal sealed class ItemExpression(Expression owner, Expression key) : Expression(owner.IsFixed && key.IsFixed)
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var value = owner.Evaluate(run);
        run.Look(value);
        return Members.Item(value, key.Evaluate(run));
    }
}

/// <summary><c>a[b:c:d]</c>.</summary>
/// <remarks>What cannot be sliced so is an error. Jinja has it so too, unless all of it stands in the template as constants: then it prints nothing.</remarks>
internal sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step) : Expression(owner.IsFixed && start?.IsFixed != false && stop?.IsFixed != false && step?.IsFixed != false)
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var value = owner.Evaluate(run);
        run.Look(value);
        return Slicing.Cut(run, value, start?.Evaluate(run), stop?.Evaluate(run), step?.Evaluate(run));
    }
}
