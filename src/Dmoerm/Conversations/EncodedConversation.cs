namespace Dmoerm.Conversations;

/// <summary>A conversation as token ids.</summary>
/// <param name="Ids">All tokens, at least one.</param>
/// <param name="PromptLength">
/// How many tokens the rendered prompt (with generation prompt) and the whole conversation have in common, at least 1: the token
/// before this index is where the router reads.
/// </param>
/// <param name="Truncated">What was cut to fit.</param>
public sealed record EncodedConversation(int[] Ids, int PromptLength, Truncation Truncated);

/// <summary>What was cut from a conversation; the later value includes the earlier ones where they applied.</summary>
public enum Truncation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Whole old turns.</summary>
    Turns,

    /// <summary>The middle of the last user turn.</summary>
    Prompt,

    /// <summary>The response's end.</summary>
    Response,
}
