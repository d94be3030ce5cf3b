namespace Dmoerm.Conversations;

/// <summary>A conversation as token ids.</summary>
/// <param name="Ids">All tokens, at least one.</param>
/// <param name="PromptLength">
/// How many tokens the rendered prompt (with generation prompt) and the whole conversation have in common, at least 1: the token
/// before this index is where the router reads.
/// </param>
/// <param name="Truncated">What was cut to fit.</param>
public sealed record EncodedConversation(int[] Ids, int PromptLength, Truncation Truncated)
{
    /// <summary>What was cut, in the word of outputs: <c>turns</c>, <c>prompt</c>, <c>response</c>; null for nothing.</summary>
    public string? Cut => Truncated == Truncation.None ? null : Truncated.ToString().ToLowerInvariant();

    /// <summary>A conversation that came as token ids and is taken as it is. Where its prompt ends is not known: all of it counts as prompt.</summary>
    /// <param name="ids">All tokens, without padding.</param>
    /// <param name="vocabularySize">V, the number of ids that the model has an embedding for.</param>
    /// <param name="maxTokens">Longest conversation in tokens.</param>
    /// <param name="origin">Whose ids they are, for error messages.</param>
    /// <exception cref="InvalidDataException">There is no id, one that the model does not know, or more of them than the limit.</exception>
    public static EncodedConversation OfIds(IReadOnlyList<int> ids, int vocabularySize, int maxTokens, string origin)
    {
        if (ids.Count == 0 || ids.Count > maxTokens)
        {
            throw new InvalidDataException($"{origin}: expected 1 to {maxTokens} input_ids, which are taken as they are and never cut; came {ids.Count}.");
        }

        var unknown = Enumerable.Range(0, ids.Count).FirstOrDefault(place => ids[place] < 0 || ids[place] >= vocabularySize, -1);
        return unknown < 0
            ? new EncodedConversation([.. ids], ids.Count, Truncation.None)
            : throw new InvalidDataException($"{origin}: input_ids[{unknown}] is {ids[unknown]}; the model's ids are 0 to {vocabularySize - 1}.");
    }
}

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
