using System.Text;
using Dmoerm.Conversations.Templates.Expressions;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads operands with what is hung on them: members, calls, filters, tests.</summary>
/// <param name="tokens">The template's.</param>
/// <param name="notes">Gets names and unknown filters.</param>
/// <param name="expressions">Reads what stands in brackets.</param>
internal sealed class OperandParser(TokenStream tokens, ParseNotes notes, ExpressionParser expressions)
{
    private readonly CallParser _calls = new(tokens, expressions);

    /// <summary>Filters and tests.</summary>
    public FilterParser Filters => field ??= new FilterParser(tokens, notes, this, _calls);

    /// <summary>An operand, perhaps with a sign; filters bind to it less than the sign, tests too.</summary>
    public Expression Unary(bool withFilters = true)
    {
        Expression operand;
        if (tokens.Current is { Kind: TokenKind.Operator, Text: "-" or "+" })
        {
            var sign = tokens.Next().Text;
            operand = new UnaryExpression(sign, tokens.Nested(() => Unary(withFilters: false)));
        }
        else
        {
            operand = Primary();
        }

        operand = Postfix(operand);
        return withFilters ? Filters.After(operand) : operand;
    }

    /// <summary>A literal, a name, or what stands in brackets.</summary>
    public Expression Primary()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Next();
                return Name(token.Text);
            case TokenKind.Text:
                return Literal();
            case TokenKind.Number:
                tokens.Next();
                return new Constant(token.Value);
        }

        if (tokens.SkipOperator("("))
        {
            var inside = tokens.Nested(() => expressions.Tuple(isInBrackets: true));
            tokens.ExpectOperator(")");
            return inside;
        }

        return tokens.SkipOperator("[") ? new ListExpression(Until("]"))
            : tokens.SkipOperator("{") ? Dict()
            : throw tokens.Fault($"unexpected {token.Words}");
    }

    /// <summary>An operand without sign and filters.</summary>
    public Expression Bare() => Postfix(Primary());

    private Expression Name(string name)
    {
        if (name is "true" or "True" or "false" or "False" or "none" or "None")
        {
            return new Constant(name[0] is 'n' or 'N' ? null : name[0] is 't' or 'T');
        }

        notes.Reads(name);
        return new NameExpression(name);
    }

    // Neighbouring literals are one.
    private Constant Literal()
    {
        var text = tokens.Next().Text;
        if (tokens.Current.Kind != TokenKind.Text)
        {
            return new Constant(text);
        }

        var whole = new StringBuilder(text);
        while (tokens.Current.Kind == TokenKind.Text)
        {
            whole.Append(tokens.Next().Text);
        }

        return new Constant(whole.ToString());
    }

    private Expression[] Until(string end)
    {
        var items = new List<Expression>();
        while (!tokens.IsOperator(end))
        {
            if (items.Count > 0)
            {
                tokens.ExpectOperator(",");
                if (tokens.IsOperator(end))
                {
                    break;
                }
            }

            items.Add(expressions.Read());
        }

        tokens.ExpectOperator(end);
        return [.. items];
    }

    private DictExpression Dict()
    {
        var pairs = new List<(Expression, Expression)>();
        while (!tokens.IsOperator("}"))
        {
            if (pairs.Count > 0)
            {
                tokens.ExpectOperator(",");
                if (tokens.IsOperator("}"))
                {
                    break;
                }
            }

            var key = expressions.Read();
            tokens.ExpectOperator(":");
            pairs.Add((key, expressions.Read()));
        }

        tokens.ExpectOperator("}");
        return new DictExpression([.. pairs]);
    }

    private Expression Postfix(Expression operand)
    {
        while (true)
        {
            var line = tokens.Current.Line;
            if (tokens.SkipOperator("."))
            {
                operand = tokens.Current switch
                {
                    { Kind: TokenKind.Name } => new AttributeExpression(operand, tokens.Next().Text),
                    { Kind: TokenKind.Number, Value: not double } => new ItemExpression(operand, new Constant(tokens.Next().Value)),
                    _ => throw tokens.Fault($"expected name or number, got {tokens.Current.Words}"),
                };
            }
            else if (tokens.SkipOperator("["))
            {
                operand = Subscript(operand);
            }
            else if (tokens.IsOperator("("))
            {
                operand = new CallExpression(operand, tokens.Nested(_calls.Arguments), line);
            }
            else
            {
                return operand;
            }
        }
    }

    private Expression Subscript(Expression owner)
    {
        if (tokens.SkipOperator("]"))
        {
            return new ItemExpression(owner, new TupleExpression([]));
        }

        Expression? Part() => tokens.IsOperator(":") || tokens.IsOperator("]") ? null : expressions.Read();
        var first = Part();
        if (!tokens.SkipOperator(":"))
        {
            var keys = new List<Expression> { first! };
            while (tokens.SkipOperator(","))
            {
                keys.Add(expressions.Read());
            }

            tokens.ExpectOperator("]");
            return new ItemExpression(owner, keys.Count == 1 ? first! : new TupleExpression([.. keys]));
        }

        var second = Part();
        var third = tokens.SkipOperator(":") ? Part() : null;
        tokens.ExpectOperator("]");
        return new SliceExpression(owner, first, second, third);
    }
}
