using Dmoerm.Backbones.Weights;
using Dmoerm.Experts;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace Dmoerm.Aggregation;

// Dimensions: B = batch, F = inputs (experts in order, then the base where it is used).

/// <summary>A weighted sum of the experts' rewards, and of the base's where asked for, with weights of at least 0: no expert's praise lowers the reward.</summary>
/// <remarks>
/// A weight is the magnitude of its parameter, so the gradient pushes it away from 0 on either side and none is lost there. Starts at the mean of the experts plus a share of the base.
/// Where preferences are scarce it cannot learn a wrong sign by chance. Source: ours.
/// </remarks>
public sealed class MonotoneAggregator : Aggregator
{
    [ComponentName(Name = "linear")]
    private readonly Linear _linear;

    /// <summary>Creates an aggregator at its start.</summary>
    /// <param name="numExperts">E, at least 1.</param>
    /// <param name="useBase">The base's own reward is the last input.</param>
    public MonotoneAggregator(int numExperts, bool useBase)
        : base(nameof(MonotoneAggregator), RewardInputs.Count(numExperts, useBase))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numExperts, 1);
        UsesBase = useBase;
        _linear = nn.Linear(NumFeatures, 1, hasBias: false);
        using (no_grad())
        {
            RewardInputs.Start(_linear.weight!, numExperts, useBase);
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override AggregatorKind Kind => AggregatorKind.Monotone;

    /// <inheritdoc/>
    public override bool UsesBase { get; }

    /// <summary>The weight of each input, at least 0.</summary>
    public IReadOnlyList<double> Weights
    {
        get
        {
            using var scope = NewDisposeScope();
            return _linear.weight!.detach().abs().flatten().ToDoubles();
        }
    }

    /// <inheritdoc/>
    public override Tensor Features(ExpertOutput output) => RewardInputs.Of(output, UsesBase);

    /// <inheritdoc/>
    public override (int Start, int Count) FeaturesOf(int expert) => (expert, 1);

    /// <inheritdoc/>
    public override Tensor forward(Tensor feature_BF)
    {
        CheckShape(feature_BF);
        using var scope = NewDisposeScope();
        return nn.functional.linear(feature_BF, _linear.weight!.abs()).squeeze(1).MoveToOuterDisposeScope();
    }
}
