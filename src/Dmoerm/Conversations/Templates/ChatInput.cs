using System.Text.Json;

namespace Dmoerm.Conversations.Templates;

/// <summary>A conversation as JSON, and what a template is told besides.</summary>
public sealed record ChatInput
{
    /// <summary>A list of objects: <c>role</c>, <c>content</c> and whatever the template reads, such as <c>tool_calls</c>. Fields that are null count as absent, as in transformers 5.</summary>
    public required JsonElement Messages { get; init; }

    /// <summary>The tools that may be used, a list; null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Variables of this conversation alone.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Also open the assistant's next turn.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>End inside the last message, so that a model goes on with it.</summary>
    public bool ContinueFinalMessage { get; init; }
}

/// <summary>A conversation as a model reads it.</summary>
/// <param name="Text">The text.</param>
/// <param name="AssistantSpans">Where the template's <c>generation</c> tags printed: start and end in Unicode code points. Empty for templates without such tags.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<(int Start, int End)> AssistantSpans);
