using Dmoerm.Data;
using Dmoerm.Training.Labels;

namespace Dmoerm.Tests.Training;

public sealed class LabelTeacherTests
{
    private static readonly string[] Names = ["truth", "noise"];

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Fit_OneCapabilityEqualsThePreference_GetsTheWeight(double flips)
    {
        var examples = Examples(800, flips);
        var teacher = LabelTeacher.Fit(Names, examples, Cuts(examples))!;

        // Without flips the weight is bounded by the penalty alone; with them it is the logit of the share that is right, ln(0.7 / 0.3).
        Assert.True(flips == 0 ? teacher.Weights[0] > 3 : Math.Abs(teacher.Weights[0] - Math.Log(0.7 / 0.3)) < 0.15, $"{teacher.Weights[0]}");
        Assert.InRange(teacher.Weights[1], 0, 0.1);
        Assert.Equal(800, teacher.Preferences);
        Assert.All(examples, example => Assert.Equal(Better(example), teacher.Teach(example).Comparisons[^1].P > 0.5));
    }

    [Fact]
    public void Fit_CapabilityThatSpeaksAgainstThePreference_HasNoWeight()
    {
        var examples = Examples(200, 0).Select(example => example with
        {
            Responses = [.. example.Responses.Select(response => response with { Capabilities = new Dictionary<string, double> { ["truth"] = response.Capabilities["truth"], ["noise"] = -response.Capabilities["truth"] } })],
        }).ToArray();
        Assert.Equal(0, LabelTeacher.Fit(Names, examples, [])!.Weights[1]);
        Assert.Null(LabelTeacher.Fit(["noise"], examples, []));
    }

