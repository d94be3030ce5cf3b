namespace Dmoerm.Data;

/// <summary>The examples of one category.</summary>
public sealed record CategoryData
{
    /// <summary>The category's name.</summary>
    public required string Category { get; init; }

    /// <summary>One example per prompt, equal texts merged, comparisons made; in the order of first appearance.</summary>
    public required IReadOnlyList<PreferenceExample> Examples { get; init; }

    /// <summary>What was read, merged and left out.</summary>
    public required DataReport Report { get; init; }
}

/// <summary>Counts of what reading a category did.</summary>
public sealed record DataReport
{
    /// <summary>How each file was read, in the order of reading.</summary>
    public required IReadOnlyList<FileReport> Files { get; init; }

    /// <summary>Rows taken.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows of other categories, by name.</summary>
    public required IReadOnlyDictionary<string, int> OtherRows { get; init; }

    /// <summary>Examples that the rows became.</summary>
    public required int Examples { get; init; }

    /// <summary>Distinct responses of all examples.</summary>
    public required int Responses { get; init; }

    /// <summary>Responses that met an equal text of the same prompt, in one row or across rows: those read less <see cref="Responses"/>.</summary>
    public required int MergedResponses { get; init; }

    /// <summary>Stated comparisons between two equal texts, which say nothing.</summary>
    public required int DroppedComparisons { get; init; }

    /// <summary>Overall comparisons, ties included.</summary>
    public required int Comparisons { get; init; }

    /// <summary>Overall comparisons with p = 0.5.</summary>
    public required int Ties { get; init; }

    /// <summary>Comparisons of each capability, in the experts' order.</summary>
    public required IReadOnlyDictionary<string, int> CapabilityComparisons { get; init; }

    /// <summary>Examples without any comparison: unrated, or all scores within the gap.</summary>
    public required int Uncompared { get; init; }
}
