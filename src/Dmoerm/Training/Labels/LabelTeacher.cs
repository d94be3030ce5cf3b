using Dmoerm.Data;

namespace Dmoerm.Training.Labels;

// Dimensions: P = pairs, K = capabilities.

/// <summary>What people weigh, learnt in the space of labels: how much each capability's label counts for the overall preference.</summary>
/// <remarks>
/// Weights <c>a >= 0</c> of lowest cross-entropy of <c>sigmoid(sum_k a_k d_k)</c> on the comparisons with a preference, d_k as <see cref="CapabilityDifferences"/> has it, prompts weighed
/// alike, with an L2 penalty chosen by held-out loss. It sees labels only, no text and no model's output. Where preferences are scarce or noisy and capability labels are not, its soft
/// labels teach phase 1 what the preferences alone cannot (docs/log.md). Source: ours.
/// </remarks>
public sealed class LabelTeacher
{
    private const double DefaultPenalty = 0.1;
    private static readonly double[] Penalties = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001];
    private readonly CapabilityDifferences _differences;
    private readonly double[] _weights;

    private LabelTeacher(CapabilityDifferences differences, double[] weights) => (_differences, _weights) = (differences, weights);

    /// <summary>[K] at least 0: by how much one usual difference in the capability moves the logit of the preference.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>The chosen penalty.</summary>
    public required double Penalty { get; init; }

    /// <summary>P: the preferences that the weights were learnt from, those between responses that differ in a capability.</summary>
    public required int Preferences { get; init; }

    /// <summary>Learns the weights.</summary>
    /// <param name="capabilities">The capabilities, in order.</param>
    /// <param name="training">What is learnt from; nothing of validation or test may be in it.</param>
    /// <param name="tuning">Cuts of it into a part to fit on and a part to measure the loss on; empty takes a penalty of 0.1.</param>
    /// <returns>Null where no preference stands between responses that differ in a capability, or no capability speaks for what people prefer.</returns>
    public static LabelTeacher? Fit(
        IReadOnlyList<string> capabilities, IReadOnlyList<PreferenceExample> training,
        IReadOnlyList<(IReadOnlyList<PreferenceExample> Fitted, IReadOnlyList<PreferenceExample> HeldOut)> tuning)
    {
        var differences = new CapabilityDifferences(capabilities, training);
        if (Pairs(differences, training) is not { } data)
        {
            return null;
        }

        var best = BestPenalty(capabilities, tuning);
        var weights = Path(data, capabilities.Count, best + 1)[^1];
        return weights.All(weight => weight == 0) ? null : new LabelTeacher(differences, weights) { Penalty = Penalties[best], Preferences = data.P.Length };
    }

    /// <summary>A soft label for every pair that differs in a capability, whether people compared it or not.</summary>
    /// <returns>The example with overall comparisons of weight 1 added.</returns>
    public PreferenceExample Teach(PreferenceExample example) => example with
    {
        Comparisons =
        [
            .. example.Comparisons,
            .. _differences.Of(example).OrderBy(pair => pair.Key).Select(pair => new Comparison(pair.Key.I, pair.Key.J, 1 / (1 + Math.Exp(-NonNegativeLogit.Dot(_weights, pair.Value))))),
        ],
    };

    private static int BestPenalty(IReadOnlyList<string> capabilities, IReadOnlyList<(IReadOnlyList<PreferenceExample> Fitted, IReadOnlyList<PreferenceExample> HeldOut)> tuning)
    {
        var losses = new double[Penalties.Length];
        var measured = false;
        foreach (var (fitted, heldOut) in tuning)
        {
            var differences = new CapabilityDifferences(capabilities, fitted);
            if (Pairs(differences, fitted) is { } train && Pairs(differences, heldOut) is { } test)
            {
                measured = true;
                foreach (var (index, weights) in Path(train, capabilities.Count, Penalties.Length).Index())
                {
                    losses[index] += NonNegativeLogit.Loss(test, weights);
                }
            }
        }

        return Array.IndexOf(measured ? losses : Penalties, measured ? losses.Min() : DefaultPenalty);
    }

    // From the strongest penalty to the weakest, each solution the start of the next.
    private static List<double[]> Path(LabelledDifferences data, int capabilities, int penalties)
    {
        var path = new List<double[]>();
        foreach (var penalty in Penalties.Take(penalties))
        {
            path.Add(NonNegativeLogit.Fit(data, penalty, path.Count == 0 ? new double[capabilities] : path[^1]));
        }

        return path;
    }

    private static LabelledDifferences? Pairs(CapabilityDifferences differences, IReadOnlyList<PreferenceExample> examples)
    {
        var pairs = new List<(double[] Difference, double P, double Weight)>();
        foreach (var example in examples)
        {
            var known = differences.Of(example);
            var compared = example.Comparisons.Where(comparison => comparison.Capability is null && comparison.Weight > 0)
                .Select(comparison => (Comparison: comparison, Forward: comparison.I < comparison.J, Key: (Math.Min(comparison.I, comparison.J), Math.Max(comparison.I, comparison.J))))
                .Where(pair => known.ContainsKey(pair.Key)).ToArray();
            pairs.AddRange(compared.Select(pair => (known[pair.Key], pair.Forward ? pair.Comparison.P : 1 - pair.Comparison.P, pair.Comparison.Weight / compared.Length)));
        }

        return pairs.Count == 0 ? null : new LabelledDifferences([.. pairs.Select(pair => pair.Difference)], [.. pairs.Select(pair => pair.P)], [.. pairs.Select(pair => pair.Weight)]);
    }
}
