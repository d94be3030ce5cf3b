using Dmoerm.Aggregation;
using Dmoerm.Data;
using Dmoerm.Experts;

namespace Dmoerm.Artefacts.Scoring;

/// <summary>Everything that scores conversations of one category.</summary>
public sealed record ServedCategory
{
    /// <summary>Base and experts.</summary>
    public required CategoryModel Model { get; init; }

    /// <summary>What joins their outputs.</summary>
    public required Aggregator Aggregator { get; init; }

    /// <summary>Standardises the aggregator's inputs.</summary>
    public required FeatureScaling Scaling { get; init; }

    /// <summary>Puts the category's numbers on a common scale.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>Where the comparisons came from.</summary>
    public required CategorySource Source { get; init; }

    /// <summary>What it was trained from; null where that is not known.</summary>
    public CategoryOrigin? Origin { get; init; }

    /// <summary>Folders of base and experts that are copied as they are instead of written: where each lies, by its name. Empty for a category that was trained just now.</summary>
    internal IReadOnlyDictionary<string, string> KeptFolders { get; init; } = new Dictionary<string, string>();

    /// <summary>What the run wants users of the category to know, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The category's name.</summary>
    public string Name => Model.Category;
}
