using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Labels;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Categories;

// Dimensions: E = experts, D = hidden size, N = conversations.

/// <summary>Trains the inner layer of one category, base then experts, on one set of examples: a fold's, or all.</summary>
/// <param name="context">What the run shares.</param>
/// <param name="category">The category.</param>
/// <param name="source">Its entry in the recipe.</param>
/// <param name="frozen">Pooled states of the unadapted backbone for all conversations of the category.</param>
public sealed class InnerTraining(TrainingContext context, string category, CategorySource source, FeatureTable frozen)
{
    private readonly Dictionary<IReadOnlyList<PreferenceExample>, Tensor> _frozenHeads = new(ReferenceEqualityComparer.Instance);
    private readonly LabelTeaching? _teaching = context.Recipe.TeachesLabels(source) ? new LabelTeaching(source, category, context.Recipe.Seed) : null;

    /// <summary>Trains base and experts. Every fold starts from the same adapters.</summary>
    /// <param name="stage">What to call it, such as <c>fold 1 of 2</c>.</param>
    /// <param name="basePart">Examples of phase 1.</param>
    /// <param name="expertPart">Examples of phase 2.</param>
    /// <param name="validation">What decides when to stop.</param>
    /// <param name="plan">Rates and passes in place of early stopping; null for none.</param>
    public TrainedInner Run(
        string stage, IReadOnlyList<PreferenceExample> basePart, IReadOnlyList<PreferenceExample> expertPart,
        IReadOnlyList<TrainingExample> validation, InnerPlan? plan = null)
    {
        using var scope = NewDisposeScope();
        var started = context.Clock.GetTimestamp();
        var trained = TrainBase(context.Recipe.Base, stage, basePart, validation, plan?.Base, taught: true);
        var baseSeconds = context.Clock.GetElapsedTime(started).TotalSeconds;
        var experts = source.Capabilities.Count == 0 ? null : TrainExperts(stage, trained, [.. source.Capabilities.Keys], expertPart, validation, plan?.Experts);
        var model = new CategoryModel(category, [.. source.Capabilities.Keys], trained.Scorers, trained.Merged, experts?.Scorers);
        return new TrainedInner(model, trained.Outcome, experts?.Outcome, baseSeconds, context.Clock.GetElapsedTime(started).TotalSeconds - baseSeconds) { Teacher = _teaching?.Of(basePart).Report };
    }

    /// <summary>Trains the experts that a kept category lacks, on its base.</summary>
    /// <param name="kept">What stays as it is.</param>
    /// <param name="stage">What to call it.</param>
    /// <param name="part">Examples of phase 2.</param>
    /// <param name="validation">What decides when to stop.</param>
    /// <param name="plan">Rates and passes in place of early stopping; null for none.</param>
    public TrainedInner Add(KeptCategory kept, string stage, IReadOnlyList<PreferenceExample> part, IReadOnlyList<TrainingExample> validation, InnerPlan? plan)
    {
        var started = context.Clock.GetTimestamp();
        string[] capabilities = [.. source.Capabilities.Keys];
        var inner = kept.Add(capabilities, (trained, missing) =>
            TrainExperts(stage, trained, [.. missing.Select(place => capabilities[place])], part, validation, plan is null ? null : [.. missing.Select(place => plan.Experts![place])]));
        return inner with { ExpertSeconds = context.Clock.GetElapsedTime(started).TotalSeconds };
    }

