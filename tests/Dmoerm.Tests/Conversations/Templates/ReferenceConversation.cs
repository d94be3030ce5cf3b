using System.Text.Json;
using Dmoerm.Conversations.Templates;

namespace Dmoerm.Tests.Conversations.Templates;

/// <summary>A conversation of <c>conversations.json</c> as what a template is given; the parity benchmark reads them too.</summary>
internal static class ReferenceConversation
{
    /// <summary>What the template is given.</summary>
    public static ChatInput Input(JsonElement conversation, bool addGenerationPrompt) => new()
    {
        Messages = conversation.GetProperty("messages"),
        Tools = conversation.TryGetProperty("tools", out var tools) ? tools : null,
        Variables = conversation.TryGetProperty("variables", out var variables) ? variables.EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value) : new Dictionary<string, JsonElement>(),
        AddGenerationPrompt = addGenerationPrompt,
        ContinueFinalMessage = conversation.TryGetProperty("continue_final_message", out var going) && going.GetBoolean(),
    };
}
