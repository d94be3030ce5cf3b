using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Filtering;
using Dmoerm.Conversations.Templates.Functions;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads what stands behind <c>|</c> and <c>is</c>.</summary>
internal sealed class FilterParser(TokenStream tokens, ParseNotes notes, OperandParser operands, CallParser calls)
{
    /// <summary>The filters of a tag: their names without a first <c>|</c>.</summary>
    public FilterExpression OfBlock()
    {
        FilterExpression? filter = null;
        do
        {
            filter = Filter(filter);
        }
        while (tokens.SkipOperator("|"));

        return filter;
    }

    /// <summary>An operand with the filters, tests and calls behind it.</summary>
    public Expression After(Expression operand)
    {
        while (true)
        {
            var line = tokens.Current.Line;
            if (tokens.SkipOperator("|"))
            {
                operand = Filter(operand);
            }
            else if (tokens.SkipName("is"))
            {
                operand = Test(operand);
            }
            else if (tokens.IsOperator("("))
            {
                operand = new CallExpression(operand, tokens.Nested(calls.Arguments), line);
            }
            else
            {
                return operand;
            }
        }
    }

    private FilterExpression Filter(Expression? operand)
    {
        var line = tokens.Current.Line;
        var name = DottedName();
        if (Filters.Find(name) is null)
        {
            notes.Unknown(Filters.Absence(name), line);
        }

        return new FilterExpression(operand, name, tokens.IsOperator("(") ? tokens.Nested(calls.Arguments) : CallArguments.None, line);
    }

    private Expression Test(Expression operand)
    {
        var line = tokens.Current.Line;
        var isNegated = tokens.SkipName("not");
        var name = DottedName();
        if (Tests.Find(name) is null)
        {
            notes.Unknown($"No test named '{name}'.", line);
        }

        var test = new TestExpression(operand, name, TestArguments(), line);
        return isNegated ? new UnaryExpression("not", test) : test;
    }

    // One argument may stand without brackets: "is divisibleby 3".
    private CallArguments TestArguments()
    {
        if (tokens.IsOperator("("))
        {
            return tokens.Nested(calls.Arguments);
        }

        var isArgument = tokens.Current.Kind is TokenKind.Text or TokenKind.Number || tokens.IsOperator("[") || tokens.IsOperator("{")
            || (tokens.Current.Kind == TokenKind.Name && tokens.Current.Text is not ("else" or "or" or "and"));
        if (!isArgument)
        {
            return CallArguments.None;
        }

        return tokens.IsName("is")
            ? throw tokens.Fault("You cannot chain multiple tests with is")
            : new CallArguments([operands.Bare()], [], null, null);
    }

    private string DottedName()
    {
        var name = tokens.ExpectName();
        while (tokens.SkipOperator("."))
        {
            name += "." + tokens.ExpectName();
        }

        return name;
    }
}