    /// <summary>Trains a base alone: phase 1, or a baseline.</summary>
    /// <param name="settings">What is adapted, and how.</param>
    /// <param name="stage">What to call it.</param>
    /// <param name="part">What is learnt from.</param>
    /// <param name="validation">What decides when to stop.</param>
    /// <param name="plan">Rate and passes in place of early stopping; null for none.</param>
    /// <param name="taught">Also learn from the label teacher's soft labels, where the recipe has one: phase 1 does, baselines do not.</param>
    public TrainedBase TrainBase(
        BaseSettings settings, string stage, IReadOnlyList<PreferenceExample> part, IReadOnlyList<TrainingExample> validation, (double LearningRate, double Epochs)? plan = null, bool taught = false)
    {
        using var scope = NewDisposeScope();
        var place = $"{category}/{stage}/base";
        var teaching = taught ? _teaching : null;
        var head_1D = context.Head_1D ?? (settings.Head != HeadStart.Linear ? RandomHead() : teaching is null ? FrozenHead(stage, part) : TaughtHead(teaching, stage, part));
        var whole = settings.Adapt == Adaptation.Full;
        var backbone = whole ? BackbonePhase.Trainable(context.Backbone) : context.Backbone;
        var adapters = whole ? null : StackedAdapters.Create(backbone.Config, settings.Lora, 1, Seed.Of(context.Recipe.Seed, $"{category}/base"));
        var phase = new BackbonePhase(settings.Training, Seed.Of(context.Recipe.Seed, $"{category}/base/order"))
        {
            Stage = $"{category}: base, {stage}",
            Progress = context.Reporting($"{category}: base, {stage}"),
            Looked = context.Looking(place),
            Place = context.Place(place),
            Cancellation = context.Cancellation,
        };
        return phase.Run(new StackedScorers(backbone, adapters, head_1D), whole ? new Trunk(backbone, 0) : context.Trunk, Encode(teaching?.Of(part).Examples ?? part), validation, plan);
    }

    /// <summary>The linear head of lowest held-out loss on the frozen features, for the overall preference; fitted once for each part.</summary>
    /// <param name="stage">What asks for it first.</param>
    /// <param name="part">What is learnt from.</param>
    /// <returns>[1, D] weights; they stay this object's own.</returns>
    public Tensor FrozenHead(string stage, IReadOnlyList<PreferenceExample> part)
    {
        if (!_frozenHeads.TryGetValue(part, out var head_1D))
        {
            using var scope = NewDisposeScope();
            _frozenHeads[part] = head_1D = context.Once($"{category}/{stage}/linear head", () => FitHead(frozen, null, part).Weight_1D).DetachFromDisposeScope();
        }

        return head_1D;
    }

    private LinearHead FitHead(FeatureTable features, string? judged, IReadOnlyList<PreferenceExample> part) =>
        LinearHead.Fit(features, judged, Encode(part), [.. Cuts(part).Select(cut => ((IReadOnlyList<TrainingExample>)Encode(cut.Fitted), (IReadOnlyList<TrainingExample>)Encode(cut.HeldOut)))]);

    // Fitted on preferences and soft labels, as phase 1 is; what a penalty is worth, preferences alone say.
    private Tensor TaughtHead(LabelTeaching teaching, string stage, IReadOnlyList<PreferenceExample> part) => context.Once($"{category}/{stage}/taught head", () => LinearHead.Fit(
        frozen, null, Encode(teaching.Of(part).Examples),
        [.. Cuts(part).Select(cut => ((IReadOnlyList<TrainingExample>)Encode(teaching.Of(cut.Fitted).Examples), (IReadOnlyList<TrainingExample>)Encode(cut.HeldOut)))]).Weight_1D);

    private IReadOnlyList<(IReadOnlyList<PreferenceExample> Fitted, IReadOnlyList<PreferenceExample> HeldOut)> Cuts(IReadOnlyList<PreferenceExample> part) =>
        TuningCuts.Of(part, source.GroupBy, context.Recipe.Seed, category);

    private TrainedExperts TrainExperts(
        string stage, TrainedBase trained, string[] capabilities, IReadOnlyList<PreferenceExample> part, IReadOnlyList<TrainingExample> validation, IReadOnlyList<(double, double)>? plans)
    {
        var settings = context.Recipe.Experts;
        var place = $"{category}/{stage}/experts";
        var head_ED = settings.Head switch
        {
            HeadStart.Base => trained.Scorers.Head_ED.detach().expand(capabilities.Length, -1),
            HeadStart.Random => cat([.. capabilities.Select(_ => RandomHead())], 0),
            _ => context.Once($"{category}/{stage}/expert heads", () => LinearHeads(trained, capabilities, part)),
        };
        var all = source.Capabilities.Keys.ToList();
        var adapters = StackedAdapters.Create(context.Backbone.Config, settings.Lora, all.Count, Seed.Of(context.Recipe.Seed, $"{category}/experts"));
        // An expert that is added to others starts where it would start among them, as the folds' experts do.
        adapters = capabilities.Length == all.Count ? adapters : StackedAdapters.Gather(context.Backbone.Config, [.. capabilities.Select(capability => (adapters, all.IndexOf(capability)))]);
        var phase = new ExpertPhase(settings.Training, Seed.Of(context.Recipe.Seed, $"{category}/experts/order"))
        {
            Stage = $"{category}: experts, {stage}",
            Progress = context.Reporting($"{category}: {capabilities.Length} experts, {stage}"),
            Looked = context.Looking(place),
            Place = context.Place(place),
            Cancellation = context.Cancellation,
        };
        return phase.Run(trained, capabilities, adapters, head_ED, TrunkOf(trained), Encode(part), validation, plans);
    }

