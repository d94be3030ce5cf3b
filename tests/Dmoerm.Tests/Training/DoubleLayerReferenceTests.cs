using System.Text.Json;
using Dmoerm.Aggregation;
using Dmoerm.Backbones;
using Dmoerm.Conversations;
using Dmoerm.Routing;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;
using TorchSharp.Modules;

namespace Dmoerm.Tests.Training;

/// <summary>All three phases and the router against a plain PyTorch run of the double-layer mixture, loss by loss and score by score.</summary>
/// <remarks>The reference trains each expert in a run of its own; here all go in one stacked pass.</remarks>
public class DoubleLayerReferenceTests
{
    private const int Training = 48;
    private const int Folds = 3;

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void Split_AllPhases_EqualTheReference(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var expected = TrainingReference.Read("dmoerm_expected.json").GetProperty("paper");
        var pairs = TrainingReference.Pairs();
        var cut = expected.GetProperty("phase1_pairs").GetInt32();
        var inner = InnerLayer.Train(pairs[..cut], pairs[..Training], dtype);
        inner.CheckLosses(expected);
        inner.CheckScores(expected, pairs[Training..]);
        var (aggregator, losses) = Aggregate(inner.Features(pairs[cut..Training]), pairs[cut..Training], dtype);
        TrainingReference.Close(losses, TrainingReference.Numbers(expected.GetProperty("phase3_losses")), 1e-5);
        CheckFinal(aggregator, inner.Features(pairs[Training..]), pairs[Training..], expected);
    }

    [Fact]
    public void CrossFit_AllPhases_EqualTheReference()
    {
        using var scope = NewDisposeScope();
        var expected = TrainingReference.Read("dmoerm_expected.json").GetProperty("crossfit");
        var pairs = TrainingReference.Pairs();
        var (rows, parts) = (new List<EncodedConversation>(), new List<Tensor>());
        foreach (var fold in expected.GetProperty("folds").EnumerateArray())
        {
            var number = fold.GetProperty("fold").GetInt32();
            var outside = pairs[..Training].Where((_, index) => index % Folds != number).ToArray();
            var inner = InnerLayer.Train(outside, outside, ScalarType.Float64);
            inner.CheckLosses(fold);
            var features = inner.Features([.. pairs[..Training].Where((_, index) => index % Folds == number)]);
            rows.AddRange(features.Rows);
            parts.Add(features.Feature_NF);
        }

        Assert.Equal(2 * Training, rows.Count);
        var (aggregator, losses) = Aggregate(new FeatureTable(rows, cat(parts, 0)), pairs[..Training], ScalarType.Float64);
        TrainingReference.Close(losses, TrainingReference.Numbers(expected.GetProperty("phase3_losses")), 1e-5);
        var served = InnerLayer.Train(pairs[..Training], pairs[..Training], ScalarType.Float64);
        served.CheckLosses(expected);
        served.CheckScores(expected, pairs[Training..]);
        CheckFinal(aggregator, served.Features(pairs[Training..]), pairs[Training..], expected);
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void PhaseThree_OnStoredFeatures_EqualsTheReference(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var file = TrainingReference.Open("dmoerm_crossfit_features.safetensors");
        var expected = TrainingReference.Read("dmoerm_expected.json").GetProperty("crossfit");
        var pairs = TrainingReference.Pairs();
        var training = new FeatureTable(ExampleRows.Of(pairs[..Training]), file.Read("out_of_fold", dtype).flatten(0, 1));
        var (aggregator, losses) = Aggregate(training, pairs[..Training], dtype);
        TrainingReference.Close(losses, TrainingReference.Numbers(expected.GetProperty("phase3_losses")), 1e-5);
        foreach (var (name, parameter) in aggregator.named_parameters())
        {
            // W and PReLU entries stray in float32 as the reference's own do.
            TrainingReference.CloseChecksum(parameter, expected.GetProperty("mlp_checksums").GetProperty(ReferenceName(name)), 1e-5);
        }

        CheckFinal(aggregator, new FeatureTable(ExampleRows.Of(pairs[Training..]), file.Read("test", dtype).flatten(0, 1)), pairs[Training..], expected);
    }

    [Fact]
    public void Router_WholeBackbone_EqualsTheReference()
    {
        using var scope = NewDisposeScope();
        using var start = TrainingReference.LoadBase(ScalarType.Float64);
        using var backbone = BackbonePhase.Trainable(start.Backbone);
        using var file = TrainingReference.Open("dmoerm_initial.safetensors");
        using var router = new TaskRouter(3, backbone.Config.HiddenSize, backbone.Config.NumLayers, ScalarType.Float64);
        var initial = new Dictionary<string, Tensor>
        {
            ["score.weight"] = file.Read("router.W", ScalarType.Float64),
            ["score.bias"] = file.Read("router.b", ScalarType.Float64),
        };
        router.load_state_dict(initial, strict: false);
        var expected = TrainingReference.Read("dmoerm_expected.json").GetProperty("router");
        var (prompts, categories) = (TrainingReference.Prompts(), TrainingReference.Categories());
        Parameter[] parameters = [.. backbone.Weights.Named().Select(weight => (Parameter)weight.Tensor), .. router.parameters()];
        Array.ForEach(parameters, parameter => parameter.requires_grad_(true));
        using var optimizer = torch.optim.Adam(parameters, 5e-4);
        var losses = new List<double>();
        foreach (var step in Enumerable.Range(0, 2).SelectMany(_ => Enumerable.Range(0, Training).Chunk(8)))
        {
            using var stepScope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = RouterPhase.Loss(Logits(router, backbone, step, prompts), new RouterPrompts(zeros(8), tensor(step.Select(index => categories[index]).ToArray()), ones(8)));
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<double>());
        }

        TrainingReference.Close(losses, TrainingReference.Numbers(expected.GetProperty("losses")), 1e-5);
        var test = Logits(router, backbone, [.. Enumerable.Range(Training, 16)], prompts).detach().flatten().data<double>().ToArray();
        TrainingReference.Close(test, TrainingReference.Numbers(expected.GetProperty("test_logits")), 5e-5);
    }

