using Microsoft.ML.Tokenizers;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>Merges the characters of a word into tokens.</summary>
internal sealed class BytePairs
{
    private readonly BpeTokenizer _merger;
    private readonly Dictionary<string, int>? _whole;

    public BytePairs(TokenizerDefinition definition)
    {
        _merger = BpeTokenizer.Create(new BpeOptions(definition.Vocabulary) { Merges = definition.Merges, PreTokenizer = new Whole() });
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

    // Words come cut; without this the library would cut them again by a rule of its own.
    private sealed class Whole : Microsoft.ML.Tokenizers.PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => [(0, text.Length)];

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => [(0, text.Length)];
    }
}
