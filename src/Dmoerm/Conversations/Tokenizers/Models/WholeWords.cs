namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>The model <c>WordLevel</c>: a word is in the vocabulary, or unknown.</summary>
internal sealed class WholeWords(Dictionary<string, int> vocabulary, int unknown) : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> word, List<int> ids) => ids.Add(_ids.TryGetValue(word, out var id) ? id : unknown);
}
