using Dmoerm.Conversations.Templates.Expressions;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads what values are given to.</summary>
internal sealed class TargetParser(TokenStream tokens, ExpressionParser expressions)
{
    /// <summary>A name, several between commas, or a member of a namespace.</summary>
    /// <param name="end">A keyword that ends it.</param>
    /// <param name="withMember">A member of a namespace is allowed.</param>
    public Target Read(string? end = null, bool withMember = false)
    {
        if (withMember && tokens.Current.Kind == TokenKind.Name && tokens.Ahead is { Kind: TokenKind.Operator, Text: "." })
        {
            var owner = tokens.Next().Text;
            tokens.Next();
            return new MemberTarget(owner, tokens.ExpectName());
        }

        return Of(expressions.Tuple(end: end, isTarget: true));
    }

    /// <summary>A name, or several in brackets.</summary>
    public Target Single() => Of(expressions.Operands.Primary());

    /// <summary>Parameters of a macro in round brackets.</summary>
    public (string Name, Expression? Default)[] Parameters()
    {
        var parameters = new List<(string, Expression?)>();
        tokens.ExpectOperator("(");
        while (!tokens.IsOperator(")"))
        {
            if (parameters.Count > 0)
            {
                tokens.ExpectOperator(",");
            }

            var name = Checked(tokens, tokens.ExpectName());
            var hasDefault = tokens.SkipOperator("=");
            if (!hasDefault && parameters.Count > 0 && parameters[^1].Item2 is not null)
            {
                throw tokens.Fault("non-default argument follows default argument");
            }

            parameters.Add((name, hasDefault ? expressions.Read() : null));
        }

        tokens.ExpectOperator(")");
        return [.. parameters];
    }

    /// <summary>A name that a value can be given to.</summary>
    public static string Checked(TokenStream tokens, string name) =>
        name is "true" or "True" or "false" or "False" or "none" or "None" ? throw tokens.Fault($"can't assign to '{name}'") : name;

    private Target Of(Expression expression) => expression switch
    {
        NameExpression name => new NameTarget(name.Name),
        TupleExpression tuple => new TupleTarget([.. tuple.Items.Select(Of)]),
        _ => throw tokens.Fault("can't assign to what is no name"),
    };
}
