using Dmoerm.Conversations.Templates.Running;

namespace Dmoerm.Conversations.Templates.Statements;

/// <summary>A part of a template that does something: prints, chooses, repeats, sets.</summary>
internal abstract class Statement
{
    /// <summary>Does it.</summary>
    public abstract Flow Execute(TemplateRun run);

    /// <summary>Does one after another, up to one that leaves the loop's turn.</summary>
    public static Flow Run(Statement[] body, TemplateRun run)
    {
        run.Enter();
        var flow = Flow.Next;
        for (var place = 0; place < body.Length && flow == Flow.Next; place++)
        {
            flow = body[place].Execute(run);
        }

        run.Leave();
        return flow;
    }
}

/// <summary>What comes after a statement.</summary>
internal enum Flow
{
    /// <summary>The next one.</summary>
    Next,

    /// <summary>The loop's next turn.</summary>
    Continue,

    /// <summary>The end of the loop.</summary>
    Break,
}

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class FlowStatement(Flow flow) : Statement
{
    /// <inheritdoc/>
    public override Flow Execute(TemplateRun run) => flow;
}
