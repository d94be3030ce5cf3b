using System.Text;
using Dmoerm.Conversations.Templates.Operations;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Expressions;

/// <summary>An operator of arithmetic between two values.</summary>
/// <param name="sign">Such as <c>+</c>.</param>
/// <param name="left">What stands before it.</param>
/// <param name="right">What stands behind it.</param>
internal sealed class BinaryExpression(string sign, Expression left, Expression right) : Expression(left.IsFixed && right.IsFixed)
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var (first, second) = (left.Evaluate(run), right.Evaluate(run));
        return sign switch
        {
            "+" => Arithmetic.Add(run, first, second),
            "-" => Arithmetic.Subtract(first, second),
            "*" => Arithmetic.Multiply(run, first, second),
            "/" => Arithmetic.Divide(first, second),
            "//" => Arithmetic.FloorDivide(first, second),
            "%" => Arithmetic.Remainder(run, first, second),
            _ => Power(first, second),
        };
    }

    // Jinja hands a negative number that it knows beforehand to Python without brackets, where the sign binds less than the power: -2 ** n is -(2 ** n).
    private object? Power(object? first, object? second) =>
        left.IsFixed && !right.IsFixed && first is not bool && Numbers.IsNumber(first) && Numbers.IsNegative(first!)
            ? Arithmetic.Negate(Arithmetic.Power(Arithmetic.Negate(first), second))
            : Arithmetic.Power(first, second);
}

/// <summary>A sign before a number, or <c>not</c>.</summary>
internal sealed class UnaryExpression(string sign, Expression operand) : Expression(operand.IsFixed)
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var value = operand.Evaluate(run);
        return sign switch
        {
            "not" => !Truth.Of(value),
            "-" => Arithmetic.Negate(value),
            _ => Arithmetic.Plus(value),
        };
    }
}

/// <summary>Values as one text: <c>a ~ b</c>.</summary>
internal sealed class ConcatExpression(Expression[] parts) : Expression(parts.All(part => part.IsFixed))
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            var value = Printing.Text(run, part.Evaluate(run));
            run.Charge(value.Length);
            text.Append(value);
        }

        return text.ToString();
    }
}

/// <summary>Comparisons in a row: <c>a &lt; b &lt; c</c> holds where both do.</summary>
internal sealed class CompareExpression(Expression first, (string Sign, Expression Operand)[] rest) : Expression(first.IsFixed && rest.All(part => part.Operand.IsFixed))
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var left = first.Evaluate(run);
        foreach (var (sign, operand) in rest)
        {
            var right = operand.Evaluate(run);
            if (!Holds(run, sign, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    /// <summary>Whether a comparison holds.</summary>
    public static bool Holds(TemplateRun run, string sign, object? left, object? right) => sign switch
    {
        "==" => Comparing.AreEqual(run, left, right),
        "!=" => !Comparing.AreEqual(run, left, right),
        "in" => Comparing.Contains(run, right, left),
        "not in" => !Comparing.Contains(run, right, left),
        "<" => Comparing.Order(run, left, right, sign) == -1,
        "<=" => Comparing.Order(run, left, right, sign) is -1 or 0,
        ">" => Comparing.Order(run, left, right, sign) == 1,
        _ => Comparing.Order(run, left, right, sign) is 1 or 0,
    };
}

/// <summary><c>and</c> and <c>or</c>: the value that decides.</summary>
internal sealed class LogicExpression(bool isAnd, Expression left, Expression right) : Expression(left.IsFixed && right.IsFixed)
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run)
    {
        var value = left.Evaluate(run);
        return Truth.Of(value) == isAnd ? right.Evaluate(run) : value;
    }
}

/// <summary><c>a if test else b</c>.</summary>
internal sealed class ConditionalExpression(Expression value, Expression test, Expression? otherwise) : Expression(value.IsFixed && test.IsFixed && otherwise?.IsFixed != false)
{
    /// <inheritdoc/>
    protected override object? Compute(TemplateRun run) =>
        Truth.Of(test.Evaluate(run)) ? value.Evaluate(run)
        : otherwise is not null ? otherwise.Evaluate(run)
        : Undefined.Because("the inline if-expression evaluated to false and no else section was defined.");
}
