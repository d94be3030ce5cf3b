namespace Dmoerm.Conversations.Tokenizers.Words;

/// <summary>Appends the words of a piece.</summary>
internal delegate void WordStep(Piece piece, List<Piece> words);

/// <summary>Cuts a text into the words that the model works on.</summary>
/// <param name="Steps">One after another, each on the words of the one before.</param>
/// <param name="Bytes">The model works on the bytes of words, not on their characters.</param>
internal sealed record PreTokenizer(IReadOnlyList<WordStep> Steps, bool Bytes)
{
    /// <summary>The words of a piece, from left to right.</summary>
    /// <param name="piece">The piece; not empty.</param>
    /// <param name="words">Gets the words; emptied before.</param>
    /// <param name="spare">A list to work with.</param>
    public List<Piece> Split(Piece piece, List<Piece> words, List<Piece> spare)
    {
        words.Clear();
        words.Add(piece);
        foreach (var step in Steps)
        {
            spare.Clear();
            foreach (var word in words)
            {
                step(word, spare);
            }

            (words, spare) = (spare, words);
        }

        return words;
    }
}
