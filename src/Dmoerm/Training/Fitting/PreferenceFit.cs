using Dmoerm.Conversations;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
using Dmoerm.Training.Steps;
using TorchSharp.Modules;

namespace Dmoerm.Training.Fitting;

// Dimensions: E = scorers, B = rows of a step.

/// <summary>Fits a stack of scorers to comparisons in one pass over the data: the base of phase 1, all experts of phase 2, the aggregator of phase 3.</summary>
/// <remarks>
/// Losses are summed and no parameter is shared, so each scorer's result is that of a separate fit: means run over its own
/// comparisons, and clipping, early stopping and the kept step are its own; a step without a label for it leaves it as it is. Source: ours.
/// </remarks>
/// <param name="parameters">What is trained, by name; with more than one scorer, the first dimension is E.</param>
/// <param name="judged">What each scorer learns: a capability, or null for the overall preference.</param>
/// <param name="settings">How.</param>
/// <param name="seed">Seeds the order of the steps.</param>
public sealed class PreferenceFit(IReadOnlyList<(string Name, Parameter Tensor)> parameters, IReadOnlyList<string?> judged, PhaseSettings settings, long seed)
{
    private readonly BatchPlan _plan = new(judged, settings.Batch, settings.Loss);

    /// <summary>From the rows of a batch, and a seed of this step for each scorer, to rewards [E, B] with their gradient.</summary>
    public required Func<IReadOnlyList<EncodedConversation>, IReadOnlyList<long>, Tensor> Reward { get; init; }

    /// <summary>From any number of rows to rewards [E, N], without gradient.</summary>
    public required Func<IReadOnlyList<EncodedConversation>, Tensor> Predict { get; init; }

    /// <summary>What to call the fit in messages.</summary>
    public string Stage { get; init; } = "fit";

    /// <summary>Told after each step: the share in [0, 1] that is done at most, and the mean loss.</summary>
    public Action<double, double>? Progress { get; init; }

    /// <summary>Told of each evaluation; of those that were made before the process was started anew, too.</summary>
    public Action<FitLook>? Looked { get; init; }

    /// <summary>Where the fit is kept, so that it goes on there after the process was killed; null for nowhere.</summary>
    public StagePlace? Place { get; init; }

    /// <summary>Ends the fit between steps, with a checkpoint.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Tries each learning rate and keeps, per scorer, the weights with the lowest validation loss.</summary>
    /// <param name="training">What is learnt from.</param>
    /// <param name="validation">What decides when to stop; empty to run all epochs and keep the end. A scorer without validation labels keeps the end at the first rate.</param>
    /// <exception cref="InvalidDataException">No training example has a comparison that a scorer could learn from.</exception>
    /// <exception cref="DivergedException">A loss is no number, and there is no validation loss to fall back on.</exception>
    public TrainingOutcome Fit(IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation) => OverRates(
        settings.LearningRates, training, validation, stops: _ => null,
        (kept, next) => [.. Enumerable.Range(0, judged.Count).Where(scorer => kept is null || next.BestLosses[scorer] < kept.BestLosses[scorer])]);

    /// <summary>Fits for given numbers of steps without looking at validation data.</summary>
    /// <param name="training">What is learnt from.</param>
    /// <param name="plans">The learning rate and the number of steps of each scorer; <see cref="PhaseSettings.MaxSteps"/> cuts them.</param>
    /// <exception cref="InvalidDataException">No training example has a comparison that a scorer could learn from.</exception>
    /// <exception cref="DivergedException">A loss is no number.</exception>
    public TrainingOutcome FitSteps(IReadOnlyList<TrainingExample> training, IReadOnlyList<(double LearningRate, int Steps)> plans) => OverRates(
        [.. plans.Select(plan => plan.LearningRate).Distinct()], training, [],
        stops: rate => [.. plans.Select(plan => plan.LearningRate == rate ? Math.Min(plan.Steps, settings.MaxSteps ?? int.MaxValue) : 0)],
        (_, next) => [.. Enumerable.Range(0, judged.Count).Where(scorer => plans[scorer].LearningRate == next.LearningRates[scorer])]);

