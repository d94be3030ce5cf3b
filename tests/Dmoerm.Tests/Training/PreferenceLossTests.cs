using System.Text.Json;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Tests.Training;

public class PreferenceLossTests
{
    // Every loss that a recipe can ask for, for what must hold of all.
    private static readonly LossSettings[] All =
    [
        new(),
        new() { LabelNoise = LabelNoise.Smooth, FlipRate = 0.2 },
        new() { LabelNoise = LabelNoise.Unbiased, FlipRate = 0.2 },
        new() { LabelNoise = LabelNoise.Forward, FlipRate = 0.2 },
        new() { Ties = TieRule.Davidson, Nu = 0.7 },
        new() { Ties = TieRule.Davidson, Nu = 0.7, LabelNoise = LabelNoise.Forward, FlipRate = 0.2 },
        new() { Centre = 0.01 },
    ];

    private static readonly JsonElement Golden = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("losses", "pairwise.json")));

    [Theory]
    [InlineData("bt")]
    [InlineData("bt_margin")]
    [InlineData("bt_scaled")]
    [InlineData("soft_label")]
    [InlineData("label_smoothing")]
    [InlineData("unbiased_flip")]
    [InlineData("forward_flip")]
    public void Of_GoldenPoints_ValueAndGradientAgree(string name)
    {
        using var scope = NewDisposeScope();
        var compared = 0;
        foreach (var entry in Golden.GetProperty("points").EnumerateArray().Where(entry => entry.GetProperty("loss").GetString() == name))
        {
            foreach (var point in entry.GetProperty("points").EnumerateArray())
            {
                CheckPoint(name, entry.GetProperty("parameters"), point);
                compared++;
            }
        }

        // 15 points per setting: two margins, two flip rates, three soft labels, three rates of the forward correction.
        Assert.Equal(name switch { "bt" or "bt_scaled" => 15, "soft_label" or "forward_flip" => 45, _ => 30 }, compared);
    }

    [Fact]
    public void Of_DavidsonGoldenPoints_ValueAndGradientAgree()
    {
        using var scope = NewDisposeScope();
        var compared = 0;
        foreach (var entry in JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("losses", "davidson.json"))).EnumerateArray())
        {
            var settings = new LossSettings { Ties = TieRule.Davidson, Nu = Math.Exp(entry.GetProperty("log_nu").GetDouble()) };
            foreach (var point in entry.GetProperty("points").EnumerateArray())
            {
                foreach (var (outcome, p) in ((string, double)[])[("win", 1), ("tie", 0.5), ("loss", 0)])
                {
                    var (value, gradient) = At(settings, point.GetProperty("d").GetDouble(), p);
                    Assert.Equal(point.GetProperty(outcome).GetProperty("value").GetDouble(), value, 1e-12 * Math.Max(1, Math.Abs(value)));
                    Assert.Equal(point.GetProperty(outcome).GetProperty("gradient_d").GetDouble(), gradient, 1e-12);
                    compared++;
                }
            }
        }

        // Three nu, 15 differences, three outcomes.
        Assert.Equal(135, compared);
    }

    // Shared algorithm facts, section F: a difference of 0.7 and a flip rate of 0.2.
    [Theory]
    [InlineData(LabelNoise.None, 0, 0.403186, -0.331812)]
    [InlineData(LabelNoise.Smooth, 0.2, 0.543186, -0.131812)]
    [InlineData(LabelNoise.Unbiased, 0.2, 0.169853, -0.665146)]
    public void Of_FlipRate_GivesTheKnownValue(LabelNoise noise, double rate, double value, double gradient)
    {
        using var scope = NewDisposeScope();
        var came = At(new LossSettings { LabelNoise = noise, FlipRate = rate }, 0.7, 1);
        Assert.Equal((value, gradient), (Math.Round(came.Value, 6), Math.Round(came.Gradient, 6)));
    }

    [Fact]
    public void Of_MarginStrengthAndCentre_GiveTheKnownValues()
    {
        using var scope = NewDisposeScope();
        var (first_P, second_P, one_P) = (tensor(new[] { 1.2 }), tensor(new[] { 0.5 }), ones(1, ScalarType.Float64));
        double Value(LossSettings settings, Tensor? margin_P, Tensor? strength_P) => PreferenceLoss.Of(settings, first_P, second_P, one_P, one_P, margin_P, strength_P).item<double>();
        Assert.Equal(0.854355, Value(new LossSettings(), one_P, null), 1e-6);
        Assert.Equal(1.209558, Value(new LossSettings(), null, one_P * 3), 1e-6);
        Assert.Equal(0.0289, Value(new LossSettings { Centre = 0.01 }, null, null) - Value(new LossSettings(), null, null), 1e-12);
    }

    [Fact]
    public void Of_FlippedLabels_UnbiasedMeanIsTheCleanLoss()
    {
        using var scope = NewDisposeScope();
        var (clean, unbiased) = (new LossSettings(), new LossSettings { LabelNoise = LabelNoise.Unbiased, FlipRate = 0.3 });
        foreach (var difference in (double[])[-2, 0.4, 5])
        {
            Assert.Equal(At(clean, difference, 1).Value, 0.7 * At(unbiased, difference, 1).Value + 0.3 * At(unbiased, difference, 0).Value, 1e-12);
        }
    }

    [Fact]
    public void Of_EveryLoss_IsTheSameForSwappedResponsesAndLabel()
    {
        using var scope = NewDisposeScope();
        Assert.All(All, settings => Assert.All([0.0, 0.3, 0.5, 1], p => Assert.Equal(At(settings, 1.3, p).Value, At(settings, -1.3, 1 - p).Value, 1e-12)));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Of_ExtremeDifferences_StayFiniteWithFiniteGradients(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Assert.All(All, settings => Assert.All([-1e4, -100, 0, 100, 1e4], difference => Assert.All([0.0, 0.5, 1], p =>
        {
            var (value, gradient) = At(settings, difference, p, dtype);
            Assert.True(double.IsFinite(value) && double.IsFinite(gradient), $"{settings}: {value} with gradient {gradient} at {difference}, p {p}.");
        })));
    }

    [Theory]
    [InlineData("bt", false, 0)]
    [InlineData("bt_margin", true, 0)]
    [InlineData("bt_centered_0.01", false, 0.01)]
    [InlineData("bt_margin_centered_0.1", true, 0.1)]
    public void Of_GoldenBatch_ValueAndGradientsAgree(string name, bool withMargin, double centre)
    {
        using var scope = NewDisposeScope();
        var batch = Golden.GetProperty("batch");
        Tensor Read(string field) => tensor(TrainingReference.Numbers(batch.GetProperty(field)));
        var (chosen_P, rejected_P) = (Read("chosen").requires_grad_(true), Read("rejected").requires_grad_(true));
        var loss = PreferenceLoss.Of(new LossSettings { Centre = centre }, chosen_P, rejected_P, ones(4, ScalarType.Float64), ones(4, ScalarType.Float64), withMargin ? Read("margin") : null);
        loss.backward();
        var expected = batch.GetProperty("losses").GetProperty(name);
        Assert.Equal(expected.GetProperty("value").GetDouble(), loss.item<double>(), 1e-12);
        TensorAssert.Close(chosen_P.grad!, tensor(TrainingReference.Numbers(expected.GetProperty("gradient_chosen"))), absolute: 1e-12);
        TensorAssert.Close(rejected_P.grad!, tensor(TrainingReference.Numbers(expected.GetProperty("gradient_rejected"))), absolute: 1e-12);
    }

    [Fact]
    public void BradleyTerry_EqualRewards_IsLogTwoWhateverTheLabel()
    {
        using var scope = NewDisposeScope();
        foreach (var p in (double[])[0, 0.25, 0.5, 1])
        {
            Assert.Equal(Math.Log(2), Loss(3.5, 3.5, p), 1e-12);
        }
    }

    [Fact]
    public void BradleyTerry_SwappedResponsesAndLabel_IsTheSame()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Loss(1.7, 0.2, 0.8), Loss(0.2, 1.7, 0.2), 1e-12);
        Assert.Equal(Loss(1.7, 0.2, 0.8), Loss(101.7, 100.2, 0.8), 1e-12);
    }

    [Fact]
    public void BradleyTerry_Weights_GiveAWeightedMean()
    {
        using var scope = NewDisposeScope();
        var loss = PreferenceLoss.BradleyTerry(
            tensor(new[] { 1.0, 0.0 }), tensor(new[] { 0.0, 2.0 }), tensor(new[] { 1.0, 1.0 }), tensor(new[] { 3.0, 1.0 }));
        // (3 softplus(-1) + 1 softplus(2)) / 4.
        Assert.Equal((3 * Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(2))) / 4, loss.item<double>(), 1e-12);
    }

    [Fact]
    public void BradleyTerry_Gradient_EqualsCentralDifferences()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        Tensor Draw() => rand(6, ScalarType.Float64, generator: random);
        var (first_P, second_P, p_P, weight_P, margin_P) = (Draw() * 4, Draw() * 4, Draw(), Draw() + 0.1, Draw());
        first_P.requires_grad_(true);
        PreferenceLoss.BradleyTerry(first_P, second_P, p_P, weight_P, margin_P).backward();
        for (var pair = 0; pair < 6; pair++)
        {
            var step = zeros(6, ScalarType.Float64);
            step[pair] = 1e-5;
            double At(Tensor reward_P) => PreferenceLoss.BradleyTerry(reward_P, second_P, p_P, weight_P, margin_P).item<double>();
            Assert.Equal((At(first_P.detach() + step) - At(first_P.detach() - step)) / 2e-5, first_P.grad![pair].item<double>(), 1e-9);
        }
    }

    [Fact]
    public void BradleyTerry_ExtremeRewardsInFloat32_StayFinite()
    {
        using var scope = NewDisposeScope();
        var first_P = tensor(new[] { -1e4f, 1e4f }).requires_grad_(true);
        var loss = PreferenceLoss.BradleyTerry(first_P, zeros(2), ones(2), ones(2));
        loss.backward();
        Assert.Equal(5000, loss.item<float>());
        TensorAssert.Close(first_P.grad!, tensor(new[] { -0.5f, 0f }));
    }

    private static (double Value, double Gradient) At(LossSettings settings, double difference, double p, ScalarType dtype = ScalarType.Float64)
    {
        var first_P = tensor(new[] { difference }, dtype).requires_grad_(true);
        var loss = PreferenceLoss.Of(settings, first_P, zeros(1, dtype), tensor(new[] { p }, dtype), ones(1, dtype));
        loss.backward();
        return (loss.to(ScalarType.Float64).item<double>(), first_P.grad!.to(ScalarType.Float64).item<double>());
    }

    private static void CheckPoint(string name, JsonElement parameters, JsonElement point)
    {
        var noise = name switch { "label_smoothing" => LabelNoise.Smooth, "unbiased_flip" => LabelNoise.Unbiased, "forward_flip" => LabelNoise.Forward, _ => LabelNoise.None };
        double Parameter(string name, double otherwise) => parameters.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
        var first_P = tensor(new[] { point.GetProperty("d").GetDouble() }).requires_grad_(true);
        var loss = PreferenceLoss.Of(
            new LossSettings { LabelNoise = noise, FlipRate = Parameter("e", 0) },
            first_P, zeros(1, ScalarType.Float64), tensor(new[] { Parameter("y", 1) }), ones(1, ScalarType.Float64), tensor(new[] { Parameter("m", 0) }), tensor(new[] { Parameter("w", 1) }));
        loss.backward();
        TensorAssert.Close(loss, tensor(point.GetProperty("value").GetDouble()), relative: 1e-12, absolute: 1e-12);
        TensorAssert.Close(first_P.grad![0], tensor(point.GetProperty("gradient").GetDouble()), relative: 1e-12, absolute: 1e-12);
    }

    private static double Loss(double first, double second, double p) =>
        PreferenceLoss.BradleyTerry(tensor(new[] { first }), tensor(new[] { second }), tensor(new[] { p }), ones(1, ScalarType.Float64)).item<double>();
}
