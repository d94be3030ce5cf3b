using System.Text.Json;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;
using TorchSharp.Modules;

namespace Dmoerm.Tests.Training;

/// <summary>Runs of TRL's RewardTrainer, step by step; the settings are read from each run's own arguments.</summary>
public class TrlTrajectoryTests
{
    public static TheoryData<string, ScalarType> Runs()
    {
        string[] names =
        [
            "full_constant", "full_linear_warmup_clip", "full_cosine_warmup", "full_margin", "full_centered",
            "full_batch_16", "full_batch_4_accumulate_4", "full_batch_5_accumulate_4", "lora_constant", "lora_cosine_clip",
        ];
        return [.. names.SelectMany(name => new[] { (name, ScalarType.Float64), (name, ScalarType.Float32) })];
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Run_EveryStep_EqualsTrl(string name, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var reference = TrainingReference.Read($"{name}.json");
        var adapted = name.StartsWith("lora", StringComparison.Ordinal);
        using var start = TrainingReference.LoadBase(dtype);
        using var backbone = adapted ? start.Backbone : BackbonePhase.Trainable(start.Backbone);
        var adapters = adapted ? InitialAdapters(backbone.Config, dtype) : null;
        var scorer = new StackedScorers(backbone, adapters, start.ScoreHead_LD!);
        (string Name, Parameter Tensor)[] parameters =
            [.. adapted ? [] : backbone.Weights.Named().Select(weight => (weight.Name, (Parameter)weight.Tensor)), .. scorer.Named()];
        var settings = Settings(reference.GetProperty("arguments"));
        var rewards = new List<double[]>();
        var trunk = new Trunk(backbone, 0);
        var fit = new PreferenceFit(parameters, [null], settings, seed: 1)
        {
            Reward = (rows, seeds) =>
            {
                var reward_1B = Scoring.Reward(scorer, trunk, rows, seeds);
                rewards.Add(reward_1B.detach().to(ScalarType.Float64).flatten().data<double>().ToArray());
                return reward_1B;
            },
            Predict = rows => Prediction.Rewards(scorer, trunk, rows),
        };

        var outcome = fit.Fit(TrainingReference.Pairs(margins: name == "full_margin"), []);

        var steps = reference.GetProperty("steps").EnumerateArray().ToArray();
        Assert.Equal(name.StartsWith("full_batch", StringComparison.Ordinal) ? 8 : 20, steps.Length);
        CheckSteps(outcome, steps, settings, name => Tolerance(reference, dtype, name));
        CheckRewards(rewards, steps, Tolerance(reference, dtype, "margin"));
        var head = scorer.Head_ED.detach().to(ScalarType.Float64).data<double>().ToArray();
        Assert.Equal(64, head.Length);
        TrainingReference.Close(head, TrainingReference.Numbers(reference.GetProperty("final_score_weight")), Tolerance(reference, dtype, "final_score_weight"));
        CheckWeights(parameters, reference, adapted, dtype);
    }

    [Fact]
    public void Run_SixteenPairsAtOnceOrInFours_IsTheSame()
    {
        var (once, fours) = (TrainingReference.Read("full_batch_16.json"), TrainingReference.Read("full_batch_4_accumulate_4.json"));
        // What the reference says of itself, so that the two runs above are each other's check as well.
        TrainingReference.Close(TrainingReference.Numbers(once.GetProperty("final_score_weight")), TrainingReference.Numbers(fours.GetProperty("final_score_weight")), 1e-15);
    }

    [Theory]
    [InlineData("lora_constant")]
    [InlineData("full_constant")]
    public void Decay_ReferenceNames_AreThoseThatTrlDecays(string name)
    {
        using var scope = NewDisposeScope();
        var reference = TrainingReference.Read($"{name}.json");
        var decayed = reference.GetProperty("optimizer_groups").GetProperty("decayed").EnumerateArray().Select(entry => entry.GetString()!).ToHashSet();
        var names = reference.GetProperty("final_checksums").EnumerateObject().Select(entry => entry.Name).ToArray();
        Assert.Equal(name == "full_constant" ? (30, 23) : (13, 13), (names.Length, decayed.Count));
        Assert.All(names, parameter =>
        {
            var weight = (parameter, new Parameter(ones(1, 1)));
            using var optimizer = new PhaseOptimizer([weight], new PhaseSettings { WeightDecay = 0.5 }, 0.1, [1]);
            (weight.Item2 * 0).sum().backward();
            optimizer.Step([true]);
            Assert.Equal(decayed.Contains(parameter), weight.Item2.item<float>() < 1);
        });
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void BackbonePhase_Adapters_MergeToTheSameRewards(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var start = TrainingReference.LoadBase(dtype);
        var scorer = new StackedScorers(start.Backbone, InitialAdapters(start.Backbone.Config, dtype), start.ScoreHead_LD!);
        var settings = Settings(TrainingReference.Read("lora_constant.json").GetProperty("arguments"));
        var trained = new BackbonePhase(settings, 1).Run(scorer, new Trunk(start.Backbone, 0), TrainingReference.Pairs(), []);
        var rows = ExampleRows.Of(TrainingReference.Pairs());
        var merged = new StackedScorers(trained.Merged, null, scorer.Head_ED);
        TensorAssert.Close(
            Prediction.Rewards(merged, new Trunk(trained.Merged, 0), rows), Prediction.Rewards(scorer, new Trunk(start.Backbone, 0), rows), absolute: dtype == ScalarType.Float64 ? 1e-10 : 1e-5);
    }

    private static PhaseSettings Settings(JsonElement arguments)
    {
        double Number(string name) => arguments.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
        return new PhaseSettings
        {
            LearningRates = [Number("learning_rate")],
            Schedule = Enum.Parse<ScheduleKind>(arguments.GetProperty("lr_scheduler_type").GetString()!, ignoreCase: true),
            WarmupSteps = Number("warmup_steps"),
            WeightDecay = Number("weight_decay"),
            Beta1 = Number("adam_beta1"),
            Beta2 = Number("adam_beta2"),
            Epsilon = Number("adam_epsilon"),
            ClipNorm = arguments.GetProperty("max_grad_norm") is { ValueKind: JsonValueKind.Number } limit ? limit.GetDouble() : null,
            MaxSteps = (int)Number("max_steps"),
            Loss = new LossSettings { Centre = Number("center_rewards_coefficient") },
            Batch = new BatchSettings { Comparisons = (int)Number("per_device_train_batch_size"), Accumulate = (int)Number("gradient_accumulation_steps"), WeighPrompts = false },
            Shuffle = false,
        };
    }

    private static void CheckSteps(TrainingOutcome outcome, JsonElement[] steps, PhaseSettings settings, Func<string, double> tolerance)
    {
        double[] Expected(string name) => [.. steps.Select(step => step.GetProperty(name).GetDouble())];
        TrainingReference.Close(outcome.StepLosses.Select(losses => losses[0]!.Value), Expected("loss"), tolerance("loss"));
        TrainingReference.Close(outcome.GradientNorms.Zip(Expected("grad_norm"), (norms, norm) => norms[0] / norm), steps.Select(_ => 1.0), tolerance("grad_norm_relative"));
        var schedule = new RateSchedule(settings, settings.LearningRates[0], steps.Length);
        TrainingReference.Close(steps.Select((_, step) => schedule.At(step)), Expected("lr_used"), 1e-17);
    }

    // Batches hold a pair's chosen side, then its rejected one; TRL logs means over a step's batches, the accuracy in float32.
    private static void CheckRewards(List<double[]> batches, JsonElement[] steps, double tolerance)
    {
        var next = 0;
        foreach (var step in steps)
        {
            var count = step.GetProperty("micro_batch_losses").GetArrayLength();
            var parts = batches.Slice(next, count).Select(rewards => rewards.Chunk(2).ToArray()).ToArray();
            next += count;
            Assert.Equal(step.GetProperty("accuracy").GetDouble(), parts.Average(part => part.Average(pair => pair[0] > pair[1] ? 1.0 : 0)), 1e-6);
            Assert.Equal(step.GetProperty("margin").GetDouble(), parts.Average(part => part.Average(pair => pair[0] - pair[1])), tolerance);
            Assert.Equal(step.GetProperty("mean_reward").GetDouble(), parts.Average(part => part.Average(pair => (pair[0] + pair[1]) / 2)), tolerance);
        }

        Assert.Equal(batches.Count, next);
    }

    private static void CheckWeights((string Name, Parameter Tensor)[] parameters, JsonElement reference, bool adapted, ScalarType dtype)
    {
        var checksums = reference.GetProperty("final_checksums");
        Assert.Equal(adapted ? 13 : 30, parameters.Length);
        Assert.Equal(parameters.Length, checksums.EnumerateObject().Count());
        foreach (var (name, weight) in parameters)
        {
            var key = (name, adapted) switch
            {
                ("score", false) => "score.weight",
                ("score", true) => "base_model.model.score.modules_to_save.default.weight",
                (_, false) => "model." + name,
                _ => $"base_model.model.model.{name}.default.weight",
            };
            TrainingReference.CloseChecksum(weight, checksums.GetProperty(key), Tolerance(reference, dtype, "final_any_weight"));
        }
    }

    private static StackedAdapters InitialAdapters(BackboneConfig config, ScalarType dtype)
    {
        using var file = TrainingReference.Open("lora_initial.safetensors");
        return StackedAdapters.Build(config, new LoraSettings { Rank = 4, Alpha = 8, Layers = LayerChoice.All }, 1, (layer, target) =>
        {
            var path = $"base_model.model.model.layers.{layer}.{target.ModulePath()}";
            return (file.Read($"{path}.lora_A.default.weight", dtype).unsqueeze(0), file.Read($"{path}.lora_B.default.weight", dtype).unsqueeze(0));
        });
    }

    // float32: ten times what transformers' own float32 run strays from the reference. float64: a tenth of that, since the
    // reference rounds its rotary angles to float32 and ours does not.
    private static double Tolerance(JsonElement expected, ScalarType dtype, string name) =>
        (dtype == ScalarType.Float64 ? 1 : 10) * expected.GetProperty("float32_run").GetProperty("largest_difference").GetProperty(name).GetDouble();
}
