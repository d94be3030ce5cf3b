namespace Dmoerm.Training.Settings;

/// <summary>How the weights of one phase are fitted.</summary>
public sealed record PhaseSettings
{
    /// <summary>What is made small.</summary>
    public LossSettings Loss { get; init; } = new();

    /// <summary>The update rule.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Peak learning rates to try; each scorer keeps the one with the lowest validation loss.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [1e-3];

    /// <summary>How much of the mean gradient each step keeps.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How much of the mean squared gradient each step keeps.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean squared gradient, so that tiny gradients do not make large steps.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay; spares norms and biases. Ignored by <see cref="OptimizerKind.Adam"/>.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The first n steps, over which the rate rises from 0, so that the first of them changes nothing; below 1 a share of all steps, rounded up. 0 for none.</summary>
    public double WarmupSteps { get; init; }

    /// <summary>The rate after warm-up.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Constant;

    /// <summary>Largest norm of a scorer's gradient; null leaves gradients as they are.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Most passes over the data.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Most steps of a fit, also of what is served, which then makes fewer passes than its folds; null leaves it to <see cref="Epochs"/>.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Stop after so many validations without a lower loss.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>Validations in one pass over the data, at least 1.</summary>
    public int ValidationsPerEpoch { get; init; } = 1;

    /// <summary>What one step holds.</summary>
    public BatchSettings Batch { get; init; } = new();

    /// <summary>Order anew in each pass; false keeps file order.</summary>
    public bool Shuffle { get; init; } = true;
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
