using Dmoerm.Experts;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

/// <summary>Rewards, losses and gradients of four pairs, alone and together, against PyTorch in float64.</summary>
public class GradientReferenceTests
{
    // The reference rounds its rotary angles to float32.
    private const double Relative = 2e-6;

    private static readonly string[] Whole = ["score.weight", "model.norm.weight", "model.layers.0.input_layernorm.weight", "model.layers.1.self_attn.k_proj.weight"];

    [Fact]
    public void Example_EveryGradient_EqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var file = TrainingReference.Open("gradients.safetensors");
        var expected = TrainingReference.Read("gradients.json").GetProperty("examples").EnumerateArray().ToArray();
        var compared = 0;
        for (var index = 0; index < expected.Length; index++)
        {
            var (rewards, loss, gradients) = Backward(TrainingReference.Pairs()[index..(index + 1)]);
            double Number(string name) => expected[index].GetProperty(name).GetDouble();
            TrainingReference.Close([.. rewards, loss], [Number("chosen"), Number("rejected"), Number("loss")], Relative);
            Assert.Equal(1, Norm(gradients.Values) / Number("gradient_norm"), Relative);
            foreach (var norm in expected[index].GetProperty("gradient_norm_of_each").EnumerateObject())
            {
                Assert.Equal(1, Norm([gradients[norm.Name]]) / norm.Value.GetDouble(), 10 * Relative);
                compared++;
            }

            foreach (var name in Whole)
            {
                TensorAssert.Close(gradients[name], file.Read($"example.{name}", ScalarType.Float64)[index].view(gradients[name].shape), relative: 0, absolute: 5 * Relative);
                compared++;
            }

            var touched = gradients["model.embed_tokens.weight"].abs().sum(1).nonzero().flatten().data<long>().Select(row => (double)row);
            Assert.Equal(TrainingReference.Numbers(expected[index].GetProperty("embedding_rows_with_gradient")), touched);
        }

        // Four pairs: the norms of 30 gradients, and four gradients entry by entry.
        Assert.Equal(4 * (30 + 4), compared);
    }

    [Fact]
    public void Batch_EveryGradient_EqualsPyTorch()
    {
        using var scope = NewDisposeScope();
        using var file = TrainingReference.Open("gradients.safetensors");
        var expected = TrainingReference.Read("gradients.json").GetProperty("batch");
        var (_, loss, gradients) = Backward(TrainingReference.Pairs()[..4]);
        Assert.Equal(expected.GetProperty("loss").GetDouble(), loss, Relative);
        Assert.Equal(1, Norm(gradients.Values) / expected.GetProperty("gradient_norm").GetDouble(), Relative);
        var checksums = expected.GetProperty("gradient_checksums").EnumerateObject().ToArray();
        Assert.Equal(30, checksums.Length);
        Assert.All(checksums, checksum => TrainingReference.CloseChecksum(gradients[checksum.Name], checksum.Value, 5 * Relative));
        Assert.All(Whole, name => TensorAssert.Close(gradients[name], file.Read($"batch.{name}", ScalarType.Float64).view(gradients[name].shape), relative: 0, absolute: 5 * Relative));
    }

    private static (double[] Rewards, double Loss, Dictionary<string, Tensor> Gradients) Backward(TrainingExample[] pairs)
    {
        using var start = TrainingReference.LoadBase(ScalarType.Float64);
        var backbone = BackbonePhase.Trainable(start.Backbone);
        var scorer = new StackedScorers(backbone, null, start.ScoreHead_LD!);
        var parameters = backbone.Weights.Named().Select(weight => ("model." + weight.Name, weight.Tensor)).Append(("score.weight", scorer.Head_ED)).ToArray();
        Array.ForEach(parameters, parameter => parameter.Item2.requires_grad_(true));
        var batch = new BatchPlan([null], new BatchSettings { WeighPrompts = false }).Whole(pairs);
        var reward_B = Scoring.Reward(scorer, new Trunk(backbone, 0), batch.Rows, [0])[0];
        var loss = batch.Judged[0].Loss(reward_B);
        loss.backward();
        return (reward_B.detach().data<double>().ToArray(), loss.item<double>(), parameters.ToDictionary(parameter => parameter.Item1, parameter => parameter.Item2.grad!));
    }

    private static double Norm(IEnumerable<Tensor> gradients) => Math.Sqrt(gradients.Sum(gradient => gradient.square().sum().item<double>()));
}
