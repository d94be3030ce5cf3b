using System.Text.Json;
using Dmoerm.Training.Fitting;

namespace Dmoerm.Tests.Training;

public class PreferenceLossTests
{
    private static readonly JsonElement Golden = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("losses", "pairwise.json")));

    [Theory]
    [InlineData("bt")]
    [InlineData("bt_margin")]
    [InlineData("bt_scaled")]
    [InlineData("soft_label")]
    public void BradleyTerry_GoldenPoints_ValueAndGradientAgree(string name)
    {
        using var scope = NewDisposeScope();
        var compared = 0;
        foreach (var entry in Golden.GetProperty("points").EnumerateArray().Where(entry => entry.GetProperty("loss").GetString() == name))
        {
            foreach (var point in entry.GetProperty("points").EnumerateArray())
            {
                CheckPoint(entry.GetProperty("parameters"), point);
                compared++;
            }
        }

        // 15 points per setting: two margins, three soft labels.
        Assert.Equal(name switch { "bt_margin" => 30, "soft_label" => 45, _ => 15 }, compared);
    }

    [Theory]
    [InlineData("bt", false)]
    [InlineData("bt_margin", true)]
    public void BradleyTerry_GoldenBatch_ValueAndGradientsAgree(string name, bool withMargin)
    {
        using var scope = NewDisposeScope();
        var batch = Golden.GetProperty("batch");
        Tensor Read(string field) => tensor(TrainingReference.Numbers(batch.GetProperty(field)));
        var (chosen_P, rejected_P) = (Read("chosen").requires_grad_(true), Read("rejected").requires_grad_(true));
        var loss = PreferenceLoss.BradleyTerry(chosen_P, rejected_P, ones(4, ScalarType.Float64), ones(4, ScalarType.Float64), withMargin ? Read("margin") : null);
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

    private static void CheckPoint(JsonElement parameters, JsonElement point)
    {
        double Parameter(string name, double otherwise) => parameters.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
        var first_P = tensor(new[] { point.GetProperty("d").GetDouble() }).requires_grad_(true);
        var factor = Parameter("w", 1);
        var loss = factor * PreferenceLoss.BradleyTerry(
            first_P, zeros(1, ScalarType.Float64), tensor(new[] { Parameter("y", 1) }), tensor(new[] { factor }), tensor(new[] { Parameter("m", 0) }));
        loss.backward();
        TensorAssert.Close(loss, tensor(point.GetProperty("value").GetDouble()), relative: 1e-12, absolute: 1e-12);
        TensorAssert.Close(first_P.grad![0], tensor(point.GetProperty("gradient").GetDouble()), relative: 1e-12, absolute: 1e-12);
    }

    private static double Loss(double first, double second, double p) =>
        PreferenceLoss.BradleyTerry(tensor(new[] { first }), tensor(new[] { second }), tensor(new[] { p }), ones(1, ScalarType.Float64)).item<double>();
}
