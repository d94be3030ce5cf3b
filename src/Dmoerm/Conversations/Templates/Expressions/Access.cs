using Dmoerm.Conversations.Templates.Functions;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary><c>a.b</c>: the attribute, else the key.</summary>
internal sealed class AttributeExpression(Expression owner, string name) : Expression
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) => Members.Attribute(owner.Evaluate(run), name);
}

/// <summary><c>a[b]</c>: the key, else the attribute.</summary>
internal sealed class ItemExpression(Expression owner, Expression key) : Expression
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
internal sealed class SliceExpression(Expression owner, Expression? start, Expression? stop, Expression? step) : Expression
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var value = owner.Evaluate(run);
        var (from, to, by) = (start?.Evaluate(run), stop?.Evaluate(run), step?.Evaluate(run));
        if (value is Undefined undefined)
        {
            throw undefined.Fault();
        }

        if (!IsPlace(from) || !IsPlace(to) || !IsPlace(by))
        {
            return Undefined.Member(value, new ListValue([from, to, by]));
        }

        run.Look(value);
        if (PythonText.TryGet(value, out var text))
        {
            var cut = Cut(run, text, from, to, by);
            return value is MarkupValue ? new MarkupValue(cut) : cut;
        }

        return value switch
        {
            SequenceValue sequence => sequence.With(Cut(run, sequence.Items, from, to, by)),
            RangeValue range => Cut(range, from, to, by),
            // As Jinja has it: what cannot be sliced has no such element.
            _ => Undefined.Member(value, new ListValue([from, to, by])),
        };
    }

    private static string Cut(TemplateRun run, string text, object? from, object? to, object? by)
    {
        var (start, count, step) = Places(PythonText.Length(text), from, to, by);
        run.Charge(count);
        if (step == 1)
        {
            var at = PythonText.Offset(text, start);
            return text.Substring(at, PythonText.IsPlain(text) ? count : PythonText.Offset(text, start + count) - at);
        }

        run.Work(text.Length / 16);
        var signs = PythonText.Split(text);
        return string.Concat(Enumerable.Range(0, count).Select(place => signs[start + place * step]));
    }

    private static object?[] Cut(TemplateRun run, object?[] items, object? from, object? to, object? by)
    {
        var (start, count, step) = Places(items.Length, from, to, by);
        run.ChargeItems(count);
        if (step == 1)
        {
            return items[start..(start + count)];
        }

        var cut = new object?[count];
        for (var place = 0; place < count; place++)
        {
            cut[place] = items[start + place * step];
        }

        return cut;
    }

    private static RangeValue Cut(RangeValue range, object? from, object? to, object? by)
    {
        var (start, count, step) = Places((int)range.Count, from, to, by);
        return new RangeValue(range[start], range[start] + count * step * range.Step, step * range.Step);
    }

    // Python's rule: what lies outside is moved to the end.
    private static (int Start, int Count, int Step) Places(int length, object? from, object? to, object? by)
    {
        var step = (int)Math.Clamp(by is null ? 1 : Numbers.Index(by), -int.MaxValue, int.MaxValue);
        if (step == 0)
        {
            throw new TemplateFault("slice step cannot be zero");
        }

        var (least, most) = step > 0 ? (0, length) : (-1, length - 1);
        var start = from is null ? step > 0 ? 0 : length - 1 : Place(Numbers.Index(from), length, least, most);
        var stop = to is null ? step > 0 ? length : -1 : Place(Numbers.Index(to), length, least, most);
        var distance = step > 0 ? (long)stop - start : (long)start - stop;
        return (start, distance <= 0 ? 0 : (int)((distance - 1) / Math.Abs((long)step) + 1), step);
    }

    private static int Place(long index, int length, int least, int most) => (int)Math.Clamp(index < 0 ? index + length : index, least, most);

    private static bool IsPlace(object? value) => value is null || Numbers.IsInteger(value);
}
