namespace Dmoerm.Data.Checks;

/// <summary>Something about the data that deserves a look.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Count">How often.</param>
/// <param name="Text">The same as a sentence, with what it means for training.</param>
/// <param name="Examples">A few places, <c>file, line n</c>; never the texts themselves.</param>
public sealed record Finding(FindingKind Kind, long Count, string Text, IReadOnlyList<string> Examples);

/// <summary>Kinds of findings.</summary>
public enum FindingKind
{
    /// <summary>Prompts that stand in both splits.</summary>
    PromptsInBoth,

    /// <summary>Prompts with a near-duplicate in the other split.</summary>
    NearPromptsInBoth,

    /// <summary>Responses that stand in both splits.</summary>
    ResponsesInBoth,

    /// <summary>Responses with a near-duplicate in the other split.</summary>
    NearResponsesInBoth,

    /// <summary>Comparisons that say the opposite of an earlier one of the same pair.</summary>
    Contradictions,

    /// <summary>Comparisons that say what an earlier one of the same pair says.</summary>
    Duplicates,

    /// <summary>Responses whose text has another score elsewhere under the same prompt.</summary>
    OtherScores,

    /// <summary>Rows with two equal responses.</summary>
    IdenticalResponses,

    /// <summary>Rows whose prompt has no text.</summary>
    EmptyPrompts,

    /// <summary>Rows with a response without text.</summary>
    EmptyResponses,

    /// <summary>Rows without any overall comparison.</summary>
    Uncompared,

    /// <summary>Prompts with a near-duplicate in the same files.</summary>
    NearPrompts,

    /// <summary>Rows without a category in files whose other rows have one.</summary>
    Uncategorised,

    /// <summary>A category with too little to train.</summary>
    SmallCategory,

    /// <summary>Capabilities with too little to train.</summary>
    SmallCapability,

    /// <summary>A category whose prompts are too few to be units.</summary>
    FewPrompts,

    /// <summary>The place in the row tells which response is better.</summary>
    Position,

    /// <summary>Length tells which response is better.</summary>
    Length,
}
