using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary>What a value is given to.</summary>
internal abstract class Target
{
    /// <summary>Names that get a value.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>What it was given, taken together again: a tuple for several.</summary>
    public abstract object? Value(TemplateRun run);

    /// <summary>Gives it the value.</summary>
    public abstract void Assign(TemplateRun run, object? value);
}

/// <summary>A name of the current scope.</summary>
/// <param name="name">Interned.</param>
internal sealed class NameTarget(string name) : Target
{
    /// <inheritdoc/>
    public override IEnumerable<string> Names => [name];

    /// <inheritdoc/>
    public override object? Value(TemplateRun run) => run.Scope.TryGet(name, out var value) ? value : Undefined.Name(name);

    /// <inheritdoc/>
    public override void Assign(TemplateRun run, object? value) => run.Scope.Set(name, value);
}

/// <summary>Several targets for the elements of a value.</summary>
internal sealed class TupleTarget(Target[] targets) : Target
{
    /// <inheritdoc/>
    public override IEnumerable<string> Names => targets.SelectMany(target => target.Names);

    /// <inheritdoc/>
    public override object? Value(TemplateRun run)
    {
        run.Charge(8 * targets.Length);
        return new TupleValue([.. targets.Select(target => target.Value(run))]);
    }

    /// <inheritdoc/>
    public override void Assign(TemplateRun run, object? value)
    {
        if (Iteration.Find(value) is null)
        {
            throw new TemplateFault($"cannot unpack non-iterable {TypeNames.Of(value)} object");
        }

        var items = run.Array(value);
        if (items.Length != targets.Length)
        {
            throw new TemplateFault(items.Length > targets.Length
                ? $"too many values to unpack (expected {targets.Length})"
                : $"not enough values to unpack (expected {targets.Length}, got {items.Length})");
        }

        foreach (var (target, item) in targets.Zip(items))
        {
            target.Assign(run, item);
        }
    }
}

/// <summary>A name inside a namespace: <c>set ns.x = 1</c>.</summary>
internal sealed class MemberTarget(string owner, string name) : Target
{
    /// <inheritdoc/>
    public override IEnumerable<string> Names => [];

    /// <inheritdoc/>
    public override object? Value(TemplateRun run) => throw new InvalidOperationException("Loops have no such target.");

    /// <inheritdoc/>
    public override void Assign(TemplateRun run, object? value)
    {
        run.Charge(16);
        var space = run.Scope.TryGet(owner, out var found) ? found as NamespaceValue : null;
        (space ?? throw new TemplateFault("cannot assign attribute on non-namespace object")).Members[name] = value;
    }
}
