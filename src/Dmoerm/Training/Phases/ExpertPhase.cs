using Dmoerm.Experts;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Phases;

/// <summary>Phase 2: fits one expert per capability on top of the base, all in one pass.</summary>
/// <remarks>Source: official code, innermoe/modeling.py:34-39 (LoRA per capability on the frozen base); each expert's own trained head is in its figure only.</remarks>
/// <param name="settings">How the weights are fitted.</param>
/// <param name="seed">Seeds the order of the steps.</param>
public sealed class ExpertPhase(PhaseSettings settings, long seed)
{
    /// <summary>What to call the phase in messages.</summary>
    public string Stage { get; init; } = "experts";

    /// <summary>Told after each step: the share that is done, and the mean loss.</summary>
    public Action<double, double>? Progress { get; init; }

    /// <summary>Told of each evaluation.</summary>
    public Action<FitLook>? Looked { get; init; }

    /// <summary>Where the fit is kept; null for nowhere.</summary>
    public StagePlace? Place { get; init; }

    /// <summary>Ends the phase between steps, with a checkpoint.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Fits the experts.</summary>
    /// <param name="trained">The base that the experts sit on; it stays as it is.</param>
    /// <param name="capabilities">One per expert.</param>
    /// <param name="adapters">The experts' adapters at their start; they are changed.</param>
    /// <param name="head_ED">[E, D] the heads' start, copied.</param>
    /// <param name="trunk">Gives states up to which the base's backbone and the trunk's are the same.</param>
    /// <param name="training">What is learnt from.</param>
    /// <param name="validation">What decides when each expert stops; empty to run all epochs.</param>
    /// <param name="plans">A learning rate and a number of passes per expert in place of early stopping; null for none.</param>
    public TrainedExperts Run(
        TrainedBase trained, IReadOnlyList<string> capabilities, StackedAdapters adapters, Tensor head_ED, Trunk trunk,
        IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation, IReadOnlyList<(double LearningRate, double Epochs)>? plans = null)
    {
        var experts = new StackedScorers(trained.Merged, adapters, head_ED);
        var fit = new PreferenceFit([.. experts.Named()], capabilities, settings, seed)
        {
            Reward = (rows, seeds) => Scoring.Reward(experts, trunk, rows, seeds),
            Predict = rows => Prediction.Rewards(experts, trunk, rows),
            Stage = Stage,
            Progress = Progress,
            Looked = Looked,
            Place = Place,
            Cancellation = Cancellation,
        };
        return new TrainedExperts(experts, plans is null ? fit.Fit(training, validation) : fit.FitEpochs(training, plans));
    }
}

/// <summary>What phase 2 gives.</summary>
/// <param name="Scorers">One scorer per capability.</param>
/// <param name="Outcome">How it went.</param>
public sealed record TrainedExperts(StackedScorers Scorers, TrainingOutcome Outcome);