    /// <summary>The same for given numbers of passes over the data.</summary>
    /// <param name="training">What is learnt from.</param>
    /// <param name="plans">The learning rate and the number of passes of each scorer; a part of a pass ends inside it.</param>
    public TrainingOutcome FitEpochs(IReadOnlyList<TrainingExample> training, IReadOnlyList<(double LearningRate, double Epochs)> plans)
    {
        var stepsPerEpoch = _plan.Epoch(training, Order(0)).Count;
        return FitSteps(training, [.. plans.Select(plan => (plan.LearningRate, (int)Math.Round(plan.Epochs * stepsPerEpoch)))]);
    }

    private FitLosses Losses => new(judged, settings.Loss, seed, Reward, Predict);

    private TrainingOutcome OverRates(
        IReadOnlyList<double> rates, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation, Func<double, int[]?> stops, Func<TrainingOutcome?, TrainingOutcome, HashSet<int>> better)
    {
        using var scope = NewDisposeScope();
        var file = Place is null ? null : new FitFile(Place, parameters, judged.Count);
        if (file?.Finished() is { } finished)
        {
            Tell(finished.Looks);
            return finished;
        }

        using var start = new WeightSnapshot(parameters, judged.Count);
        using var best = new WeightSnapshot(parameters, judged.Count);
        var checkpoint = file?.Checkpoint();
        var kept = checkpoint?.State.Kept;
        if (kept is not null)
        {
            FitFile.RestoreKept(best, checkpoint!.Value.Tensors);
            Tell(kept.Looks);
        }

        for (var index = checkpoint?.State.Rate ?? 0; index < rates.Count; index++)
        {
            Each(start.Restore);
            var number = index;
            var outcome = FitOnce(rates[index], training, validation, stops(rates[index]), checkpoint, progress => file?.Save(number, progress, kept, best), () => file?.IsDue() ?? false);
            checkpoint = null;
            var improved = better(kept, outcome);
            foreach (var scorer in improved)
            {
                best.Keep(scorer);
            }

            kept = kept is null ? outcome : Merge(kept, outcome, improved);
        }

        Each(best.Restore);
        kept = WithTies(kept!, training);
        file?.Finish(kept);
        return kept;
    }

    private static TrainingOutcome Merge(TrainingOutcome kept, TrainingOutcome next, HashSet<int> better) => kept with
    {
        BestLosses = [.. kept.BestLosses.Select((loss, scorer) => better.Contains(scorer) ? next.BestLosses[scorer] : loss)],
        BestSteps = [.. kept.BestSteps.Select((step, scorer) => better.Contains(scorer) ? next.BestSteps[scorer] : step)],
        LearningRates = [.. kept.LearningRates.Select((rate, scorer) => better.Contains(scorer) ? next.LearningRates[scorer] : rate)],
        Tries = [.. kept.Tries, .. next.Tries],
        Notes = [.. kept.Notes, .. next.Notes],
        Looks = [.. kept.Looks, .. next.Looks],
    };

    private TrainingOutcome WithTies(TrainingOutcome outcome, IReadOnlyList<TrainingExample> training) => _plan.DroppedTies(training) is var ties and > 0
        ? outcome with { Notes = [$"{Stage}: {ties} ties were left out (loss.ties: drop).", .. outcome.Notes] }
        : outcome;

    private void Each(Action<int> action)
    {
        for (var scorer = 0; scorer < judged.Count; scorer++)
        {
            action(scorer);
        }
    }

