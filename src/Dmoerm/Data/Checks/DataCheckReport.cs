using System.Text.Json.Serialization;

namespace Dmoerm.Data.Checks;

/// <summary>What preference files hold, and what in them deserves a look.</summary>
public sealed record DataCheckReport
{
    /// <summary>The files, in the order they were given in; those of the other split last.</summary>
    public required IReadOnlyList<CheckedFile> Files { get; init; }

    /// <summary>The categories of the first files by name; rows without a category stand under the name that the check gave them.</summary>
    public required IReadOnlyDictionary<string, CheckedCategory> Categories { get; init; }

    /// <summary>What was found, gravest first; empty where nothing was.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }
}

/// <summary>A file that was read.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Format">How its rows are written.</param>
/// <param name="Rows">Its rows, those of categories that were not asked for included.</param>
/// <param name="Against">It belongs to the other split.</param>
/// <param name="Note">What the reader takes for granted; null where there is nothing to say.</param>
public sealed record CheckedFile(string Path, string Format, int Rows, bool Against, string? Note);

/// <summary>What a category holds, row by row: equal texts are not merged yet.</summary>
public sealed record CheckedCategory
{
    /// <summary>Rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The files that have rows of it, by path, with the number of these rows.</summary>
    public required IReadOnlyDictionary<string, int> Files { get; init; }

    /// <summary>The category stands in the rows; false for rows that have none.</summary>
    public required bool Named { get; init; }

    /// <summary>Distinct prompts, white space apart; each row without a prompt counts as one.</summary>
    public required int Prompts { get; init; }

    /// <summary>Responses of all rows.</summary>
    public required long Responses { get; init; }

    /// <summary>Distinct texts of responses.</summary>
    public required int Texts { get; init; }

    /// <summary>Overall comparisons, stated or made from scores, ties included.</summary>
    public required long Comparisons { get; init; }

    /// <summary>Overall comparisons that prefer neither side.</summary>
    public required long Ties { get; init; }

    /// <summary>Among overall preferences, the share in [0, 1] in which the response that the row lists first is better; null without any, and where the format lists the better one first.</summary>
    public required double? FirstListedWins { get; init; }

    /// <summary>Among overall preferences, the share in which the longer response (in Unicode code points) is better, equal lengths one half; null without any.</summary>
    public required double? LongerWins { get; init; }

    /// <summary>Capabilities by name.</summary>
    public required IReadOnlyDictionary<string, CheckedCapability> Capabilities { get; init; }

    /// <summary>Reason codes by name, with the number of rows that give them.</summary>
    public required IReadOnlyDictionary<string, int> Reasons { get; init; }

    /// <summary>Text fields of the rows that could say what belongs together, with their number of distinct values (at most 1000 are counted).</summary>
    public required IReadOnlyDictionary<string, int> Fields { get; init; }

    /// <summary>Overall comparisons with a preference.</summary>
    [JsonIgnore]
    public long Preferences => Comparisons - Ties;

    /// <summary>There is enough to train it, with prompts or with texts as units.</summary>
    [JsonIgnore]
    public bool IsEnough => Preferences >= EnoughData.Comparisons && (Prompts >= EnoughData.Units || NeedsTexts);

    /// <summary>Prompts are too few to be units, but texts are not.</summary>
    [JsonIgnore]
    public bool NeedsTexts => Prompts < EnoughData.Units && Texts >= 2 * EnoughData.Units && Preferences >= EnoughData.ComparisonsOfTexts;
}

/// <summary>What a category holds of a capability.</summary>
/// <param name="Comparisons">Its comparisons, stated or made from scores.</param>
/// <param name="Units">Distinct prompts with one; counted up to <see cref="EnoughData.Units"/>.</param>
/// <param name="AgreesWithPreference">Among pairs with a preference and a difference in this capability, the share in which more of it is preferred; null without any.</param>
public sealed record CheckedCapability(long Comparisons, int Units, double? AgreesWithPreference)
{
    /// <summary>There is enough to train an expert.</summary>
    [JsonIgnore]
    public bool IsEnough => Comparisons >= EnoughData.Comparisons && Units >= EnoughData.Units;
}
