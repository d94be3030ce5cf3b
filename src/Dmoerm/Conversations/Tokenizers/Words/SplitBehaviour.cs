namespace Dmoerm.Conversations.Tokenizers.Words;

/// <summary>What becomes of the finds that a text is cut at; the names are those of the file.</summary>
internal enum SplitBehaviour
{
    /// <summary>They are left out.</summary>
    Removed,

    /// <summary>Each is a word.</summary>
    Isolated,

    /// <summary>Each ends the word before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the word behind it.</summary>
    MergedWithNext,

    /// <summary>Finds side by side are one word.</summary>
    Contiguous,
}
