using Dmoerm.Experts;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace Dmoerm.Aggregation;

// Dimensions: B = batch, E = experts, F = inputs (experts in order, then the base where it is used).

/// <summary>Weighs the experts' rewards and the base's own; a small PReLU net beside the linear part takes what is not linear.</summary>
/// <remarks>
/// Starts at the mean of the experts plus a share of the base, with the net's output at zero, so an untrained aggregator is
/// already a sensible reward. Source: ours.
/// </remarks>
public sealed class RewardsAggregator : Aggregator
{
    /// <summary>Wider than any net between a handful of rewards and one: a broken width would ask for more memory than any machine has before anything is compared with it.</summary>
    internal const int MostWide = 1 << 16;

    [ComponentName(Name = "linear")]
    private readonly Linear _linear;

    [ComponentName(Name = "inner")]
    private readonly Linear _inner;

    [ComponentName(Name = "activation")]
    private readonly PReLU _activation;

    [ComponentName(Name = "outer")]
    private readonly Linear _outer;

    /// <summary>Creates an aggregator at its start.</summary>
    /// <param name="numExperts">E, at least 1.</param>
    /// <param name="width">Inner width of the net beside the linear part.</param>
    /// <param name="seed">Seeds the net's first layer.</param>
    /// <param name="useBase">The base's own reward is the last input.</param>
    public RewardsAggregator(int numExperts, int width, long seed, bool useBase = true)
        : base(nameof(RewardsAggregator), RewardInputs.Count(numExperts, useBase))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numExperts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Width, UsesBase) = (width, useBase);
        _linear = nn.Linear(NumFeatures, 1, hasBias: false);
        _inner = nn.Linear(NumFeatures, width);
        _activation = nn.PReLU(1);
        _outer = nn.Linear(width, 1, hasBias: false);
        Start(numExperts, seed);
        RegisterComponents();
    }

    /// <summary>Inner width of the net beside the linear part.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public override AggregatorKind Kind => AggregatorKind.Rewards;

    /// <inheritdoc/>
    public override bool UsesBase { get; }

    /// <inheritdoc/>
    public override Tensor Features(ExpertOutput output) => RewardInputs.Of(output, UsesBase);

    /// <inheritdoc/>
    public override (int Start, int Count) FeaturesOf(int expert) => (expert, 1);

    /// <inheritdoc/>
    public override Tensor forward(Tensor feature_BF)
    {
        CheckShape(feature_BF);
        using var scope = NewDisposeScope();
        var net_B1 = _outer.call(_activation.call(_inner.call(feature_BF)));
        return (_linear.call(feature_BF) + net_B1).squeeze(1).MoveToOuterDisposeScope();
    }

    private void Start(int numExperts, long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var random = new Generator((ulong)seed);
        RewardInputs.Start(_linear.weight!, numExperts, UsesBase);
        _inner.weight!.copy_(randn(_inner.weight!.shape, generator: random) / Math.Sqrt(NumFeatures));
        _inner.bias!.zero_();
        _outer.weight!.zero_();
    }
}
