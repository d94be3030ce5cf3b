using Dmoerm.Routing;

namespace Dmoerm.Training.Settings;

/// <summary>The outer layer: how the router is fitted.</summary>
public sealed record RouterSettings
{
    /// <summary>The states that are read are those that enter this layer; null takes the trunk's end, or the middle where there is no trunk.</summary>
    public int? Layer { get; init; }

    /// <summary>Which of the prompt's states are read: the mean over its tokens, or the last one's.</summary>
    public PromptPooling Pooling { get; init; }

    /// <summary>Share in [0, 1) of each label that is spread over all categories in training, against overconfidence.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>What is done where the router is unsure; null always takes the most probable category.</summary>
    public RouterFallback? Fallback { get; init; }

    /// <summary>Full passes over all prompts.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Its weight decay.</summary>
    public double WeightDecay { get; init; } = 0.01;
}

/// <summary>Where the router is unsure, the reward is the mean of the two most probable categories, weighted by their probabilities, in units of reward.</summary>
public sealed record RouterFallback
{
    /// <summary>Unsure is a probability of the best category below this, in (0, 1].</summary>
    public required double Below { get; init; }
}
