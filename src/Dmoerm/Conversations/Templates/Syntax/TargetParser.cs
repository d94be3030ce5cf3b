using Dmoerm.Conversations.Templates.Expressions;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads what values are given to.</summary>
internal sealed class TargetParser(TokenStream tokens, ParseNotes notes, ExpressionParser expressions)
{
    /// <summary>A name, or several between commas, perhaps in brackets.</summary>
    /// <param name="withMembers">A member of a namespace is allowed for each.</param>
    public Target Read(bool withMembers = false)
    {
        var targets = new List<Target>();
        var isTuple = false;
        while (!expressions.EndsTuple())
        {
            targets.Add(Single(withMembers));
            if (!tokens.SkipOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        return targets.Count == 1 && !isTuple ? targets[0]
            : targets.Count > 0 ? new TupleTarget([.. targets])
            : throw tokens.Fault($"Expected an expression, got {tokens.Current.Words}");
    }

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

            var name = Checked(tokens.ExpectName());
            notes.Frame.Names(name);
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
    public string Checked(string name)
    {
        notes.Targets(name);
        return name is "true" or "True" or "false" or "False" or "none" or "None" ? throw tokens.Fault($"can't assign to '{name}'") : name;
    }

    private Target Single(bool withMembers)
    {
        if (tokens.SkipOperator("("))
        {
            var inside = tokens.Nested(() => Several());
            tokens.ExpectOperator(")");
            return inside;
        }

        var name = tokens.Current.Kind == TokenKind.Name ? tokens.Next().Text : throw tokens.Fault("can't assign to what is no name");
        if (!withMembers || !tokens.SkipOperator("."))
        {
            return new NameTarget(Checked(name));
        }

        notes.Reads(name);
        return new MemberTarget(name, tokens.ExpectName());
    }

    // In brackets there may be none.
    private Target Several() => tokens.IsOperator(")") ? new TupleTarget([]) : Read();
}
