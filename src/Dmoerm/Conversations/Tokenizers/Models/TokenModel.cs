namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>Words to ids: the <c>model</c> of a <c>tokenizer.json</c>.</summary>
internal abstract class TokenModel
{
    /// <summary>Appends the ids of a word.</summary>
    /// <param name="word">The word; not empty, without lone surrogates.</param>
    /// <param name="ids">Gets the ids.</param>
    public abstract void Encode(ReadOnlySpan<char> word, List<int> ids);
}
