using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

/// <summary>Random conversations on the tiny decoder, with labels of two capabilities and an overall preference.</summary>
internal static class TinyTask
{
    /// <summary>The capabilities that the examples have labels of.</summary>
    public static string[] Capabilities { get; } = ["clear", "true"];

    /// <summary>One example a step, so that a scorer trained alone sees the same steps.</summary>
    public static PhaseSettings OneByOne { get; } = new()
    {
        LearningRates = [0.02],
        Epochs = 3,
        Batch = new BatchSettings { Responses = 2 },
        Shuffle = false,
        ClipNorm = 0.5,
        WeightDecay = 0.05,
        Schedule = ScheduleKind.Cosine,
        WarmupSteps = 2,
    };

    /// <summary>Examples with two responses each; a capability is labelled where <paramref name="labelled"/> says so.</summary>
    public static TrainingExample[] Examples(int count, int seed = 1, Func<int, string, bool>? labelled = null)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index => new TrainingExample(
            "task",
            [Row(random), Row(random)],
            [new Comparison(0, 1, random.NextDouble()), .. Capabilities.Where(name => labelled?.Invoke(index, name) ?? true).Select(name => new Comparison(0, 1, random.NextDouble(), name))]))];
    }

    /// <summary>One random conversation.</summary>
    public static EncodedConversation Row(Random random) =>
        new([.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => random.Next(32))], 1, Truncation.None);

    /// <summary>Fresh scorers on a decoder: adapters on query and value of the top layers.</summary>
    public static StackedScorers Scorers(Backbone backbone, int count, int top = 1, bool updated = false, double dropout = 0)
    {
        using var scope = NewDisposeScope();
        var adapters = StackedAdapters.Create(backbone.Config, new LoraSettings { Rank = 2, Layers = new LayerChoice(top), Dropout = dropout }, count, seed: 3, backbone.Weights.Embedding_VD.dtype);
        using var random = new Generator(7);
        foreach (var (_, parameter) in updated ? adapters.Named() : [])
        {
            parameter.copy_(randn(parameter.shape, generator: random) * 0.3);
        }

        return new StackedScorers(backbone, adapters, randn([count, backbone.Config.HiddenSize], backbone.Weights.Embedding_VD.dtype, generator: random) * 0.3);
    }

    /// <summary>A stack of one with the same start as one scorer of a stack.</summary>
    public static StackedScorers Alone(StackedScorers stack, int scorer)
    {
        using var scope = NewDisposeScope();
        var adapters = StackedAdapters.Build(stack.Backbone.Config, stack.Adapters!.Settings, 1, (layer, target) =>
        {
            var update = stack.Adapters.Updates[layer, target]!;
            return (update.A_ERI.narrow(0, scorer, 1), update.B_EOR.narrow(0, scorer, 1));
        });
        return new StackedScorers(stack.Backbone, adapters, stack.Head_ED.narrow(0, scorer, 1));
    }

    /// <summary>A fit of scorers whose states come from the decoder's embeddings.</summary>
    public static PreferenceFit Fit(StackedScorers scorers, IReadOnlyList<string?> judged, PhaseSettings settings, long seed = 5)
    {
        var trunk = new Trunk(scorers.Backbone, 0);
        return new PreferenceFit([.. scorers.Named()], judged, settings, seed)
        {
            Reward = (rows, seeds) => Scoring.Reward(scorers, trunk, rows, seeds),
            Predict = rows => Prediction.Rewards(scorers, trunk, rows),
        };
    }

    /// <summary>Copies of all weights of a stack, by name.</summary>
    public static Dictionary<string, Tensor> Copy(StackedScorers scorers) =>
        scorers.Named().ToDictionary(pair => pair.Name, pair => pair.Tensor.detach().clone());
}
