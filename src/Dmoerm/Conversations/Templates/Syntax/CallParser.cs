using Dmoerm.Conversations.Templates.Expressions;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads the arguments of calls, filters and tests.</summary>
internal sealed class CallParser(TokenStream tokens, ExpressionParser expressions)
{
    /// <summary>Arguments in round brackets.</summary>
    public CallArguments Arguments()
    {
        tokens.ExpectOperator("(");
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        Expression? spread = null;
        Expression? spreadNamed = null;
        for (var isFirst = true; !tokens.IsOperator(")"); isFirst = false)
        {
            if (!isFirst)
            {
                tokens.ExpectOperator(",");
                if (tokens.IsOperator(")"))
                {
                    break;
                }
            }

            var isNamed = tokens.Current.Kind == TokenKind.Name && tokens.Ahead is { Kind: TokenKind.Operator, Text: "=" };
            if (spreadNamed is not null || (spread is not null && !isNamed && !tokens.IsOperator("**")) || (named.Count > 0 && !isNamed && !tokens.IsOperator("*") && !tokens.IsOperator("**")))
            {
                throw tokens.Fault("invalid syntax for function call expression");
            }

            if (tokens.SkipOperator("*"))
            {
                spread = expressions.Read();
            }
            else if (tokens.SkipOperator("**"))
            {
                spreadNamed = expressions.Read();
            }
            else if (isNamed)
            {
                var name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, expressions.Read()));
            }
            else
            {
                positional.Add(expressions.Read());
            }
        }

        tokens.ExpectOperator(")");
        return new CallArguments([.. positional], [.. named], spread, spreadNamed);
    }
}
