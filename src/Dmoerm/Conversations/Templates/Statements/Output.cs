using Dmoerm.Conversations.Templates.Expressions;
using Dmoerm.Conversations.Templates.Running;
using Dmoerm.Conversations.Templates.Writing;

namespace Dmoerm.Conversations.Templates.Statements;

/// <summary>Text that stands in the template.</summary>
internal sealed class TextStatement(string text) : Statement
{
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
internal sealed class GenerationStatement(Statement[] body) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        run.Mark(body);
        return Flow.Next;
    }
}

/// <summary>What a body prints, sent through filters.</summary>
internal sealed class FilterStatement(FilterExpression filter, Statement[] body, int line) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run)
    {
        var outer = run.Scope;
        run.Scope = new Scope(outer);
        var text = run.Capture(body);
        run.Line = line;
        run.Write(Printing.Text(run, filter.Apply(run, text)));
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
