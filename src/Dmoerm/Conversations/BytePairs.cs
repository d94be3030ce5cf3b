using Microsoft.ML.Tokenizers;

namespace Dmoerm.Conversations;

/// <summary>Merges the characters of a word into tokens.</summary>
internal sealed class BytePairs
{
    private readonly BpeTokenizer _merger;
    private readonly Dictionary<string, int>? _whole;

    public BytePairs(TokenizerDefinition definition)
    {
        _merger = BpeTokenizer.Create(new BpeOptions(definition.Vocabulary) { Merges = definition.Merges });
        _whole = definition.IgnoreMerges ? definition.Vocabulary : null;
    }

    /// <summary>Appends the ids of one word.</summary>
    /// <param name="word">The word in the byte alphabet.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Encode(string word, List<int> ids)
    {
        if (_whole is not null && _whole.TryGetValue(word, out var id))
        {
            ids.Add(id);
            return;
        }

        ids.AddRange(_merger.EncodeToIds(word));
    }
}
