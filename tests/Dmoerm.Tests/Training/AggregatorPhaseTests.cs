using Dmoerm.Aggregation;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

public class AggregatorPhaseTests
{
    [Fact]
    public void Run_Monotone_LeavesAnExpertThatSpeaksAgainstItOut()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        // People prefer what the second expert likes; the first expert says the opposite, so the best weight of at least 0 is 0.
        var second_N1 = randn([200, 1], generator: random);
        var feature_NF = cat([-second_N1 + 0.3 * randn([200, 1], generator: random), second_N1, randn([200, 1], generator: random)], 1);
        var examples = Examples(feature_NF);
        using var features = new FeatureTable(ExampleRows.Of(examples), feature_NF);
        using var aggregator = new MonotoneAggregator(2, useBase: true);
        new AggregatorPhase(new AggregatorSettings().Training, 1).Run(aggregator, features, examples[..60], examples[60..]);
        Assert.InRange(aggregator.Weights[0], 0, 0.1);
        Assert.True(aggregator.Weights[1] > 1, string.Join(", ", aggregator.Weights));
    }

    [Fact]
    public void Run_OneExpertDecides_LearnsToFollowIt()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        // Three columns: two experts and the base; people prefer what the second expert likes.
        var feature_NF = randn([200, 3], generator: random);
        var examples = Examples(feature_NF);
        using var features = new FeatureTable(ExampleRows.Of(examples), feature_NF);
        using var aggregator = new RewardsAggregator(2, 8, seed: 1);
        var kept = features.Feature_NF.clone();
        var outcome = new AggregatorPhase(new AggregatorSettings().Training, 1).Run(aggregator, features, examples[..60], examples[60..]);
        Assert.True(outcome.BestLosses[0] < 0.3, $"Validation loss {outcome.BestLosses[0]}.");
        var reward_N = aggregator.forward(features.Feature_NF).detach();
        var right = Enumerable.Range(60, 40).Count(pair => reward_N[2 * pair].item<float>() > reward_N[2 * pair + 1].item<float>() == (examples[pair].Comparisons[0].P == 1));
        Assert.InRange(right, 37, 40);
        Assert.True(kept.equal(features.Feature_NF).all().item<bool>());
    }

    // People prefer what the second column likes.
    private static TrainingExample[] Examples(Tensor feature_NF) => [.. Enumerable.Range(0, 100).Select(pair => new TrainingExample(
        "task",
        [new EncodedConversation([2 * pair], 1, Truncation.None), new EncodedConversation([2 * pair + 1], 1, Truncation.None)],
        [new Comparison(0, 1, feature_NF[2 * pair, 1].item<float>() > feature_NF[2 * pair + 1, 1].item<float>() ? 1 : 0)]))];
}
