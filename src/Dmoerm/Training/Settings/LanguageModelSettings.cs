namespace Dmoerm.Training.Settings;

/// <summary>How a small language model is trained from random weights.</summary>
/// <remarks>Source: ours; values for widths near 64 and texts near 60 tokens, seen to reach the loss of such texts in 200 steps.</remarks>
public sealed record LanguageModelSettings
{
    /// <summary>Optimiser steps.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Texts per step.</summary>
    public int BatchTexts { get; init; } = 32;

    /// <summary>Texts of this many steps are sorted by length before they are cut into batches, so that little is padded.</summary>
    public int SortedSteps { get; init; } = 10;

    /// <summary>Highest learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 4e-3;

    /// <summary>Steps over which the learning rate rises; then it falls to 0 along a cosine over all steps.</summary>
    public int WarmUpSteps { get; init; } = 30;

    /// <summary>AdamW's decay of weights per step and unit of learning rate.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>AdamW's decay of the gradient's mean.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's decay of the squared gradient's mean; below the usual 0.999, since there are few steps.</summary>
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Largest norm of the whole gradient.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Standard deviation of the embedding at the start.</summary>
    public double EmbeddingDeviation { get; init; } = 0.2;
}