    private static Tensor Logits(TaskRouter router, Backbone backbone, int[] step, EncodedConversation[] prompts)
    {
        var batch = new Trunk(backbone, 0).Run([.. step.Select(index => prompts[index])]);
        return router.forward(backbone.Pool(batch.Hidden_1BTD, batch.Length_B, 0).squeeze(0));
    }

    private static (EmbeddingsAggregator Aggregator, double[] Losses) Aggregate(FeatureTable features, TrainingExample[] training, ScalarType dtype)
    {
        using var file = TrainingReference.Open("dmoerm_initial.safetensors");
        var aggregator = new EmbeddingsAggregator(3, 64, seed: 1, dtype);
        aggregator.load_state_dict(aggregator.state_dict().Keys.ToDictionary(name => name, name => file.Read("mlp." + ReferenceName(name), dtype)));
        var outcome = new AggregatorPhase(InnerLayer.Settings(2e-3, 4), 1).Run(aggregator, features, training, []);
        return (aggregator, [.. outcome.StepLosses.Select(losses => losses[0]!.Value)]);
    }

    private static void CheckFinal(EmbeddingsAggregator aggregator, FeatureTable features, TrainingExample[] test, JsonElement expected)
    {
        var reward_N = aggregator.forward(features.Of(ExampleRows.Of(test)));
        TrainingReference.Close(reward_N.detach().to(ScalarType.Float64).data<double>().ToArray(), TrainingReference.Numbers(expected.GetProperty("test_scores")), 5e-5);
    }

    private static string ReferenceName(string name) => name switch
    {
        "project.weight" => "W1",
        "project.bias" => "b1",
        "score.weight" => "W2",
        "score.bias" => "b2",
        "activation.weight" => "slope",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a parameter of the reference."),
    };
}
