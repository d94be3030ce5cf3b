namespace Dmoerm.Training.Settings;

/// <summary>How the weights of one phase are fitted.</summary>
public sealed record PhaseSettings
{
    /// <summary>The update rule.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Peak learning rates to try; each scorer keeps the one with the lowest validation loss.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [1e-3];

    /// <summary>Decoupled weight decay; spares norms and biases. Ignored by <see cref="OptimizerKind.Adam"/>.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The first steps, over which the rate rises from 1 / n of its peak; 0 for none.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The rate after warm-up.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>Largest norm of a scorer's gradient; null leaves gradients as they are.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Most passes over the data.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Stop after so many validations without a lower loss.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Validations in one pass over the data, at least 1.</summary>
    public int ValidationsPerEpoch { get; init; } = 1;

    /// <summary>What one step holds.</summary>
    public BatchSettings Batch { get; init; } = new();

    /// <summary>Order anew in each pass; false keeps file order.</summary>
    public bool Shuffle { get; init; } = true;
}

/// <summary>What one step holds: set one of the two.</summary>
public sealed record BatchSettings
{
    /// <summary>Whole prompts up to so many responses; a larger prompt is cut anew each epoch. Null with <see cref="Comparisons"/>.</summary>
    public int? Responses { get; init; }

    /// <summary>So many compared pairs, as TRL counts a batch.</summary>
    public int? Comparisons { get; init; }

    /// <summary>Each comparison counts its weight divided by its prompt's number of comparisons in the step: the paper's mean per prompt. False is TRL's mean over pairs.</summary>
    public bool WeighPrompts { get; init; } = true;

    /// <summary>Responses a step where neither is set.</summary>
    public const int DefaultResponses = 32;
}

/// <summary>An update rule.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>Plain Adam, as the official code uses it.</summary>
    Adam,
}

/// <summary>How the learning rate goes on after warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls in a line towards 0.</summary>
    Linear,

    /// <summary>It falls along half a cosine towards 0.</summary>
    Cosine,
}
