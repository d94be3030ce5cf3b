namespace Dmoerm.Conversations.Tokenizers;

/// <summary>What a <c>tokenizer.json</c> does to the ids of a text beyond the text itself.</summary>
[Flags]
public enum AddedParts
{
    /// <summary>Nothing: the ids of the text.</summary>
    None = 0,

    /// <summary>The special tokens of the <c>post_processor</c>, such as one that begins a text.</summary>
    SpecialTokens = 1,

    /// <summary>The file's own <c>truncation</c> and <c>padding</c>. transformers leaves them out unless asked, and so does everything in this library.</summary>
    Length = 2,
}
