using Dmoerm.Aggregation;
using Dmoerm.Experts;

namespace Dmoerm.Tests.Aggregation;

public class AggregatorTests
{
    [Fact]
    public void Rewards_AtStart_IsMeanOfExpertsAndAShareOfTheBase()
    {
        using var scope = NewDisposeScope();
        using var aggregator = new RewardsAggregator(2, 4, seed: 1);
        var output = new ExpertOutput(tensor(new[] { 5f, -1f }), tensor(new[,] { { 1f, 2f }, { 0f, 4f } }), null);
        // 0.8 (1 + 2) / 2 + 0.2 x 5 = 2.2; 0.8 x 2 - 0.2 = 1.4.
        TensorAssert.Close(aggregator.forward(aggregator.Features(output)), tensor(new[] { 2.2f, 1.4f }));
        Assert.Equal((1, 1), aggregator.FeaturesOf(1));
    }

    [Fact]
    public void Rewards_WithoutTheBase_IsTheMeanOfExperts()
    {
        using var scope = NewDisposeScope();
        using var aggregator = new RewardsAggregator(2, 4, seed: 1, useBase: false);
        var output = new ExpertOutput(tensor(new[] { 5f, -1f }), tensor(new[,] { { 1f, 2f }, { 0f, 4f } }), null);
        TensorAssert.Close(aggregator.forward(aggregator.Features(output)), tensor(new[] { 1.5f, 2f }));
        Assert.Equal((2, false), (aggregator.NumFeatures, aggregator.UsesBase));
    }

    [Fact]
    public void Monotone_AnyParameters_WeighNothingBelowZero()
    {
        using var scope = NewDisposeScope();
        using var aggregator = new MonotoneAggregator(2, useBase: true);
        var output = new ExpertOutput(tensor(new[] { 5f, -1f }), tensor(new[,] { { 1f, 2f }, { 0f, 4f } }), null);
        // At its start as the other: 0.8 (1 + 2) / 2 + 0.2 x 5 = 2.2; 0.8 x 2 - 0.2 = 1.4.
        TensorAssert.Close(aggregator.forward(aggregator.Features(output)), tensor(new[] { 2.2f, 1.4f }));

        aggregator.load_state_dict(new() { ["linear.weight"] = tensor(new[,] { { -0.5f, 0.25f, 0f } }) });
        Assert.Equal([0.5, 0.25, 0], aggregator.Weights);
        TensorAssert.Close(aggregator.forward(aggregator.Features(output)), tensor(new[] { 1f, 1f }));
        Assert.Equal((1, 1), aggregator.FeaturesOf(1));
        using var alone = new MonotoneAggregator(2, useBase: false);
        Assert.Equal([0.5, 0.5], alone.Weights);
        Assert.Throws<ArgumentException>(() => alone.forward(zeros(2, 3)));
    }

    [Fact]
    public void Embeddings_Features_AreConcatenatedInOrder()
    {
        using var scope = NewDisposeScope();
        using var aggregator = new EmbeddingsAggregator(2, 3, seed: 1);
        var hidden_BED = arange(12, ScalarType.Int64).to(ScalarType.Float32).view(2, 2, 3);
        TensorAssert.Close(aggregator.Features(new ExpertOutput(zeros(2), zeros(2, 2), hidden_BED)), arange(12, ScalarType.Int64).to(ScalarType.Float32).view(2, 6));
        Assert.Equal((3, 3), aggregator.FeaturesOf(1));
        Assert.Throws<ArgumentException>(() => aggregator.Features(new ExpertOutput(zeros(2), zeros(2, 0), null)));
        Assert.Throws<ArgumentException>(() => aggregator.forward(zeros(2, 5)));
    }

    [Fact]
    public void Base_Reward_PassesOn()
    {
        using var scope = NewDisposeScope();
        using var aggregator = new BaseAggregator();
        var output = new ExpertOutput(tensor(new[] { 5f, -1f }), zeros(2, 0), null);
        TensorAssert.Close(aggregator.forward(aggregator.Features(output)), output.BaseReward_B);
        Assert.Equal(0, aggregator.FeaturesOf(0).Count);
    }

    [Fact]
    public void Modules_MadeInsideAScope_OutliveIt()
    {
        Aggregator[] aggregators;
        using (NewDisposeScope())
        {
            aggregators = [new RewardsAggregator(2, 4, seed: 1), new EmbeddingsAggregator(2, 3, seed: 1), new MonotoneAggregator(2, useBase: false)];
        }

        using var scope = NewDisposeScope();
        Assert.All(aggregators, aggregator => Assert.Equal([2], aggregator.forward(zeros(2, aggregator.NumFeatures)).shape));
    }

    [Fact]
    public void Modules_SameSeed_AreBitEqual()
    {
        using var scope = NewDisposeScope();
        using var first = new EmbeddingsAggregator(2, 3, seed: 1);
        using var same = new EmbeddingsAggregator(2, 3, seed: 1);
        using var other = new EmbeddingsAggregator(2, 3, seed: 2);
        var probe_BF = ones(1, 6);
        Assert.Equal(first.forward(probe_BF).item<float>(), same.forward(probe_BF).item<float>());
        Assert.NotEqual(first.forward(probe_BF).item<float>(), other.forward(probe_BF).item<float>());
    }

    [Fact]
    public void Scaling_OfFeatures_StandardisesAndLeavesConstants()
    {
        using var scope = NewDisposeScope();
        // Column 0: mean 2, deviation sqrt(2/3); column 1 is constant.
        var feature_NF = tensor(new double[,] { { 1, 7 }, { 2, 7 }, { 3, 7 } });
        var scaling = FeatureScaling.Of(feature_NF);
        var edge = 1 / Math.Sqrt(2 / 3.0);
        TensorAssert.Close(scaling.Apply(feature_NF), tensor(new[,] { { -edge, 0 }, { 0, 0 }, { edge, 0 } }), absolute: 1e-12);
        TensorAssert.Close(FeatureScaling.Identity(2, ScalarType.Float64).Apply(feature_NF), feature_NF);
    }

    [Fact]
    public void RewardScale_OfValues_HasMomentsAndQuantiles()
    {
        var scale = RewardScale.Of([3, 1, 2, 4, 0]);
        Assert.Equal((2, Math.Sqrt(2)), (scale.Mean, scale.Deviation));
        Assert.Equal(101, scale.Quantiles.Count);
        // Linear between order statistics: the 10 % quantile of 0..4 is 0.4.
        Assert.Equal([0, 0.4, 2, 4], new[] { 0, 10, 50, 100 }.Select(percent => Math.Round(scale.Quantiles[percent], 12)));
        Assert.Equal([0, 0, 25, 50, 100, 100], new[] { -1, 0, 1, 2, 4, 5.0 }.Select(raw => Math.Round(scale.Percentile(raw)!.Value, 9)));
        Assert.Equal(1 / Math.Sqrt(2), scale.Standardise(3), 1e-12);
    }

    [Fact]
    public void RewardScale_EqualValues_HasADeviationOfOne()
    {
        var scale = RewardScale.Of([3, 3]);
        Assert.Equal(1, scale.Deviation);
        Assert.Equal(0, scale.Percentile(3));
        Assert.Equal(100, scale.Percentile(3.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RewardScale.Of([]));
    }
}
