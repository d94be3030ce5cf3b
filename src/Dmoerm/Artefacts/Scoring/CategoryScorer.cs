using Dmoerm.Backbones.Weights;
using Dmoerm.Experts;

namespace Dmoerm.Artefacts.Scoring;

// Dimensions: B = batch, T = tokens, D = hidden size, E = experts, F = aggregator inputs.

/// <summary>The inner layer at work: states of a batch to rewards and, on request, what each expert added.</summary>
internal static class CategoryScorer
{
    /// <summary>Scores a batch of one category.</summary>
    /// <param name="category">The category.</param>
    /// <param name="hidden_1BTD">[1, B, T, D], what enters layer <paramref name="from"/>.</param>
    /// <param name="length_B">[B] int64 real tokens.</param>
    /// <param name="from">The layer that the states enter.</param>
    /// <param name="explain">Also give each capability's part.</param>
    public static IReadOnlyList<CategoryScore> Score(ServedCategory category, Tensor hidden_1BTD, Tensor length_B, int from, bool explain)
    {
        using var scope = NewDisposeScope();
        var output = category.Model.Run(hidden_1BTD, length_B, from);
        var feature_BF = category.Scaling.Apply(category.Aggregator.Features(output));
        var raw_B = category.Aggregator.forward(feature_BF).ToDoubles();
        var capabilities = explain ? Explain(category, output, feature_BF, raw_B) : null;
        return [.. raw_B.Select((raw, row) => new CategoryScore(raw, category.Calibration.Overall.Standardise(raw), capabilities?[row]))];
    }

    private static Dictionary<string, CapabilityScore>[] Explain(ServedCategory category, ExpertOutput output, Tensor feature_BF, double[] raw_B)
    {
        var scores = raw_B.Select(_ => new Dictionary<string, CapabilityScore>()).ToArray();
        for (var expert = 0; expert < category.Model.Capabilities.Count; expert++)
        {
            using var scope = NewDisposeScope();
            var own_B = output.Reward_BE.select(1, expert).ToDoubles();
            var without_B = category.Aggregator.forward(Without(category, feature_BF, expert)).ToDoubles();
            var scale = category.Calibration.Capabilities[expert];
            for (var row = 0; row < raw_B.Length; row++)
            {
                var effect = (raw_B[row] - without_B[row]) / category.Calibration.Overall.Deviation;
                scores[row][category.Model.Capabilities[expert]] = new CapabilityScore(scale.Standardise(own_B[row]), scale.Percentile(own_B[row]), effect);
            }
        }

        return scores;
    }

    // The training mean of a standardised input is 0.
    private static Tensor Without(ServedCategory category, Tensor feature_BF, int expert)
    {
        var (start, count) = category.Aggregator.FeaturesOf(expert);
        if (count == 0)
        {
            return feature_BF;
        }

        var replaced_BF = feature_BF.clone();
        replaced_BF.narrow(1, start, count).zero_();
        return replaced_BF;
    }
}

/// <summary>A category's word on one conversation.</summary>
internal sealed record CategoryScore(double Raw, double Reward, IReadOnlyDictionary<string, CapabilityScore>? Capabilities);