    [Fact]
    public void Fit_OtherUnitsOfAScore_ChangeNothing()
    {
        var examples = Examples(100, 0.2);
        var scaled = examples.Select(example => example with
        {
            Responses = [.. example.Responses.Select(response => response with { Capabilities = response.Capabilities.ToDictionary(score => score.Key, score => score.Value * 100 + 7) })],
        }).ToArray();
        var (first, second) = (LabelTeacher.Fit(Names, examples, [])!, LabelTeacher.Fit(Names, scaled, [])!);
        Assert.All(first.Weights.Zip(second.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.Equal(first.Teach(examples[0]).Comparisons[^1].P, second.Teach(scaled[0]).Comparisons[^1].P, 1e-9);
    }

    [Fact]
    public void Fit_StatedComparisons_CountAsDifferences()
    {
        // The same labels, once as scores and once as comparisons that name the better side first or second.
        var scored = Examples(200, 0.2);
        var stated = scored.Select((example, index) => example with
        {
            Responses = [.. example.Responses.Select(response => response with { Capabilities = new Dictionary<string, double>() })],
            Comparisons =
            [
                .. example.Comparisons,
                .. Names.Where(name => example.Responses[0].Capabilities[name] != example.Responses[1].Capabilities[name]).Select(name =>
                {
                    var p = example.Responses[0].Capabilities[name] > example.Responses[1].Capabilities[name] ? 1 : 0;
                    return index % 2 == 0 ? new Comparison(0, 1, p, name) : new Comparison(1, 0, 1 - p, name);
                }),
            ],
        }).ToArray();
        var (first, second) = (LabelTeacher.Fit(Names, scored, [])!, LabelTeacher.Fit(Names, stated, [])!);
        // Equal scores are a difference of 0, and silence is none: only the noise has equal scores.
        Assert.Equal(first.Weights[0], second.Weights[0], 0.01);
        Assert.All(scored.Zip(stated), pair => Assert.Equal(first.Teach(pair.First).Comparisons[^1].P, second.Teach(pair.Second).Comparisons[^1].P, 0.05));
    }

    [Fact]
    public void Teach_PairsWithoutAPreference_GetTheirLabelsToo()
    {
        var examples = Examples(200, 0);
        var teacher = LabelTeacher.Fit(["truth"], examples, [])!;
        var list = Example(0, [3, 1, 3, null], []);
        var taught = teacher.Teach(list).Comparisons;

        // Equal scores and a missing one make no label; the usual difference in the data is 2.
        Assert.Equal([(0, 1), (1, 2)], taught.Select(comparison => (comparison.I, comparison.J)));
        Assert.All(taught, comparison => Assert.Equal((null, 1.0), (comparison.Capability, comparison.Weight)));
        Assert.Equal(1 / (1 + Math.Exp(-teacher.Weights[0])), taught[0].P, 1e-12);
        Assert.Equal(1 - taught[0].P, taught[1].P, 1e-12);
    }

    [Fact]
    public void Fit_NoPreferenceBetweenLabelledResponses_FindsNothing()
    {
        Assert.Null(LabelTeacher.Fit(["truth"], [Example(0, [3, null], [new Comparison(0, 1, 1)]), Example(1, [3, 1], [])], []));
        Assert.Null(LabelTeacher.Fit(["truth"], [Example(0, [2, 2], [new Comparison(0, 1, 1)])], []));
    }

    [Fact]
    public void NonNegativeLogit_OneInput_MeetsTheConditionByHand()
    {
        // Seven of ten pairs say yes: where the loss is lowest, sigmoid(a) - 0.7 + penalty a = 0.
        var data = new LabelledDifferences([[1.0]], [0.7], [1]);
        var weight = NonNegativeLogit.Fit(data, 0.1, [0])[0];
        Assert.Equal(0, 1 / (1 + Math.Exp(-weight)) - 0.7 + 0.1 * weight, 1e-7);
        Assert.Equal(Math.Log(2), NonNegativeLogit.Loss(data, [0]), 1e-12);
    }

    [Fact]
    public void NonNegativeLogit_ManyInputs_IsTheMinimumAmongWeightsOfAtLeastZero()
    {
        var random = new Random(3);
        var difference = Enumerable.Range(0, 300).Select(_ => Enumerable.Range(0, 4).Select(_ => random.NextDouble() * 2 - 1).ToArray()).ToArray();
        var data = new LabelledDifferences(
            difference, [.. difference.Select(pair => random.NextDouble() < 1 / (1 + Math.Exp(-(2 * pair[0] - pair[1] + 0.5 * pair[2]))) ? 1.0 : 0.0)], [.. difference.Select(_ => random.NextDouble())]);
        var weights = NonNegativeLogit.Fit(data, 0.01, new double[4]);
        double Penalised(double[] at) => NonNegativeLogit.Loss(data, at) + 0.005 * at.Sum(weight => weight * weight);

        Assert.True(weights[0] > 1 && weights[1] == 0, string.Join(", ", weights));
        for (var input = 0; input < 4; input++)
        {
            foreach (var move in new[] { -1e-3, 1e-3 })
            {
                double[] moved = [.. weights.Select((weight, place) => place == input ? Math.Max(0, weight + move) : weight)];
                Assert.True(Penalised(moved) >= Penalised(weights), $"input {input}, {move}");
            }
        }
    }

    // Two responses: the better one has the higher truth; noise is a coin. A share of the preferences is turned round.
    private static PreferenceExample[] Examples(int count, double flips)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            var first = random.Next(2) == 0;
            var right = index >= flips * count;
            return Example(index, [first ? 3 : 1, first ? 1 : 3], [new Comparison(0, 1, first == right ? 1 : 0)], noise: [random.Next(2), random.Next(2)]);
        })];
    }

    private static PreferenceExample Example(int index, double?[] truth, Comparison[] comparisons, double[]? noise = null) => new()
    {
        Id = $"{index}",
        Prompt = [Message.User($"prompt {index}")],
        Responses = [.. truth.Select((score, place) => Response.FromText($"{place}") with
        {
            Capabilities = new[] { ("truth", score), ("noise", noise?[place]) }.Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.Item1, pair => pair.Item2!.Value),
        })],
        Comparisons = comparisons,
    };

    private static bool Better(PreferenceExample example) => example.Responses[0].Capabilities["truth"] > example.Responses[1].Capabilities["truth"];

    private static (IReadOnlyList<PreferenceExample>, IReadOnlyList<PreferenceExample>)[] Cuts(PreferenceExample[] examples) =>
        [.. Enumerable.Range(0, 4).Select(held => ((IReadOnlyList<PreferenceExample>)[.. examples.Where((_, index) => index % 4 != held)], (IReadOnlyList<PreferenceExample>)[.. examples.Where((_, index) => index % 4 == held)]))];
}