    private TrainingOutcome FitOnce(
        double rate, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation, int[]? stops,
        (FitState State, IReadOnlyDictionary<string, Tensor> Tensors)? checkpoint, Action<RateProgress> save, Func<bool> isDue)
    {
        var first = _plan.Epoch(training, Order(0));
        if (first.Count == 0)
        {
            throw new InvalidDataException($"Expected a comparison of {string.Join(" or ", judged.Select(name => name ?? "the overall preference"))} among {training.Count} training examples, got none.");
        }

        SetTrainable(true);
        var wholeSteps = stops is null ? StepsOf(first, _ => true) : stops.Max();
        using var progress = new RateProgress(parameters, judged, settings, rate, [.. Enumerable.Range(0, judged.Count).Select(scorer => StepsOf(first, step => step.BatchesOf(scorer) > 0))], stops);
        var validate = validation.Count == 0 ? null : _plan.Whole(validation);
        if (checkpoint is { } known)
        {
            progress.Restore(known.State.Progress, known.Tensors);
            Tell(progress.Looks);
        }
        else
        {
            Look(progress, 0, validate, isLook: true);
        }

        for (; progress.Steps < wholeSteps && !progress.Stopping.IsOver; (progress.Epoch, progress.StepOfEpoch) = (progress.Epoch + 1, 0))
        {
            var steps = progress.Epoch == 0 ? first : _plan.Epoch(training, Order(progress.Epoch));
            var every = Math.Max(1, (int)Math.Ceiling((double)steps.Count / Math.Max(1, settings.ValidationsPerEpoch)));
            while (progress.StepOfEpoch < steps.Count && progress.Steps < wholeSteps && !progress.Stopping.IsOver)
            {
                if (Cancellation.IsCancellationRequested)
                {
                    save(progress);
                    Cancellation.ThrowIfCancellationRequested();
                }

                Take(steps[progress.StepOfEpoch++], progress, rate, validate is not null);
                Progress?.Invoke((double)progress.Steps / wholeSteps, progress.LastLoss);
                var isLook = progress.StepOfEpoch % every == 0 || progress.StepOfEpoch == steps.Count || progress.Steps == wholeSteps;
                if (stops is not null || isLook)
                {
                    Look(progress, progress.Epoch + (double)progress.StepOfEpoch / steps.Count, stops is null ? validate : null, isLook);
                }

                if (isDue())
                {
                    save(progress);
                }
            }
        }

        SetTrainable(false);
        var outcome = progress.Outcome(first.Count);
        return Losses.Divergence(outcome.StepLosses, rate) is { } sentence ? outcome with { Notes = [$"{Stage}: {sentence} Weights from there on were not kept."] } : outcome;
    }

    // Steps of the whole fit that meet a condition, as many as the first epoch lets expect.
    private int StepsOf(IReadOnlyList<TrainingStep> epoch, Func<TrainingStep, bool> meets)
    {
        var whole = (int)Math.Min((long)settings.Epochs * epoch.Count, settings.MaxSteps ?? int.MaxValue);
        return whole / epoch.Count * epoch.Count(meets) + epoch.Take(whole % epoch.Count).Count(meets);
    }

    private void Take(TrainingStep step, RateProgress progress, double rate, bool validates)
    {
        var losses = Losses.Backward(step, progress.Optimizer.Steps);
        if (!validates && Losses.Divergence([losses], rate, progress.Steps) is { } divergence)
        {
            throw new DivergedException($"{Stage}: {divergence} Choose lower learningRates, or set clipNorm or warmupSteps.");
        }

        progress.Add(losses, progress.Optimizer.Step([.. losses.Select(loss => loss is not null)]));
    }

    // Under a plan every step is looked at, since each may be one to keep, and some are told of.
    private void Look(RateProgress progress, double epoch, TrainingBatch? validation, bool isLook)
    {
        var losses = Losses.Validate(validation);
        progress.Stopping.Look(progress.Steps, losses);
        if (isLook)
        {
            Tell([progress.Look(epoch, losses)]);
        }
    }

    private void Tell(IEnumerable<FitLook> looks)
    {
        foreach (var look in looks)
        {
            Looked?.Invoke(look);
        }
    }

    private Random? Order(int epoch) => settings.Shuffle ? new Random((int)Seed.Of(seed, "epoch", epoch)) : null;

    private void SetTrainable(bool trainable)
    {
        foreach (var (_, parameter) in parameters)
        {
            parameter.requires_grad_(trainable);
            parameter.grad = null;
        }
    }
}
