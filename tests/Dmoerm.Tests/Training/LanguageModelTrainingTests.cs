using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Tests.Backbones;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

public class LanguageModelTrainingTests
{
    private static readonly BackboneConfig Config = TinyBackbone.Config with { TiedEmbeddings = true };

    private static readonly LanguageModelSettings Short = new() { Steps = 12, BatchTexts = 4, SortedSteps = 5, WarmUpSteps = 3 };

    // Counting up from anywhere is a language that so small a decoder learns.
    private static readonly int[][] Texts = [.. Enumerable.Range(0, 30).Select(first => Enumerable.Range(first, 3 + first % 7).Select(id => id % 32).ToArray())];

    [Fact]
    public void Train_CountingTexts_LearnsWhatComesNext()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        List<LanguageModelStep> steps = [];
        using var backbone = LanguageModelTraining.Train(Config, Texts, Short with { Steps = 80, BatchTexts = 15, LearningRate = 2e-2 }, random, steps.Add);
        Assert.Equal(Enumerable.Range(1, 80), steps.Select(step => step.Step));
        Assert.True(steps[0].Loss > Math.Log(32), $"First loss {steps[0].Loss:f2}.");
        Assert.True(LanguageModelTraining.Loss(backbone, Texts).item<float>() < 0.1, $"Last loss {steps[^1].Loss:f2}.");
    }

    [Fact]
    public void Train_SameSeed_GivesBitEqualWeights()
    {
        using var scope = NewDisposeScope();
        var (first, again, other) = (Weights(1), Weights(1), Weights(2));
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Train_WithoutProgress_GivesTheSameWeights()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Weights(1, _ => { }), Weights(1));
    }

    [Fact]
    public void Train_Result_NeedsNoGradientAndLeavesNoOtherTensor()
    {
        using var scope = NewDisposeScope();
        _ = Weights(1);
        using var random = new Generator(1);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using var backbone = LanguageModelTraining.Train(Config, Texts, Short, random);
        var tensors = backbone.Weights.Named().Select(pair => pair.Tensor).ToArray();
        Assert.All(tensors, tensor => Assert.False(tensor.requires_grad));
        Assert.Equal(before + tensors.Length, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Loss_TextsOfDifferentLengths_IsTheMeanOverTheirOwnTokens()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        int[][] texts = [[1, 2, 3, 4, 5], [6, 7]];
        // 4 and 1 predicted tokens; Likelihood scores each text alone, without padding.
        var logLikelihood = texts.Sum(text => Likelihood.OfTokens(backbone, backbone.Weights.Embedding_VD, text, 1).Sum());
        Assert.Equal(-logLikelihood / 5, LanguageModelTraining.Loss(backbone, texts).item<double>(), 9);
    }

    [Theory]
    [InlineData(new int[0], "at least 2 tokens")]
    [InlineData(new[] { 1 }, "text 1 has 1")]
    [InlineData(new[] { 1, 32 }, "outside the vocabulary of 32")]
    public void Train_BadText_Throws(int[] bad, string expected)
    {
        using var random = new Generator(1);
        var error = Assert.Throws<ArgumentException>(() => LanguageModelTraining.Train(Config, [[1, 2], bad], Short, random));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static float[] Weights(ulong seed, Action<LanguageModelStep>? progress = null)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(seed);
        using var backbone = LanguageModelTraining.Train(Config, Texts, Short, random, progress);
        return [.. backbone.Weights.Named().SelectMany(pair => pair.Tensor.data<float>().ToArray())];
    }
}
