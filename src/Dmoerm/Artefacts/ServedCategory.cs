using Dmoerm.Aggregation;
using Dmoerm.Data;
using Dmoerm.Experts;

namespace Dmoerm.Artefacts;

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

    /// <summary>What the run wants users of the category to know, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The category's name.</summary>
    public string Name => Model.Category;
}
