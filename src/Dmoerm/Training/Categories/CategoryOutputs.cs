using Dmoerm.Aggregation;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Experts;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Categories;

// Dimensions: N = conversations, F = aggregator inputs.

/// <summary>What a trained inner layer says of conversations, without gradient.</summary>
/// <param name="context">What the run shares.</param>
internal sealed class CategoryOutputs(TrainingContext context)
{
    private static readonly BaseAggregator OwnBase = new();

    /// <summary>The inputs of an aggregator as they come, [N, F].</summary>
    public Tensor Features(CategoryModel model, Aggregator aggregator, IReadOnlyList<EncodedConversation> rows)
    {
        var trunk = TrunkOf(model);
        return Prediction.Columns(trunk, rows, batch => aggregator.Features(model.Run(batch.Hidden_1BTD, batch.Length_B, trunk.Layer)));
    }

    /// <summary>The standardisation of a model's outputs, measured on conversations that it never saw.</summary>
    public FeatureScaling Scaling(CategoryModel model, Aggregator aggregator, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        var feature_NF = Features(model, aggregator, rows);
        return context.Recipe.Aggregator.Standardise ? FeatureScaling.Of(feature_NF) : FeatureScaling.Identity((int)feature_NF.shape[1]);
    }

    /// <summary>The aggregator's rewards.</summary>
    public double[] Raw(CategoryModel model, Aggregator aggregator, FeatureScaling scaling, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return aggregator.forward(scaling.Apply(Features(model, aggregator, rows))).ToDoubles();
    }

    /// <summary>The base's own rewards.</summary>
    public double[] BaseRewards(CategoryModel model, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        return Features(model, OwnBase, rows).squeeze(1).ToDoubles();
    }

    /// <summary>Puts a served category's numbers on a common scale.</summary>
    /// <param name="model">Base and experts.</param>
    /// <param name="aggregator">What joins them.</param>
    /// <param name="scaling">Its inputs' scale.</param>
    /// <param name="rows">Every distinct conversation of the validation part, compared or not.</param>
    /// <param name="pairs">The part's comparisons.</param>
    public Calibration Calibrate(CategoryModel model, Aggregator aggregator, FeatureScaling scaling, IReadOnlyList<EncodedConversation> rows, PreferencePairs pairs)
    {
        using var scope = NewDisposeScope();
        var trunk = TrunkOf(model);
        var reward_NE = Prediction.Columns(trunk, rows, batch => model.Run(batch.Hidden_1BTD, batch.Length_B, trunk.Layer).Reward_BE);
        return new Calibration
        {
            Overall = RewardScale.Of(Raw(model, aggregator, scaling, rows)),
            Capabilities = [.. model.Capabilities.Select((_, expert) => RewardScale.Of(reward_NE.select(1, expert).ToDoubles()))],
            Temperature = pairs.Temperature(Raw(model, aggregator, scaling, pairs.Rows)),
        };
    }

    private Trunk TrunkOf(CategoryModel model) => model.HasOwnBackbone ? new Trunk(model.Merged, 0) : context.Trunk;
}
