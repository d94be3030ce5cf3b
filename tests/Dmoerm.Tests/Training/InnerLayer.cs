using System.Text.Json;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

/// <summary>Phases 1 and 2 with the reference's settings: the whole backbone, then three stacked experts on it.</summary>
internal sealed record InnerLayer(TrainedBase Base, TrainedExperts Experts)
{
    /// <summary>Plain Adam on eight pairs a step, in file order, every pair alike.</summary>
    public static PhaseSettings Settings(double rate, int epochs) => new()
    {
        Optimizer = OptimizerKind.Adam,
        LearningRates = [rate],
        Epochs = epochs,
        Batch = new BatchSettings { Comparisons = 8, WeighPrompts = false },
        Shuffle = false,
    };

    /// <summary>Fits both phases from the stored start.</summary>
    public static InnerLayer Train(TrainingExample[] first, TrainingExample[] second, ScalarType dtype)
    {
        using var start = TrainingReference.LoadBase(dtype);
        var backbone = BackbonePhase.Trainable(start.Backbone);
        var scorer = new StackedScorers(backbone, null, start.ScoreHead_LD!);
        var trained = new BackbonePhase(Settings(5e-4, 2), 1).Run(scorer, new Trunk(backbone, 0), first, []);
        var head_ED = scorer.Head_ED.expand(3, backbone.Config.HiddenSize);
        var experts = new ExpertPhase(Settings(5e-3, 2), 1).Run(trained, TrainingReference.Capabilities, Adapters(backbone.Config, dtype), head_ED, new Trunk(trained.Merged, 0), second, []);
        return new InnerLayer(trained, experts);
    }

    /// <summary>The experts' embeddings of all responses, side by side.</summary>
    public FeatureTable Features(TrainingExample[] examples)
    {
        var rows = ExampleRows.Of(examples);
        return new FeatureTable(rows, Prediction.Pooled(Experts.Scorers, new Trunk(Base.Merged, 0), rows));
    }

    /// <summary>Compares every step's losses of both phases.</summary>
    public void CheckLosses(JsonElement expected)
    {
        TrainingReference.Close(Base.Outcome.StepLosses.Select(losses => losses[0]!.Value), TrainingReference.Numbers(expected.GetProperty("phase1_losses")), 1e-5);
        var byExpert = Enumerable.Range(0, 3).SelectMany(expert => Experts.Outcome.StepLosses.Select(losses => losses[expert]!.Value));
        TrainingReference.Close(byExpert, TrainingReference.Numbers(expected.GetProperty("phase2_losses")), 1e-5);
    }

    /// <summary>Compares the base's and the experts' own scores.</summary>
    public void CheckScores(JsonElement expected, TrainingExample[] test)
    {
        var rows = ExampleRows.Of(test);
        var trunk = new Trunk(Base.Merged, 0);
        Check(Prediction.Rewards(Base.Scorers, trunk, rows), expected.GetProperty("test_scores_of_phase1"));
        Check(Prediction.Rewards(Experts.Scorers, trunk, rows), expected.GetProperty("test_scores_of_experts"));
    }

    private static void Check(Tensor reward_EN, JsonElement expected) => TrainingReference.Close(
        reward_EN.detach().to(ScalarType.Float64).contiguous().flatten().data<double>().ToArray(), TrainingReference.Numbers(expected), 5e-5);

    private static StackedAdapters Adapters(BackboneConfig config, ScalarType dtype)
    {
        using var file = TrainingReference.Open("dmoerm_initial.safetensors");
        var settings = new LoraSettings { Rank = 4, Alpha = 4, Layers = LayerChoice.All };
        return StackedAdapters.Build(config, settings, 3, (layer, target) =>
        {
            var a_ERI = stack(Enumerable.Range(0, 3).Select(expert => file.Read($"expert{expert}.layers.{layer}.{target.ModuleName()}.A", dtype)).ToArray());
            return (a_ERI, zeros(3, target.Widths(config).Outputs, 4, dtype));
        });
    }
}
