namespace Dmoerm.Data;

/// <summary>How a conversation becomes the one text that a model reads.</summary>
public enum Rendering
{
    /// <summary>By the chat template: a prompt that is a text is the user's turn, a response the assistant's.</summary>
    Chat,

    /// <summary>Prompt, response and the tokenizer's end-of-text token, one after the other, as TRL does with rows of plain texts.</summary>
    Text,
}
