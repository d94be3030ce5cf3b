using System.Text;
using Dmoerm.Data;

namespace Dmoerm.Conversations.Templates;

/// <summary>A chat template that is recognised by its source and rendered by code.</summary>
/// <param name="Name">Whose template it is.</param>
/// <param name="Hash">SHA-256 of the source, see <see cref="ChatTemplate.Fingerprint"/>.</param>
/// <param name="Write">Appends the turns; the generation prompt is the same for all.</param>
internal sealed record KnownTemplate(string Name, string Hash, Action<IReadOnlyList<Message>, StringBuilder> Write)
{
    /// <summary>All templates that can be rendered.</summary>
    public static IReadOnlyList<KnownTemplate> All { get; } =
    [
        new("MiniMind2", "4f57494cd38c0e4e50e27f4632fb6907414a68cc48d0bbc48da5449c596c69fa", WriteMiniMind),
        new("SmolLM2", "872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788", WriteSmolLm),
        new("plain ChatML (ChatTemplate.PlainChatMl)", ChatTemplate.Fingerprint(ChatTemplate.PlainChatMl), WriteTurns),
    ];

    private static void WriteSmolLm(IReadOnlyList<Message> messages, StringBuilder text)
    {
        if (messages[0].Role != "system")
        {
            Turn(text, "system", "You are a helpful AI assistant named SmolLM, trained by Hugging Face");
        }

        WriteTurns(messages, text);
    }

    private static void WriteTurns(IReadOnlyList<Message> messages, StringBuilder text)
    {
        foreach (var message in messages)
        {
            Turn(text, message.Role, message.Content);
        }
    }

    // A first system turn replaces the default one, later ones stay in place; neighbouring tool results share one user turn;
    // the template prints nothing for a role that it does not name.
    private static void WriteMiniMind(IReadOnlyList<Message> messages, StringBuilder text)
    {
        Turn(text, "system", messages[0].Role == "system" ? messages[0].Content : "You are a helpful assistant");
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            if (message.Role is "user" or "assistant" || (message.Role == "system" && i > 0))
            {
                Turn(text, message.Role, message.Content);
            }
            else if (message.Role == "tool")
            {
                text.Append(i == 0 || messages[i - 1].Role != "tool" ? "<|im_start|>user" : "");
                text.Append("\n<tool_response>\n").Append(message.Content).Append("\n</tool_response>");
                text.Append(i == messages.Count - 1 || messages[i + 1].Role != "tool" ? "<|im_end|>\n" : "");
            }
        }
    }

    private static void Turn(StringBuilder text, string role, string content) =>
        text.Append("<|im_start|>").Append(role).Append('\n').Append(content).Append("<|im_end|>\n");
}
