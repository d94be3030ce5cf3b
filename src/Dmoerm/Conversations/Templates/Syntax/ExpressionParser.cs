using Dmoerm.Conversations.Templates.Expressions;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads expressions, from those that bind least to those that bind most.</summary>
internal sealed class ExpressionParser
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] Sums = ["+", "-"];
    private static readonly string[] Products = ["*", "/", "//", "%"];
    private readonly TokenStream _tokens;
    private readonly ParseNotes _notes;
    private readonly OperandParser _operands;

    /// <summary>Reads from tokens.</summary>
    public ExpressionParser(TokenStream tokens, ParseNotes notes)
    {
        (_tokens, _notes) = (tokens, notes);
        _operands = new OperandParser(tokens, notes, this);
    }

    /// <summary>Operands, filters, calls.</summary>
    public OperandParser Operands => _operands;

    /// <summary>An expression.</summary>
    /// <param name="withCondition">It may be <c>a if b else c</c>.</param>
    public Expression Read(bool withCondition = true) => _tokens.Nested(() => withCondition ? Conditional() : Or());

    /// <summary>An expression, or several between commas as a tuple.</summary>
    /// <param name="withCondition">Each may be <c>a if b else c</c>.</param>
    /// <param name="isInBrackets">There may be none: the empty tuple.</param>
    public Expression Tuple(bool withCondition = true, bool isInBrackets = false)
    {
        var items = new List<Expression>();
        var isTuple = false;
        while (!EndsTuple())
        {
            items.Add(Read(withCondition));
            if (!_tokens.SkipOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        return items.Count == 1 && !isTuple ? items[0]
            : items.Count > 0 || isInBrackets ? new TupleExpression([.. items])
            : throw _tokens.Fault($"Expected an expression, got {_tokens.Current.Words}");
    }

    /// <summary>No further element of a tuple can stand here.</summary>
    public bool EndsTuple() =>
        _tokens.Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || _tokens.IsOperator(")");

    private Expression Conditional()
    {
        var mark = _notes.Mark;
        var value = Or();
        while (_tokens.SkipName("if"))
        {
            var test = Or();
            value = new ConditionalExpression(value, test, _tokens.SkipName("else") ? Read() : null);
            _notes.Forgive(mark);
        }

        return value;
    }

    private Expression Or()
    {
        var left = And();
        while (_tokens.SkipName("or"))
        {
            left = new LogicExpression(isAnd: false, left, And());
        }

        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (_tokens.SkipName("and"))
        {
            left = new LogicExpression(isAnd: true, left, Not());
        }

        return left;
    }

    private Expression Not() => _tokens.SkipName("not") ? new UnaryExpression("not", _tokens.Nested(Not)) : Compare();

    private Expression Compare()
    {
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (Comparison() is { } sign)
        {
            rest.Add((sign, Sum()));
        }

        return rest.Count == 0 ? first : new CompareExpression(first, [.. rest]);
    }

    private string? Comparison()
    {
        if (_tokens.Current.Kind == TokenKind.Operator && Comparisons.Contains(_tokens.Current.Text))
        {
            return _tokens.Next().Text;
        }

        if (_tokens.SkipName("in"))
        {
            return "in";
        }

        if (!_tokens.IsName("not") || _tokens.Ahead is not { Kind: TokenKind.Name, Text: "in" })
        {
            return null;
        }

        _tokens.Next();
        _tokens.Next();
        return "not in";
    }

    private Expression Sum() => Chain(Sums, Concat);

    private Expression Concat()
    {
        var first = Product();
        if (!_tokens.IsOperator("~"))
        {
            return first;
        }

        var parts = new List<Expression> { first };
        while (_tokens.SkipOperator("~"))
        {
            parts.Add(Product());
        }

        return new ConcatExpression([.. parts]);
    }

    private Expression Product() => Chain(Products, Power);

    // From left to right, as Jinja reads it; Python would go from right to left.
    private Expression Power()
    {
        var left = _operands.Unary();
        while (_tokens.SkipOperator("**"))
        {
            left = new BinaryExpression("**", left, _operands.Unary());
        }

        return left;
    }

    private Expression Chain(string[] signs, Func<Expression> operand)
    {
        var left = operand();
        while (_tokens.Current.Kind == TokenKind.Operator && signs.Contains(_tokens.Current.Text))
        {
            left = new BinaryExpression(_tokens.Next().Text, left, operand());
        }

        return left;
    }
}
