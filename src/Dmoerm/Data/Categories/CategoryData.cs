using System.Text.Json.Serialization;

namespace Dmoerm.Data.Categories;

/// <summary>The examples of one category.</summary>
public sealed record CategoryData
{
    /// <summary>The category's name.</summary>
    public required string Category { get; init; }

    /// <summary>One example per prompt, equal texts merged, comparisons made; in the order of first appearance.</summary>
    public required IReadOnlyList<PreferenceExample> Examples { get; init; }

    /// <summary>What was read, merged and left out.</summary>
    public required DataReport Report { get; init; }

    /// <summary>Examples that nobody said to be of this category, as it would read them, for a router to choose; empty where such rows are left out.</summary>
    public IReadOnlyList<UncategorisedExample> Uncategorised { get; init; } = [];

    /// <summary>Rows without a category in files that other categories list too, by file; other categories count the same rows.</summary>
    public IReadOnlyDictionary<string, int> UncategorisedRows { get; init; } = new Dictionary<string, int>();
}

/// <summary>An example whose category a router is to choose.</summary>
/// <param name="Example">As one of the categories reads it.</param>
/// <param name="Takers">The categories that it may be given to, in the recipe's order.</param>
public sealed record UncategorisedExample(PreferenceExample Example, IReadOnlyList<string> Takers);

/// <summary>Counts of what reading a category did.</summary>
public sealed record DataReport
{
    /// <summary>How each file was read, in the order of reading.</summary>
    public required IReadOnlyList<FileReport> Files { get; init; }

    /// <summary>Rows taken.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows of other categories, by name.</summary>
    public required IReadOnlyDictionary<string, int> OtherRows { get; init; }

    /// <summary>Rows without a category in files that other categories list too: not taken, and counted by these categories as well.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Uncategorised { get; init; }

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
