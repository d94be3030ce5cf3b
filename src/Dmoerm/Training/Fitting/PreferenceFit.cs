using Dmoerm.Conversations;
using Dmoerm.Training.Settings;
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
    // Centring says nothing of how well preferences are met: it would choose between steps by the size of rewards.
    private readonly LossSettings _validated = settings.Loss with { Centre = 0 };
    private readonly BatchPlan _plan = new(judged, settings.Batch, settings.Loss);

    /// <summary>From the rows of a batch, and a seed of this step for each scorer, to rewards [E, B] with their gradient.</summary>
    public required Func<IReadOnlyList<EncodedConversation>, IReadOnlyList<long>, Tensor> Reward { get; init; }

    /// <summary>From any number of rows to rewards [E, N], without gradient.</summary>
    public required Func<IReadOnlyList<EncodedConversation>, Tensor> Predict { get; init; }

    /// <summary>What to call the fit in messages.</summary>
    public string Stage { get; init; } = "fit";

    /// <summary>Told after each step: the share in [0, 1] that is done at most, and the mean loss.</summary>
    public Action<double, double>? Progress { get; init; }

    /// <summary>Ends the fit between steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Tries each learning rate and keeps, per scorer, the weights with the lowest validation loss.</summary>
    /// <param name="training">What is learnt from.</param>
    /// <param name="validation">What decides when to stop; empty to run all epochs and keep the end. A scorer without validation labels keeps the end at the first rate.</param>
    /// <exception cref="InvalidDataException">No training example has a comparison that a scorer could learn from.</exception>
    /// <exception cref="DivergedException">A loss is no number, and there is no validation loss to fall back on.</exception>
    public TrainingOutcome Fit(IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation) =>
        WithTies(OverRates(rate => FitOnce(rate, training, validation, stops: null)), training);

    /// <summary>Fits for given numbers of steps without looking at validation data.</summary>
    /// <param name="training">What is learnt from.</param>
    /// <param name="plans">The learning rate and the number of steps of each scorer; <see cref="PhaseSettings.MaxSteps"/> cuts them.</param>
    /// <exception cref="InvalidDataException">No training example has a comparison that a scorer could learn from.</exception>
    /// <exception cref="DivergedException">A loss is no number.</exception>
    public TrainingOutcome FitSteps(IReadOnlyList<TrainingExample> training, IReadOnlyList<(double LearningRate, int Steps)> plans)
    {
        plans = [.. plans.Select(plan => (plan.LearningRate, Math.Min(plan.Steps, settings.MaxSteps ?? int.MaxValue)))];
        using var start = new WeightSnapshot(parameters, judged.Count);
        using var end = new WeightSnapshot(parameters, judged.Count);
        TrainingOutcome? last = null;
        foreach (var rate in plans.Select(plan => plan.LearningRate).Distinct())
        {
            Each(start.Restore);
            last = FitOnce(rate, training, [], [.. plans.Select(plan => plan.LearningRate == rate ? plan.Steps : 0)]);
            Each(scorer => { if (plans[scorer].LearningRate == rate) { end.Keep(scorer); } });
        }

        Each(end.Restore);
        return WithTies(last! with { BestSteps = [.. plans.Select(plan => plan.Steps)], LearningRates = [.. plans.Select(plan => plan.LearningRate)] }, training);
    }

    /// <summary>The same for given numbers of passes over the data.</summary>
    /// <param name="training">What is learnt from.</param>
    /// <param name="plans">The learning rate and the number of passes of each scorer; a part of a pass ends inside it.</param>
    public TrainingOutcome FitEpochs(IReadOnlyList<TrainingExample> training, IReadOnlyList<(double LearningRate, double Epochs)> plans)
    {
        var stepsPerEpoch = _plan.Epoch(training, Order(0)).Count;
        return FitSteps(training, [.. plans.Select(plan => (plan.LearningRate, (int)Math.Round(plan.Epochs * stepsPerEpoch)))]);
    }

    private TrainingOutcome OverRates(Func<double, TrainingOutcome> fit)
    {
        using var start = new WeightSnapshot(parameters, judged.Count);
        using var best = new WeightSnapshot(parameters, judged.Count);
        TrainingOutcome? merged = null;
        foreach (var rate in settings.LearningRates)
        {
            Each(start.Restore);
            var outcome = fit(rate);
            var better = Enumerable.Range(0, judged.Count).Where(scorer => merged is null || outcome.BestLosses[scorer] < merged.BestLosses[scorer]).ToHashSet();
            foreach (var scorer in better)
            {
                best.Keep(scorer);
            }

            merged = merged is null ? outcome : Merge(merged, outcome, better);
        }

        Each(best.Restore);
        return merged!;
    }

    private static TrainingOutcome Merge(TrainingOutcome kept, TrainingOutcome next, HashSet<int> better) => kept with
    {
        BestLosses = [.. kept.BestLosses.Select((loss, scorer) => better.Contains(scorer) ? next.BestLosses[scorer] : loss)],
        BestSteps = [.. kept.BestSteps.Select((step, scorer) => better.Contains(scorer) ? next.BestSteps[scorer] : step)],
        LearningRates = [.. kept.LearningRates.Select((rate, scorer) => better.Contains(scorer) ? next.LearningRates[scorer] : rate)],
        Tries = [.. kept.Tries, .. next.Tries],
        Notes = [.. kept.Notes, .. next.Notes],
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

    private TrainingOutcome FitOnce(double rate, IReadOnlyList<TrainingExample> training, IReadOnlyList<TrainingExample> validation, int[]? stops)
    {
        var first = _plan.Epoch(training, Order(0));
        if (first.Count == 0)
        {
            throw new InvalidDataException($"Expected a comparison of {string.Join(" or ", judged.Select(name => name ?? "the overall preference"))} among {training.Count} training examples, got none.");
        }

        SetTrainable(true);
        var wholeSteps = stops is null ? StepsOf(first, _ => true) : stops.Max();
        using var optimizer = new PhaseOptimizer(parameters, settings, rate, [.. Enumerable.Range(0, judged.Count).Select(scorer => StepsOf(first, step => step.BatchesOf(scorer) > 0))]);
        using var stopping = new EarlyStopping(parameters, judged.Count, settings.Patience, stops);
        var validate = validation.Count == 0 ? null : _plan.Whole(validation);
        stopping.Look(0, Losses(validate));
        var (losses, norms) = (new List<IReadOnlyList<double?>>(), new List<IReadOnlyList<double>>());
        for (var epoch = 0; losses.Count < wholeSteps && !stopping.IsOver; epoch++)
        {
            var steps = epoch == 0 ? first : _plan.Epoch(training, Order(epoch));
            var every = Math.Max(1, (int)Math.Ceiling((double)steps.Count / Math.Max(1, settings.ValidationsPerEpoch)));
            for (var step = 0; step < steps.Count && losses.Count < wholeSteps && !stopping.IsOver; step++)
            {
                Cancellation.ThrowIfCancellationRequested();
                losses.Add(Backward(steps[step], optimizer.Steps));
                if (validate is null && Divergence(losses, rate) is { } divergence)
                {
                    throw new DivergedException($"{divergence} Choose lower learningRates, or set clipNorm or warmupSteps.");
                }

                norms.Add(optimizer.Step([.. losses[^1].Select(loss => loss is not null)]));
                Progress?.Invoke((double)losses.Count / wholeSteps, losses[^1].Average() ?? double.NaN);
                if (stops is not null || (step + 1) % every == 0 || step + 1 == steps.Count || losses.Count == wholeSteps)
                {
                    stopping.Look(losses.Count, stops is null ? Losses(validate) : null);
                }
            }
        }

        SetTrainable(false);
        return stopping.Outcome(losses, norms, rate) with
        {
            StepsPerEpoch = first.Count,
            Notes = Divergence(losses, rate) is { } sentence ? [$"{sentence} Weights from there on were not kept."] : [],
        };
    }

    // Steps of the whole fit that meet a condition, as many as the first epoch lets expect.
    private int StepsOf(IReadOnlyList<TrainingStep> epoch, Func<TrainingStep, bool> meets)
    {
        var whole = Math.Min(settings.Epochs * epoch.Count, settings.MaxSteps ?? int.MaxValue);
        return whole / epoch.Count * epoch.Count(meets) + epoch.Take(whole % epoch.Count).Count(meets);
    }

    // The first step whose loss is no number, in a sentence; null where there is none.
    private string? Divergence(List<IReadOnlyList<double?>> losses, double rate)
    {
        var step = losses.FindIndex(of => of.Any(loss => loss is not null && !double.IsFinite(loss.Value)));
        if (step < 0)
        {
            return null;
        }

        var scorer = losses[step].ToList().FindIndex(loss => loss is not null && !double.IsFinite(loss.Value));
        var of = judged[scorer] is { } capability ? $" of {capability}" : "";
        return FormattableString.Invariant($"{Stage}: expected a finite loss, came {losses[step][scorer]}{of} in step {step + 1} at a learning rate of {rate}.");
    }

    private Random? Order(int epoch) => settings.Shuffle ? new Random((int)Seed.Of(seed, "epoch", epoch)) : null;

    // Gradients of a whole step, and each scorer's loss: the mean over the batches that teach it. Batches go one after another, so that one at a time is in memory.
    private double?[] Backward(TrainingStep step, IReadOnlyList<int> taken)
    {
        var means = new double?[judged.Count];
        var done = new int[judged.Count];
        foreach (var batch in step.Batches)
        {
            using var scope = NewDisposeScope();
            var reward_EB = Reward(batch.Rows, [.. judged.Select((_, scorer) => DropoutSeed(scorer, taken[scorer], done[scorer]))]);
            var losses = batch.Judged.Select((pairs, scorer) => pairs.Count == 0 ? null : pairs.Loss(reward_EB.select(0, scorer), settings.Loss) / step.BatchesOf(scorer)).ToArray();
            losses.OfType<Tensor>().Aggregate((left, right) => left + right).backward();
            Each(scorer =>
            {
                if (losses[scorer] is { } loss)
                {
                    means[scorer] = (means[scorer] ?? 0) + loss.to(ScalarType.Float64).item<double>();
                    done[scorer]++;
                }
            });
        }

        return means;
    }

    // By the scorer's own steps and batches, so that it draws the same whoever is trained beside it.
    private long DropoutSeed(int scorer, int step, int batch) => Seed.Of(seed, $"dropout/{judged[scorer] ?? "overall"}/{step}", batch);

    private double?[]? Losses(TrainingBatch? validation)
    {
        if (validation is null)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var reward_EB = Predict(validation.Rows);
        return [.. validation.Judged.Select((pairs, scorer) => pairs.Count == 0 ? (double?)null : pairs.Loss(reward_EB.select(0, scorer), _validated).to(ScalarType.Float64).item<double>())];
    }

    private void SetTrainable(bool trainable)
    {
        foreach (var (_, parameter) in parameters)
        {
            parameter.requires_grad_(trainable);
            parameter.grad = null;
        }
    }
}

/// <summary>A loss became no number, and there is nothing to fall back on.</summary>
/// <param name="message">Where, at which learning rate, and what to change.</param>
public sealed class DivergedException(string message) : ArithmeticException(message);
