using Dmoerm.Aggregation;

namespace Dmoerm.Training.Settings;

/// <summary>Phase 3: how experts' outputs become one reward.</summary>
public sealed record AggregatorSettings
{
    /// <summary>Which aggregator.</summary>
    public AggregatorKind Kind { get; init; } = AggregatorKind.Rewards;

    /// <summary>Inner width of the net beside the linear part (kind <c>rewards</c>).</summary>
    public int Width { get; init; } = 8;

    /// <summary>The base's own reward is an input beside the experts' (kinds <c>rewards</c> and <c>monotone</c>; <c>embeddings</c> never reads it).</summary>
    public bool UseBase { get; init; } = true;

    /// <summary>Inputs are standardised by mean and deviation of the model that made them.</summary>
    public bool Standardise { get; init; } = true;

    /// <summary>A category whose aggregator agrees less with validation preferences than its base is served by the base.</summary>
    public bool FallBackToBase { get; init; } = true;

    /// <summary>How the weights are fitted.</summary>
    public PhaseSettings Training { get; init; } = new() { LearningRates = [1e-2], WeightDecay = 0.01, Epochs = 50, Patience = 5 };
}