    private Tensor LinearHeads(TrainedBase trained, string[] capabilities, IReadOnlyList<PreferenceExample> part)
    {
        using var scope = NewDisposeScope();
        var rows = ExampleRows.Of(Encode(part));
        var headless = new StackedScorers(trained.Merged, null, trained.Scorers.Head_ED);
        using var features = new FeatureTable(rows, Prediction.Pooled(headless, TrunkOf(trained), rows));
        return cat([.. capabilities.Select(capability => FitHead(features, capability, part).Weight_1D)], 0).MoveToOuterDisposeScope();
    }

    // Adapters change layers above the trunk only; a backbone of its own starts from its own embeddings.
    private Trunk TrunkOf(TrainedBase trained) => trained.Scorers.Adapters is null ? new Trunk(trained.Merged, 0) : context.Trunk;

    private Tensor RandomHead()
    {
        using var random = new Generator((ulong)Seed.Of(context.Recipe.Seed, $"{category}/head"));
        return randn([1, context.Backbone.Config.HiddenSize], generator: random) * 0.02;
    }

    private TrainingExample[] Encode(IReadOnlyList<PreferenceExample> part) => context.Encoder.Encode(category, part);
}

/// <summary>A trained inner layer.</summary>
/// <param name="Model">Base and experts.</param>
/// <param name="Base">How phase 1 went.</param>
/// <param name="Experts">How phase 2 went; null without experts.</param>
/// <param name="BaseSeconds">Time of phase 1.</param>
/// <param name="ExpertSeconds">Time of phase 2.</param>
public sealed record TrainedInner(CategoryModel Model, TrainingOutcome Base, TrainingOutcome? Experts, double BaseSeconds, double ExpertSeconds)
{
    /// <summary>What the label teacher found on the base's part; null without one.</summary>
    public LabelTeacherReport? Teacher { get; init; }

    /// <summary>What the user should know of both fits.</summary>
    public IEnumerable<string> Notes => Base.Notes.Concat(Experts?.Notes ?? []);
}

/// <summary>Rates and passes that folds have found.</summary>
/// <param name="Base">Of the base.</param>
/// <param name="Experts">Of each expert; null without experts.</param>
public sealed record InnerPlan((double LearningRate, double Epochs) Base, IReadOnlyList<(double LearningRate, double Epochs)>? Experts)
{
    /// <summary>For each scorer the rate with the lowest mean loss over folds, and the folds' mean best number of passes at that rate.</summary>
    /// <remarks>Passes, not steps: all folds together hold more data than one, and as many steps would be fewer passes (docs/log.md has the measurement).</remarks>
    public static InnerPlan MeanOf(IReadOnlyList<TrainedInner> folds) => new(
        MeanOf([.. folds.Select(fold => fold.Base)], 0),
        folds[0].Experts is null ? null : [.. Enumerable.Range(0, folds[0].Model.Capabilities.Count).Select(expert => MeanOf([.. folds.Select(fold => fold.Experts!)], expert))]);

    private static (double LearningRate, double Epochs) MeanOf(TrainingOutcome[] outcomes, int scorer)
    {
        var tries = outcomes[0].Tries.Select((_, index) => outcomes.Select(outcome => outcome.Tries[index]).ToArray()).ToArray();
        var best = tries.MinBy(attempts => attempts.Average(attempt => attempt.BestLosses[scorer] ?? double.PositiveInfinity))!;
        return (best[0].LearningRate, best.Zip(outcomes, (attempt, outcome) => (double)attempt.BestSteps[scorer] / outcome.StepsPerEpoch).Average());
    }
}
