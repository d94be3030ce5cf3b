using Dmoerm.Backbones;
using Dmoerm.Experts;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;
using TorchSharp.Modules;

namespace Dmoerm.Training.Phases;

/// <summary>Phase 1: fits a category's base to human preferences.</summary>
/// <remarks>Source: official code, innermoe/train_pipe.py:45-48 (whole backbone and one head, Bradley-Terry); adapters in place of the whole backbone are ours.</remarks>
/// <param name="settings">How the weights are fitted.</param>
/// <param name="seed">Seeds the order of the steps.</param>
public sealed class BackbonePhase(PhaseSettings settings, long seed)
{
    private static readonly string?[] Overall = [null];

    /// <summary>What to call the phase in messages.</summary>
    public string Stage { get; init; } = "base";

    /// <summary>Told after each step: the share that is done, and the loss.</summary>
    public Action<double, double>? Progress { get; init; }

    /// <summary>Told of each evaluation.</summary>
    public Action<FitLook>? Looked { get; init; }

    /// <summary>Where the fit is kept; null for nowhere.</summary>
    public StagePlace? Place { get; init; }

    /// <summary>Ends the phase between steps, with a checkpoint.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Fits the base.</summary>
    /// <param name="start">One scorer at its start; its weights are changed.</param>
    /// <param name="trunk">Gives the states that the scorer reads; layer 0 where all weights are tuned.</param>
    /// <param name="training">What is learnt from.</param>
    /// <param name="validation">What decides when to stop; empty to run all epochs.</param>
    /// <param name="plan">A learning rate and a number of passes in place of early stopping; null for none.</param>
    public TrainedBase Run(StackedScorers start, Trunk trunk, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation, (double LearningRate, double Epochs)? plan = null)
    {
        var fit = new PreferenceFit(ParametersOf(start), Overall, settings, seed)
        {
            Reward = (rows, seeds) => Scoring.Reward(start, trunk, rows, seeds),
            Predict = rows => Prediction.Rewards(start, trunk, rows),
            Stage = Stage,
            Progress = Progress,
            Looked = Looked,
            Place = Place,
            Cancellation = Cancellation,
        };
        var outcome = plan is { } given ? fit.FitEpochs(training, [given]) : fit.Fit(training, validation);
        var merged = start.Adapters is null ? start.Backbone : start.Backbone.Merge(start.Adapters.Updates);
        return new TrainedBase(start, merged, outcome);
    }

    /// <summary>A copy of a backbone whose every weight is a parameter, for <c>adapt: full</c>.</summary>
    public static Backbone Trainable(Backbone backbone) => new(backbone.Config, backbone.Weights.Map((_, weight) =>
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(weight.detach().clone(), requires_grad: false);
        parameter.DetachFromDisposeScope();
        return parameter;
    }));

    // A backbone under an adapter stays as it is, whoever trained it before.
    internal static (string Name, Parameter Tensor)[] ParametersOf(StackedScorers scorers) =>
        [.. scorers.Backbone.Weights.Named().Where(weight => scorers.Adapters is null && weight.Tensor is Parameter).Select(weight => (weight.Name, (Parameter)weight.Tensor)), .. scorers.Named()];
}

/// <summary>What phase 1 gives.</summary>
/// <param name="Scorers">The base: one scorer.</param>
/// <param name="Merged">Its backbone with the adapter added in, for the experts to sit on.</param>
/// <param name="Outcome">How it went.</param>
public sealed record TrainedBase(StackedScorers Scorers, Backbone Merged, TrainingOutcome Outcome);
