using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

public class LinearHeadTests
{
    [Fact]
    public void Fit_Solution_HasNoGradient()
    {
        using var scope = NewDisposeScope();
        var (features, examples) = Task(pairs: 30, width: 6, seed: 1);
        var head = LinearHead.Fit(features, null, examples, [(examples[..20], examples[20..])]);
        // Gradient in the weights for standardised features: mean of (sigmoid(w d) - p) d plus the penalty.
        var deviation_D = features.Feature_NF.std(0, unbiased: false);
        var weight_D = (head.Weight_1D[0] * deviation_D).detach().requires_grad_(true);
        var feature_ND = features.Feature_NF / deviation_D;
        var (first_PD, second_PD) = (feature_ND.index_select(0, arange(0, 60, 2)), feature_ND.index_select(0, arange(1, 60, 2)));
        var p_P = tensor(examples.Select(example => example.Comparisons[0].P).ToArray());
        var loss = PreferenceLoss.BradleyTerry(matmul(first_PD, weight_D), matmul(second_PD, weight_D), p_P, ones_like(p_P));
        (loss + head.Penalty / 2 * weight_D.square().sum()).backward();
        TensorAssert.Close(weight_D.grad!, zeros(6, ScalarType.Float64), absolute: 1e-6);
    }

    [Fact]
    public void Fit_ReversedLabels_NegatesTheWeights()
    {
        using var scope = NewDisposeScope();
        var (features, examples) = Task(pairs: 30, width: 6, seed: 2);
        var reversed = examples.Select(example => example with { Comparisons = [example.Comparisons[0] with { P = 1 - example.Comparisons[0].P }] }).ToArray();
        var head = LinearHead.Fit(features, null, examples, [(examples[..20], examples[20..])]);
        var other = LinearHead.Fit(features, null, reversed, [(reversed[..20], reversed[20..])]);
        Assert.Equal(head.Penalty, other.Penalty);
        TensorAssert.Close(other.Weight_1D, -head.Weight_1D, absolute: 1e-9);
    }

    [Fact]
    public void Fit_PlantedDirection_IsRecovered()
    {
        using var scope = NewDisposeScope();
        var planted_D = tensor(new[] { 2.0, -1, 0, 0.5 });
        var (features, examples) = Task(pairs: 600, width: 4, seed: 3, planted_D);
        var head = LinearHead.Fit(features, null, examples, [(examples[..400], examples[400..])]);
        var cosine = (head.Weight_1D[0] * planted_D).sum() / (head.Weight_1D.norm() * planted_D.norm());
        Assert.InRange(cosine.item<double>(), 0.98, 1);
    }

    [Fact]
    public void Fit_EightSeparablePairs_OrdersThemAll()
    {
        using var scope = NewDisposeScope();
        var (features, examples) = Task(pairs: 8, width: 12, seed: 4);
        examples = [.. examples.Select(example => example with { Comparisons = [new Comparison(0, 1, 1)] })];
        var head = LinearHead.Fit(features, null, examples, [(examples, examples)]);
        // Tuned on what it learnt from, the weakest penalty wins.
        Assert.Equal(0.001, head.Penalty);
        var reward_N = matmul(features.Feature_NF, head.Weight_1D[0]);
        Assert.All(Enumerable.Range(0, 8), pair => Assert.True(reward_N[2 * pair].item<double>() > reward_N[2 * pair + 1].item<double>()));
    }

    [Fact]
    public void Fit_ConstantFeature_GetsNoWeight()
    {
        using var scope = NewDisposeScope();
        var (features, examples) = Task(pairs: 20, width: 3, seed: 5);
        using var wider = new FeatureTable(features.Rows, cat([features.Feature_NF, ones(40, 1, ScalarType.Float64)], 1));
        var head = LinearHead.Fit(wider, null, examples, [(examples[..10], examples[10..])]);
        Assert.Equal(0, head.Weight_1D[0, 3].item<double>(), 1e-12);
    }

    [Fact]
    public void Fit_NoComparison_IsAnError()
    {
        using var scope = NewDisposeScope();
        var (features, examples) = Task(pairs: 2, width: 3, seed: 5);
        Assert.Throws<InvalidDataException>(() => LinearHead.Fit(features, "kind", examples, []));
    }

    private static (FeatureTable Features, TrainingExample[] Examples) Task(int pairs, int width, int seed, Tensor? planted_D = null)
    {
        using var random = new Generator((ulong)seed);
        var feature_NF = randn([2 * pairs, width], ScalarType.Float64, generator: random) * tensor(Enumerable.Range(1, width).Select(column => (double)column).ToArray());
        var draw_P = rand(pairs, ScalarType.Float64, generator: random);
        var chance_P = planted_D is null ? null : matmul(feature_NF.index_select(0, arange(0, 2 * pairs, 2)) - feature_NF.index_select(0, arange(1, 2 * pairs, 2)), planted_D).sigmoid();
        var examples = Enumerable.Range(0, pairs).Select(pair => new TrainingExample(
            "task",
            [Row(2 * pair), Row(2 * pair + 1)],
            [new Comparison(0, 1, chance_P is null ? draw_P[pair].item<double>() : draw_P[pair].item<double>() < chance_P[pair].item<double>() ? 1 : 0)])).ToArray();
        return (new FeatureTable(ExampleRows.Of(examples), feature_NF), examples);
    }

    private static EncodedConversation Row(int id) => new([id], 1, Truncation.None);
}
