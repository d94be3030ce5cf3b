using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Statements;

namespace Dmoerm.Conversations.Templates.Syntax;

/// <summary>Reads the tags whose body is a function of its own to Jinja: no loop around it can be left from inside.</summary>
/// <param name="tokens">The template.</param>
/// <param name="notes">What is noted of names.</param>
/// <param name="expressions">Reads expressions.</param>
/// <param name="targets">Reads names that are set.</param>
/// <param name="readBody">Reads such a body up to the tag of the given name, and that tag.</param>
internal sealed class FunctionParser(TokenStream tokens, ParseNotes notes, ExpressionParser expressions, TargetParser targets, Func<string, Statement[]> readBody)
{
    private readonly Dictionary<string, BlockStatement> _blocks = new(StringComparer.Ordinal);

    /// <summary>The template's <c>block</c> tags by name.</summary>
    public IReadOnlyDictionary<string, BlockStatement> Blocks => _blocks;

    /// <summary><c>filter</c>: a filter over a body.</summary>
    public FilterStatement Filter(int line)
    {
        var filter = expressions.Operands.Filters.OfBlock();
        return new FilterStatement(filter, notes.Inside(() => readBody("endfilter")), line);
    }

    /// <summary><c>generation</c>: the assistant's part. It is a macro to Jinja, so that it has what macros are given, though there is nothing in it.</summary>
    public GenerationStatement Generation()
    {
        notes.EnterMacro();
        var body = notes.Inside(() => readBody("endgeneration"));
        return new GenerationStatement(body, [.. notes.LeaveMacro().Select(string.Intern)]);
    }

    /// <summary><c>macro</c>.</summary>
    public MacroStatement Macro()
    {
        var name = targets.Checked(tokens.ExpectName());
        notes.Frame.Sets(name);
        return new MacroStatement(Definition(name, "endmacro", targets.Parameters));
    }

    /// <summary><c>call</c>: a macro's call with a body.</summary>
    public CallStatement Call(int line)
    {
        CallExpression? call = null;
        // The call stands behind the parameters of its body, and sees what lies around.
        var definition = Definition(null, "endcall", () =>
        {
            var parameters = tokens.IsOperator("(") ? targets.Parameters() : [];
            call = notes.Around(() => expressions.Read()) as CallExpression ?? throw tokens.Fault("expected call");
            return parameters;
        });
        return new CallStatement(call!, definition, line);
    }

    /// <summary><c>block</c>: a named part.</summary>
    public BlockStatement Block()
    {
        var name = tokens.ExpectName();
        var (isScoped, isRequired) = (tokens.SkipName("scoped"), tokens.SkipName("required"));
        var body = notes.Inside(() => readBody("endblock"), isBlock: !isScoped);
        if (isRequired && !body.Part.All(part => part is TextStatement { IsBlank: true }))
        {
            throw tokens.Fault("Required blocks can only contain comments or whitespace");
        }

        var block = new BlockStatement(name, body, isScoped, isRequired);
        tokens.SkipName(name);
        return _blocks.TryAdd(name, block) ? block : throw tokens.Fault($"block '{name}' defined twice");
    }

    private MacroDefinition Definition(string? name, string end, Func<(string Name, Expression? Default)[]> readParameters)
    {
        var mark = notes.Mark;
        var ((parameters, body, read), frame) = notes.Inside(() =>
        {
            var parameters = readParameters();
            notes.EnterMacro();
            var body = readBody(end);
            return (parameters, body, notes.LeaveMacro());
        });
        notes.Settle(mark);
        foreach (var given in read)
        {
            frame.Names(given);
        }

        bool Uses(string given) => read.Contains(given) && !parameters.Any(parameter => parameter.Name == given);
        return read.Contains("caller") && parameters.Any(parameter => parameter is { Name: "caller", Default: null })
            ? throw tokens.Fault("When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.")
            : new MacroDefinition(name, parameters, (body, frame), Uses("varargs"), Uses("kwargs"), read.Contains("caller"));
    }
}
