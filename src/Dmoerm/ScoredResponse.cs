namespace Dmoerm;

/// <summary>What the model says of one conversation.</summary>
public sealed record ScoredResponse
{
    /// <summary>
    /// The aggregator's output in standard deviations of the category's validation responses, so that categories can be mixed. Of a model from elsewhere: <see cref="Raw"/>, unless its folder
    /// says how to normalise; NaN where it gives several <see cref="Attributes"/> and nobody said how they make one reward.
    /// </summary>
    public required double Reward { get; init; }

    /// <summary>The aggregator's output, or what another's head gives; where two categories are mixed, whose outputs have no common scale, the same as <see cref="Reward"/>.</summary>
    public required double Raw { get; init; }

    /// <summary>The category whose model scored; where two are mixed, the more probable one. Null for a model that has none.</summary>
    public required string? Category { get; init; }

    /// <summary>The router's probability of each category; sums to 1. Empty for a model without a router.</summary>
    public required IReadOnlyDictionary<string, double> Route { get; init; }

    /// <summary>The router was unsure, and the reward is the mean of the two most probable categories weighted by their probabilities; null where the model has no such fallback or the request named a category.</summary>
    public bool? Fallback { get; init; }

    /// <summary>Number of tokens scored.</summary>
    public required int Tokens { get; init; }

    /// <summary>What was cut: <c>turns</c>, <c>prompt</c>, <c>response</c>; null for nothing.</summary>
    public string? Truncated { get; init; }

    /// <summary>Each capability's part; null unless asked for, empty for a category without experts. Where two categories are mixed, the second one's stand under <c>category/capability</c>.</summary>
    public IReadOnlyDictionary<string, CapabilityScore>? Capabilities { get; init; }

    /// <summary>What each output of a model with several says, by label, as the head gives it; null for every other model.</summary>
    public IReadOnlyDictionary<string, double>? Attributes { get; init; }

    /// <summary>Every number that the model gave is one, and whatever may lack (see <see cref="Reward"/>) does so for that reason alone.</summary>
    internal bool IsFinite => Attributes is null ? double.IsFinite(Reward) && double.IsFinite(Raw) : Attributes.Values.All(double.IsFinite);
}

/// <summary>What one expert says of a conversation.</summary>
/// <param name="Reward">The expert's own reward in standard deviations of validation responses.</param>
/// <param name="Percentile">Share in [0, 100] of validation responses that the expert rewards less; null where none were measured.</param>
/// <param name="Effect">Change of <see cref="ScoredResponse.Reward"/> when the expert's output is replaced by its training mean: reward minus that.</param>
public sealed record CapabilityScore(double Reward, double? Percentile, double Effect);
