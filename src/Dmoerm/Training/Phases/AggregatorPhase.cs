using Dmoerm.Aggregation;
using Dmoerm.Conversations;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Phases;

// Dimensions: N = conversations, F = features.

/// <summary>Phase 3: with base and experts frozen, fits the aggregator to human preferences on outputs that were computed once.</summary>
/// <remarks>
/// The features must come from models that never saw the conversations' prompts, else the aggregator learns to trust experts
/// that know their training data by heart. Source: official code, innermoe/modeling.py:28-31, 62-72; the rule is ours.
/// </remarks>
/// <param name="settings">How the weights are fitted.</param>
/// <param name="seed">Seeds the order of the steps.</param>
public sealed class AggregatorPhase(PhaseSettings settings, long seed)
{
    private static readonly string?[] Overall = [null];

    /// <summary>What to call the phase in messages.</summary>
    public string Stage { get; init; } = "aggregator";

    /// <summary>Told of each evaluation.</summary>
    public Action<FitLook>? Looked { get; init; }

    /// <summary>Where the fit is kept; null for nowhere.</summary>
    public StagePlace? Place { get; init; }

    /// <summary>Ends the phase between steps, with a checkpoint.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Fits an aggregator.</summary>
    /// <param name="aggregator">At its start; it is changed.</param>
    /// <param name="features">Standardised inputs of all conversations in both parts.</param>
    /// <param name="training">What is learnt from.</param>
    /// <param name="validation">What decides when to stop; empty to run all epochs.</param>
    public TrainingOutcome Run(Aggregator aggregator, FeatureTable features, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation)
    {
        var fit = new PreferenceFit([.. aggregator.named_parameters()], Overall, settings, seed)
        {
            Reward = (rows, _) => Reward(aggregator, features, rows),
            Predict = rows =>
            {
                using var noGradient = no_grad();
                return Reward(aggregator, features, rows);
            },
            Stage = Stage,
            Looked = Looked,
            Place = Place,
            Cancellation = Cancellation,
        };
        return fit.Fit(training, validation);
    }

    private static Tensor Reward(Aggregator aggregator, FeatureTable features, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        return aggregator.forward(features.Of(rows)).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
