namespace Dmoerm.Training.Settings;

/// <summary>The outer layer: how the router is fitted.</summary>
public sealed record RouterSettings
{
    /// <summary>The states that are read are those that enter this layer; null takes the trunk's end, or the middle where there is no trunk.</summary>
    public int? Layer { get; init; }

    /// <summary>Full passes over all prompts.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Its weight decay.</summary>
    public double WeightDecay { get; init; } = 0.01;
}
