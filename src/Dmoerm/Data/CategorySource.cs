namespace Dmoerm.Data;

/// <summary>A recipe's entry for one category: where its rows are and how they become comparisons.</summary>
public sealed record CategorySource
{
    /// <summary>Training files; a relative path starts at the recipe's folder. Where there is none of the name: data of the hub, <c>org/name[@revision][:config/split]</c>.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>Files that are read once, by the final evaluation; named likewise.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>Name of the row format, one of <see cref="PreferenceReader.Formats"/>; null recognises it by the first row of each file.</summary>
    public string? Format { get; init; }

    /// <summary>Which end of ranked lists is best; null is the format's own: the lowest rank. An error with formats that hold no ranks.</summary>
    public RankOrder? RankOrder { get; init; }

    /// <summary>Rows with this value in their <c>category</c> field are taken, and rows without one unless another category lists their file too; null is the category's name.</summary>
    public string? RowCategory { get; init; }

    /// <summary>How the rows' conversations are rendered; rows without a prompt are always text. What the model serves is rendered likewise.</summary>
    public Rendering Render { get; init; }

    /// <summary>Two overall scores that differ by at least this (and by more than 0) are a comparison.</summary>
    public double Gap { get; init; }

    /// <summary>What splitting and folding never cut: <c>prompt</c>, <c>responses</c>, or a row's text field.</summary>
    public string GroupBy { get; init; } = "prompt";

    /// <summary>The unit of confidence intervals; null is <see cref="GroupBy"/>.</summary>
    public string? ResampleBy { get; init; }

    /// <summary>Preferences are explained by capability labels, and the explanation teaches the base (see the recipe's field of this name); null is as the recipe says.</summary>
    public bool? LabelTeacher { get; init; }

    /// <summary>The category's capabilities, in the experts' order.</summary>
    public IReadOnlyDictionary<string, CapabilitySource> Capabilities { get; init; } = new Dictionary<string, CapabilitySource>();
}

/// <summary>Where a capability's comparisons come from.</summary>
public sealed record CapabilitySource
{
    /// <summary>Field of the rows' capability scores; null is the capability's own name, unless <see cref="Reasons"/> are given.</summary>
    public string? Score { get; init; }

    /// <summary>The score is an error flag or a cost: less is better.</summary>
    public bool LowerIsBetter { get; init; }

    /// <summary>Two scores that differ by at least this (and by more than 0) are a comparison.</summary>
    public double Gap { get; init; }

    /// <summary>Reason codes of pair rows: a row with one of them says that its chosen response is better in this capability.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}
