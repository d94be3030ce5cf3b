namespace Dmoerm.Training.Fitting;

/// <summary>How the fit of a stack of scorers went.</summary>
public sealed record TrainingOutcome
{
    /// <summary>Loss of each step, then of each scorer, at the first learning rate; null where a step had no label for it.</summary>
    public required IReadOnlyList<IReadOnlyList<double?>> StepLosses { get; init; }

    /// <summary>Norm of each step's gradient before clipping, then of each scorer, at the first learning rate.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> GradientNorms { get; init; }

    /// <summary>Each scorer's lowest validation loss in nats; null without validation data.</summary>
    public required IReadOnlyList<double?> BestLosses { get; init; }

    /// <summary>The step after which each scorer's weights were kept; 0 is the start.</summary>
    public required IReadOnlyList<int> BestSteps { get; init; }

    /// <summary>The learning rate of each scorer's kept weights.</summary>
    public required IReadOnlyList<double> LearningRates { get; init; }

    /// <summary>Steps of one pass over the data.</summary>
    public int StepsPerEpoch { get; init; }

    /// <summary>What the user should know: what was left out, which rate diverged.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The fit's evaluations, of all learning rates.</summary>
    public IReadOnlyList<FitLook> Looks { get; init; } = [];

    /// <summary>What each learning rate reached.</summary>
    public IReadOnlyList<RateTry> Tries { get; init; } = [];
}

/// <summary>What one learning rate reached.</summary>
/// <param name="LearningRate">The rate.</param>
/// <param name="BestLosses">Each scorer's lowest validation loss; null without validation data.</param>
/// <param name="BestSteps">The step of each scorer's lowest loss.</param>
public sealed record RateTry(double LearningRate, IReadOnlyList<double?> BestLosses, IReadOnlyList<int> BestSteps);
