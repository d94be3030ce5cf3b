using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Values;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Statements;

/// <summary>Text that stands in the template.</summary>
internal sealed class TextStatement(string text) : Statement
{
    /// <summary>Nothing but white space.</summary>
    public bool IsBlank => text.All(PythonText.IsSpace);

    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Write(text);
        return Flow.Next;
    }
}

/// <summary>A value that is printed.</summary>
/// <param name="value">The value.</param>
/// <param name="line">1-based line, for errors.</param>
internal sealed class PrintStatement(Expression value, int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Line = line;
        run.Write(Printing.Text(run, value.Evaluate(run)));
        return Flow.Next;
    }
}

/// <summary>The text of the assistant's parts, whose places are noted: transformers' <c>generation</c> tag.</summary>
/// <param name="body">Prints it.</param>
/// <param name="given">Which of the names that macros are given it reads.</param>
internal sealed class GenerationStatement((Statement[] Part, Frame Frame) body, string[] given) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        var outer = run.Scope;
        if (given.Length > 0)
        {
            run.Scope = new Scope(outer);
            Array.ForEach(given, name => run.Scope.Set(name, Given(name)));
        }

        run.Mark(body);
        run.Scope = outer;
        return Flow.Next;
    }

    private static object Given(string name) => name switch
    {
        "varargs" => new TupleValue([]),
        "kwargs" => new DictValue([]),
        _ => Undefined.Because("No caller defined"),
    };
}

/// <summary>What a body prints, sent through filters.</summary>
internal sealed class FilterStatement(FilterExpression filter, (Statement[] Part, Frame Frame) body, int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        var outer = run.Scope;
        run.Scope = body.Frame.Open(run, outer);
        var text = run.Capture(body.Part);
        run.Line = line;
        run.WriteText(filter.Apply(run, text));
        run.Scope = outer;
        return Flow.Next;
    }
}

/// <summary>A tag that needs another file, which chat templates do not have.</summary>
internal sealed class LoaderStatement(int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run) => throw new TemplateFault("no loader for this environment specified: a chat template cannot include, import or extend another file", line: line);
}
