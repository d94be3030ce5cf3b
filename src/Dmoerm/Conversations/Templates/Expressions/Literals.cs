using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary>A value that stands in the template.</summary>
internal sealed class Constant(object? value) : Expression(true)
{
    /// <summary>The value.</summary>
    public object? Value => value;

    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) => value;
}

/// <summary>A name, read.</summary>
/// <param name="name">Interned.</param>
internal sealed class NameExpression(string name) : Expression
{
    /// <summary>The name.</summary>
    public string Name => name;

    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) =>
        run.Scope.TryGet(name, out var value) || Functions.Globals.TryGet(run, name, out value) ? value : Undefined.Name(name);
}

/// <summary>A list that is written out.</summary>
internal sealed class ListExpression(Expression[] items) : Expression(items.All(item => item.IsFixed))
{
    /// <summary>The elements.</summary>
    public Expression[] Items => items;

    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) => new ListValue(All(run, items));

    /// <summary>The values of many.</summary>
    public static object?[] All(TemplateRun run, Expression[] items)
    {
        if (items.Length == 0)
        {
            return [];
        }

        run.Charge(8 * items.Length);
        var values = new object?[items.Length];
        for (var place = 0; place < items.Length; place++)
        {
            values[place] = items[place].Evaluate(run);
        }

        return values;
    }
}

/// <summary>A tuple that is written out.</summary>
internal sealed class TupleExpression(Expression[] items) : Expression(items.All(item => item.IsFixed))
{
    /// <summary>The elements.</summary>
    public Expression[] Items => items;

    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) => new TupleValue(ListExpression.All(run, items));
}

/// <summary>A map that is written out.</summary>
internal sealed class DictExpression((Expression Key, Expression Value)[] pairs) : Expression(pairs.All(pair => pair.Key.IsFixed && pair.Value.IsFixed))
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        run.Charge(16 * pairs.Length);
        var values = new KeyValuePair<object, object?>[pairs.Length];
        for (var place = 0; place < pairs.Length; place++)
        {
            var key = KeyComparer.Hashable(pairs[place].Key.Evaluate(run));
            values[place] = new(key, pairs[place].Value.Evaluate(run));
        }

        return new DictValue(values);
    }
}
