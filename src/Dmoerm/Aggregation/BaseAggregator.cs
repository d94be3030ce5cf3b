using Dmoerm.Experts;

namespace Dmoerm.Aggregation;

/// <summary>Passes the base's reward on: for a category without experts, or whose aggregator was worse than its base.</summary>
public sealed class BaseAggregator() : Aggregator(nameof(BaseAggregator), 1)
{
    /// <inheritdoc/>
    public override AggregatorKind Kind => AggregatorKind.Base;

    /// <inheritdoc/>
    public override bool UsesBase => true;

    /// <inheritdoc/>
    public override Tensor Features(ExpertOutput output) => output.BaseReward_B.unsqueeze(1);

    /// <inheritdoc/>
    /// <remarks>No column comes from an expert, so no expert has an effect.</remarks>
    public override (int Start, int Count) FeaturesOf(int expert) => (0, 0);

    /// <inheritdoc/>
    public override Tensor forward(Tensor feature_BF)
    {
        CheckShape(feature_BF);
        return feature_BF.squeeze(1);
    }
}
