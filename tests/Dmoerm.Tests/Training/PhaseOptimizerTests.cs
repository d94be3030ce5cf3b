using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using TorchSharp.Modules;

namespace Dmoerm.Tests.Training;

public class PhaseOptimizerTests
{
    [Theory]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.AdamW)]
    public void Step_OneScorer_EqualsTorch(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var (ours, theirs) = (Weight("layers.0.lora_A"), Weight("layers.0.lora_A").Tensor);
        var settings = new PhaseSettings { Optimizer = kind, WeightDecay = 0.1, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-3 };
        using var optimizer = new PhaseOptimizer([ours], settings, 0.01, [8]);
        using var torchOptimizer = kind == OptimizerKind.Adam
            ? (optim.Optimizer)torch.optim.Adam([theirs], 0.01, 0.8, 0.95, 1e-3)
            : torch.optim.AdamW([theirs], 0.01, 0.8, 0.95, 1e-3, weight_decay: 0.1);
        for (var step = 0; step < 8; step++)
        {
            torchOptimizer.zero_grad();
            Objective(ours.Tensor, step).backward();
            Objective(theirs, step).backward();
            optimizer.Step([true]);
            torchOptimizer.step();
            TensorAssert.Close(ours.Tensor.detach(), theirs.detach(), absolute: 1e-12);
        }
    }

    [Theory]
    [InlineData("layers.0.input_layernorm.weight", false)]
    [InlineData("layers.0.self_attn.q_proj.bias", false)]
    [InlineData("norm.weight", false)]
    [InlineData("layers.0.self_attn.q_norm.weight", false)]
    [InlineData("layers.0.mlp.down_proj.weight", true)]
    [InlineData("layers.0.self_attn.v_proj.lora_A", true)]
    [InlineData("score", true)]
    public void Step_WeightDecay_SparesNormsAndBiases(string name, bool decays)
    {
        using var scope = NewDisposeScope();
        var weight = Weight(name);
        var before = weight.Tensor.detach().clone();
        using var optimizer = new PhaseOptimizer([weight], new PhaseSettings { WeightDecay = 0.5 }, 0.1, [1]);
        (weight.Tensor * 0).sum().backward();
        optimizer.Step([true]);
        TensorAssert.Close(weight.Tensor.detach(), before * (decays ? 1 - 0.1 * 0.5 : 1), absolute: 1e-12);
    }

    [Fact]
    public void Step_InactiveScorer_IsBitUnchangedAndTakesNoStepOfItsSchedule()
    {
        using var scope = NewDisposeScope();
        var weight = ("score", new Parameter(randn(2, 3, ScalarType.Float64)));
        var settings = new PhaseSettings { WeightDecay = 0.1, Schedule = ScheduleKind.Linear, WarmupSteps = 2, ClipNorm = 1 };
        using var optimizer = new PhaseOptimizer([weight], settings, 0.01, [4, 2]);
        var second_D = weight.Item2[1].detach().clone();
        Take(weight.Item2, optimizer, [true, false]);
        Assert.True(second_D.equal(weight.Item2[1].detach()).all().item<bool>());

        // Alone, with the second scorer's own two steps.
        var alone = ("score", new Parameter(second_D.clone().unsqueeze(0)));
        using var other = new PhaseOptimizer([alone], settings, 0.01, [2]);
        for (var step = 0; step < 2; step++)
        {
            Take(weight.Item2, optimizer, [true, true]);
            Take(alone.Item2, other, [true]);
        }

        TensorAssert.Close(weight.Item2[1].detach(), alone.Item2[0].detach(), absolute: 1e-14);
    }

    [Fact]
    public void Step_ClipNorm_ScalesEachScorersGradientAlone()
    {
        using var scope = NewDisposeScope();
        // Adam hides the scale of a first step, not of a second: gradients of norm 5 and 0.5, clipped at 1, then 0.5 for both.
        var weight = ("score", new Parameter(zeros(2, 2, ScalarType.Float64)));
        using var optimizer = new PhaseOptimizer([weight], new PhaseSettings { ClipNorm = 1, Optimizer = OptimizerKind.Adam }, 0.1, [2, 2]);
        (weight.Item2 * tensor(new double[,] { { 3, 4 }, { 0.3, 0.4 } })).sum().backward();
        Assert.Equal([5, 0.5], optimizer.Step([true, true]).Select(norm => Math.Round(norm, 12)));
        (weight.Item2 * 0.3).sum().backward();
        optimizer.Step([true, true]);
        // By hand, entry 0: g1 = 0.6 (clipped) or 0.3, g2 = 0.3; m = .09 g1 + .1 g2 over 1 - .81, v = .000999 g1^2 + .001 g2^2 over 1 - .998001.
        double Second(double first) => -0.1 - 0.1 * ((0.09 * first + 0.1 * 0.3) / 0.19) / Math.Sqrt((0.000999 * first * first + 0.001 * 0.09) / 0.001999);
        Assert.Equal(Second(0.6), weight.Item2[0, 0].item<double>(), 1e-6);
        Assert.Equal(Second(0.3), weight.Item2[1, 0].item<double>(), 1e-6);
    }

    [Theory]
    [InlineData(ScheduleKind.Constant, 2, 0.0, 0.5, 1.0, 1.0, 1.0)]
    [InlineData(ScheduleKind.Linear, 2, 0.0, 0.5, 1.0, 0.75, 0.5)]
    [InlineData(ScheduleKind.Cosine, 2, 0.0, 0.5, 1.0, 0.8535533905932737, 0.5)]
    [InlineData(ScheduleKind.Linear, 0.3, 0.0, 0.5, 1.0, 0.75, 0.5)]
    [InlineData(ScheduleKind.Linear, 0, 1.0, 5 / 6.0, 4 / 6.0)]
    public void Step_Schedule_WarmsUpFromZeroThenFalls(ScheduleKind schedule, double warmup, params double[] expected)
    {
        using var scope = NewDisposeScope();
        // With a constant gradient every Adam update is the rate itself. Two warm-up steps of six: 0.3 of six is 1.8, rounded up.
        var weight = ("score", new Parameter(zeros(1, 1, ScalarType.Float64)));
        using var optimizer = new PhaseOptimizer([weight], new PhaseSettings { Schedule = schedule, WarmupSteps = warmup }, 1, [6]);
        var rates = expected.Select(_ =>
        {
            var before = weight.Item2.item<double>();
            weight.Item2.sum().backward();
            optimizer.Step([true]);
            return before - weight.Item2.item<double>();
        });
        TrainingReference.Close(rates, expected, 1e-6);
    }

    private static (string Name, Parameter Tensor) Weight(string name) =>
        (name, new Parameter((arange(6, ScalarType.Int64).to(ScalarType.Float64) / 3 - 0.7).view(1, 2, 3)));

    private static Tensor Objective(Tensor weight, int step) => ((weight - step) * (weight + 0.3)).square().sum() * 0.1;

    private static void Take(Tensor weight_ED, PhaseOptimizer optimizer, bool[] active)
    {
        var terms = Enumerable.Range(0, active.Length).Where(scorer => active[scorer]).Select(scorer => (weight_ED[scorer] - 1).square().sum());
        terms.Aggregate((left, right) => left + right).backward();
        optimizer.Step(active);
    }
}
