using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Phases;

// Dimensions: N = conversations, D = hidden size, P = pairs.

/// <summary>A linear reward on frozen features: Bradley-Terry with an L2 penalty, solved exactly, the penalty chosen by held-out loss.</summary>
/// <remarks>
/// Newton's method on a convex loss in float64; features are divided by their deviation first, so one penalty suits all. It is the
/// yardstick that every trained model must reach, and where the head of phase 1 starts. Source: ours; logistic regression on differences.
/// </remarks>
public sealed class LinearHead
{
    private const int MaxIterations = 25;
    private const double DefaultPenalty = 0.1;
    private static readonly double[] Penalties = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001];
    private readonly FeatureTable _features;
    private readonly BatchPlan _plan;
    private readonly Tensor _deviation_D;

    private LinearHead(FeatureTable features, string? judged)
    {
        _features = features;
        _plan = new BatchPlan([judged], new BatchSettings());
        using var scope = NewDisposeScope();
        var wide_ND = features.Feature_NF.to(ScalarType.Float64);
        var deviation_D = wide_ND.std(0, unbiased: false);
        _deviation_D = deviation_D.where(deviation_D > 1e-8, ones_like(deviation_D)).DetachFromDisposeScope();
    }

    /// <summary>The chosen penalty.</summary>
    public double Penalty { get; private set; }

    /// <summary>[1, D] weights for the features as they are.</summary>
    public Tensor Weight_1D { get; private set; } = null!;

    /// <summary>Fits a head.</summary>
    /// <param name="features">[N, D] features of all conversations of the examples.</param>
    /// <param name="judged">The capability that is learnt; null for the overall preference.</param>
    /// <param name="training">What is learnt from.</param>
    /// <param name="tuning">Cuts of the training examples into a part to fit on and a part to measure the loss on; empty takes a penalty of 0.1.</param>
    public static LinearHead Fit(
        FeatureTable features, string? judged, IReadOnlyList<TrainingExample> training,
        IReadOnlyList<(IReadOnlyList<TrainingExample> Fitted, IReadOnlyList<TrainingExample> HeldOut)> tuning)
    {
        using var scope = NewDisposeScope();
        var head = new LinearHead(features, judged);
        var losses = new double[Penalties.Length];
        foreach (var (fitted, heldOut) in tuning)
        {
            head.AddHeldOutLosses(fitted, heldOut, losses);
        }

        var best = tuning.Count == 0 ? Array.IndexOf(Penalties, DefaultPenalty) : Array.IndexOf(losses, losses.Min());
        head.Penalty = Penalties[best];
        var weight_D = Path(head.Pairs(training), Penalties.Take(best + 1)).Last();
        head.Weight_1D = (weight_D / head._deviation_D).to(features.Feature_NF.dtype).unsqueeze(0).DetachFromDisposeScope();
        head._deviation_D.Dispose();
        return head;
    }

    private void AddHeldOutLosses(IReadOnlyList<TrainingExample> fitted, IReadOnlyList<TrainingExample> heldOut, double[] losses)
    {
        using var scope = NewDisposeScope();
        if (Pairs(fitted) is not { } train || Pairs(heldOut) is not { } test)
        {
            return;
        }

        var index = 0;
        foreach (var weight_D in Path(train, Penalties))
        {
            losses[index++] += Loss(test, weight_D, penalty: 0).item<double>();
        }
    }

    // Differences of standardised features, labels and weights; null without a pair.
    private Differences? Pairs(IReadOnlyList<TrainingExample> examples)
    {
        var batch = _plan.Whole(examples);
        var pairs = batch.Judged[0];
        if (pairs.Count == 0)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var feature_ND = _features.Of(batch.Rows).to(ScalarType.Float64) / _deviation_D;
        var difference_PD = feature_ND.index_select(0, tensor(pairs.First)) - feature_ND.index_select(0, tensor(pairs.Second));
        var weight_P = tensor(pairs.Weight, ScalarType.Float64);
        return new Differences(
            difference_PD.MoveToOuterDisposeScope(), tensor(pairs.P, ScalarType.Float64).MoveToOuterDisposeScope(), (weight_P / weight_P.sum()).MoveToOuterDisposeScope());
    }

    // From the strongest penalty to the weakest, each solution the start of the next.
    private static IEnumerable<Tensor> Path(Differences? pairs, IEnumerable<double> penalties)
    {
        if (pairs is null)
        {
            throw new InvalidDataException("A linear head needs at least one comparison to learn from, got none.");
        }

        var weight_D = zeros(pairs.Difference_PD.shape[1], ScalarType.Float64);
        foreach (var penalty in penalties)
        {
            weight_D = Solve(pairs, weight_D, penalty);
            yield return weight_D;
        }
    }

    private static Tensor Solve(Differences pairs, Tensor start_D, double penalty)
    {
        using var scope = NewDisposeScope();
        var (weight_D, loss) = (start_D, Loss(pairs, start_D, penalty).item<double>());
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var probability_P = matmul(pairs.Difference_PD, weight_D).sigmoid();
            var gradient_D = matmul((pairs.Weight_P * (probability_P - pairs.P)).unsqueeze(0), pairs.Difference_PD).squeeze(0) + penalty * weight_D;
            var curvature_P1 = (pairs.Weight_P * probability_P * (1 - probability_P)).unsqueeze(1);
            var hessian_DD = matmul(pairs.Difference_PD.transpose(0, 1), pairs.Difference_PD * curvature_P1) + penalty * eye(weight_D.shape[0], dtype: ScalarType.Float64);
            var step_D = linalg.solve(hessian_DD, gradient_D.unsqueeze(1)).squeeze(1);
            var (next_D, nextLoss, scale) = (weight_D - step_D, double.PositiveInfinity, 1.0);
            while ((nextLoss = Loss(pairs, next_D, penalty).item<double>()) > loss && scale > 1e-4)
            {
                scale /= 2;
                next_D = weight_D - scale * step_D;
            }

            var gain = loss - nextLoss;
            (weight_D, loss) = gain > 0 ? (next_D, nextLoss) : (weight_D, loss);
            if (gain < 1e-9)
            {
                break;
            }
        }

        return weight_D.clone().MoveToOuterDisposeScope();
    }

    private static Tensor Loss(Differences pairs, Tensor weight_D, double penalty)
    {
        using var scope = NewDisposeScope();
        var difference_P = matmul(pairs.Difference_PD, weight_D);
        var loss = PreferenceLoss.BradleyTerry(difference_P, zeros_like(difference_P), pairs.P, pairs.Weight_P);
        return (loss + penalty / 2 * weight_D.square().sum()).MoveToOuterDisposeScope();
    }

    private sealed record Differences(Tensor Difference_PD, Tensor P, Tensor Weight_P);
}
