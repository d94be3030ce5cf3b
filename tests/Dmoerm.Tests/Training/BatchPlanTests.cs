using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Tests.Training;

public class BatchPlanTests
{
    private static readonly string?[] Overall = [null];

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(32)]
    public void Epoch_Lists_UseEveryComparisonOnceAndEveryResponseOnceAStep(int responses)
    {
        // Prompts of 2, 4, 9 and 16 responses, all compared with all; the larger ones do not fit a step of 2 or 5.
        var examples = new[] { 2, 4, 9, 16 }.Select((count, index) => List(count, index)).ToArray();
        var steps = Batches(new BatchSettings { Responses = responses }, examples, new Random(1));
        Assert.All(steps, step =>
        {
            Assert.InRange(step.Rows.Count, 2, responses);
            Assert.Equal(step.Rows.Count, step.Rows.Distinct().Count());
        });
        Assert.Equal(Pairs(examples).Order(), steps.SelectMany(Pairs).Order());
    }

    [Fact]
    public void Epoch_ComparisonsMode_HoldsSoManyPairsAndEncodesResponsesOnce()
    {
        var examples = new[] { 4, 2, 3 }.Select((count, index) => List(count, index)).ToArray();
        var steps = Batches(new BatchSettings { Comparisons = 4, WeighPrompts = false }, examples, new Random(1));
        // 6 + 1 + 3 pairs.
        Assert.Equal([4, 4, 2], steps.Select(step => step.Judged[0].Count));
        Assert.All(steps, step => Assert.Equal(step.Rows.Count, step.Rows.Distinct().Count()));
        Assert.Equal(Pairs(examples).Order(), steps.SelectMany(Pairs).Order());
    }

    [Fact]
    public void Epoch_FileOrder_KeepsPairsAsTheyStand()
    {
        var examples = Enumerable.Range(0, 5).Select(index => List(2, index)).ToArray();
        var steps = Batches(new BatchSettings { Comparisons = 2 }, examples, null);
        Assert.Equal([4, 4, 2], steps.Select(step => step.Rows.Count));
        Assert.Equal(ExampleRows.Of(examples), steps.SelectMany(step => step.Rows));
    }

    [Fact]
    public void Epoch_SameRandom_GivesTheSameStepsAndAnotherGivesOthers()
    {
        var examples = Enumerable.Range(0, 20).Select(index => List(3, index)).ToArray();
        string Order(int seed) => string.Join(" ", Batches(new BatchSettings { Responses = 6 }, examples, new Random(seed)).SelectMany(step => step.Rows).Select(row => row.Ids[0]));
        Assert.Equal(Order(1), Order(1));
        Assert.NotEqual(Order(1), Order(2));
    }

    [Fact]
    public void Epoch_WeighPrompts_SharesAPromptsWeightAmongItsComparisons()
    {
        // A list of 3 has 3 comparisons, each of weight 1/3; with weights 2 on a single pair, 2.
        var pair = List(2, 1) with { Comparisons = [new Comparison(0, 1, 1, Weight: 2)] };
        var weighed = Batches(new BatchSettings(), [List(3, 0), pair], null).Single().Judged[0];
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0, 2], weighed.Weight);
        var plain = Batches(new BatchSettings { WeighPrompts = false }, [List(3, 0), pair], null).Single().Judged[0];
        Assert.Equal([1, 1, 1, 2], plain.Weight);
    }

    [Fact]
    public void Epoch_Capabilities_GoToTheirScorersAndOthersAreLeftOut()
    {
        var rows = List(3, 0).Responses;
        var example = new TrainingExample("task", rows, [new(0, 1, 1, "clear"), new(2, 1, 0.5, "true"), new(0, 2, 1), new(0, 2, 1, "kind"), new(0, 1, 1, "true", Weight: 0)]);
        var unrelated = new TrainingExample("task", List(2, 1).Responses, [new(0, 1, 1)]);
        var step = new BatchPlan(["clear", "true"], new BatchSettings()).Epoch([example, unrelated], null).Single().Batches.Single();
        Assert.Equal(rows, step.Rows);
        Assert.Equal((0L, 1L, 1.0), (step.Judged[0].First.Single(), step.Judged[0].Second.Single(), step.Judged[0].P.Single()));
        Assert.Equal((2L, 1L, 0.5), (step.Judged[1].First.Single(), step.Judged[1].Second.Single(), step.Judged[1].P.Single()));
    }

    [Fact]
    public void Whole_Margins_AreZeroWhereUnknown()
    {
        var example = List(3, 0) with { Comparisons = [new Comparison(0, 1, 1, Margin: 0.5), new Comparison(1, 2, 1)] };
        Assert.Equal([0.5, 0], new BatchPlan(Overall, new BatchSettings()).Whole([example]).Judged[0].Margin!);
        Assert.Null(new BatchPlan(Overall, new BatchSettings()).Whole([List(3, 0)]).Judged[0].Margin);
    }

    [Theory]
    [InlineData(MarginUse.Subtract, new[] { 1.0, 0, -0.5 }, null)]
    [InlineData(MarginUse.Scale, null, new[] { 1.0, 1, 0.5 })]
    [InlineData(MarginUse.Ignore, null, null)]
    public void Whole_MarginUse_SaysWhatMarginsDo(MarginUse use, double[]? margins, double[]? strengths)
    {
        var example = List(3, 0) with { Comparisons = [new Comparison(0, 1, 1, Margin: 0.5), new Comparison(1, 2, 1), new Comparison(0, 2, 0, Margin: -0.25)] };
        var pairs = new BatchPlan(Overall, new BatchSettings(), new LossSettings { Margins = use, MarginScale = 2 }).Whole([example]).Judged[0];
        Assert.Equal(margins, pairs.Margin);
        Assert.Equal(strengths, pairs.Strength);
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0], pairs.Weight);
        var unknown = new BatchPlan(Overall, new BatchSettings(), new LossSettings { Margins = use }).Whole([List(3, 0)]).Judged[0];
        Assert.Equal((null, null), (unknown.Margin, unknown.Strength));
    }

    [Theory]
    [InlineData(TieRule.Soft, 3, 0)]
    [InlineData(TieRule.Davidson, 3, 0)]
    [InlineData(TieRule.Drop, 1, 2)]
    public void Epoch_Ties_AreLeftOutAndCountedWhereTheyAreToBeDropped(TieRule rule, int used, int dropped)
    {
        var mixed = List(3, 0) with { Comparisons = [new Comparison(0, 1, 0.5), new Comparison(1, 2, 1), new Comparison(0, 2, 0.5, "kind")] };
        var tied = List(2, 1) with { Comparisons = [new Comparison(0, 1, 0.5)] };
        var plan = new BatchPlan(Overall, new BatchSettings(), new LossSettings { Ties = rule });
        var pairs = plan.Epoch([mixed, tied], null).Single().Batches.Single().Judged[0];
        Assert.Equal((used, dropped), (pairs.Count, plan.DroppedTies([mixed, tied])));
        // A prompt's weight is shared by what is left of it.
        Assert.Equal(rule == TieRule.Drop ? 1 : 0.5, pairs.Weight[^1] == 1 ? pairs.Weight[0] : double.NaN);
    }

    [Fact]
    public void Epoch_Accumulate_MakesStepsOfSeveralBatchesWithTheRestAtTheEnd()
    {
        var examples = Enumerable.Range(0, 9).Select(index => List(2, index)).ToArray();
        var single = Batches(new BatchSettings { Comparisons = 2 }, examples, new Random(3));
        var steps = new BatchPlan(Overall, new BatchSettings { Comparisons = 2, Accumulate = 2 }).Epoch(examples, new Random(3));
        Assert.Equal([2, 2, 1], steps.Select(step => step.Batches.Count));
        Assert.Equal([2, 2, 1], steps.Select(step => step.BatchesOf(0)));
        Assert.Equal(single.SelectMany(Pairs), steps.SelectMany(step => step.Batches).SelectMany(Pairs));
    }

    private static IReadOnlyList<TrainingBatch> Batches(BatchSettings settings, TrainingExample[] examples, Random? random) =>
        [.. new BatchPlan(Overall, settings).Epoch(examples, random).Select(step => Assert.Single(step.Batches))];

    // Responses whose first id tells them apart: 100 x prompt + response.
    private static TrainingExample List(int responses, int prompt) => new(
        "task",
        [.. Enumerable.Range(0, responses).Select(response => new EncodedConversation([100 * prompt + response], 1, Truncation.None))],
        [.. from i in Enumerable.Range(0, responses) from j in Enumerable.Range(i + 1, responses - i - 1) select new Comparison(i, j, 1)]);

    private static IEnumerable<(int, int)> Pairs(IEnumerable<TrainingExample> examples) =>
        examples.SelectMany(example => example.Comparisons.Select(comparison => (example.Responses[comparison.I].Ids[0], example.Responses[comparison.J].Ids[0])));

    private static IEnumerable<(int, int)> Pairs(TrainingBatch step) =>
        step.Judged[0].First.Zip(step.Judged[0].Second, (first, second) => (step.Rows[(int)first].Ids[0], step.Rows[(int)second].Ids[0]));
}
