using Dmoerm.Aggregation;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Data.Splits;
using Dmoerm.Experts;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Categories;

// Dimensions: N = conversations, F = aggregator inputs, E = experts, D = hidden size.

/// <summary>The three phases of one category, without leaks: the aggregator learns from outputs, for prompts, of models that never saw them.</summary>
/// <remarks>
/// <c>crossFit</c>: each fold's base and experts learn from the other folds; what is served learns from all, for the folds' mean best
/// step. <c>split</c>: phase 1 on a first part, phase 3 on the rest, as the paper's code. Source: official code, load_data.py:46-47; cross-fitting is ours.
/// </remarks>
public sealed class CategoryTraining
{
    private readonly TrainingContext _context;
    private readonly CategorySource _source;
    private readonly string _category;
    private readonly CategoryParts _parts;
    private readonly TrainingExample[] _validation;
    private readonly PreferencePairs _pairs;
    private readonly InnerTraining _inner;
    private readonly CategoryOutputs _outputs;
    private readonly List<string> _notes = [];

    /// <summary>Prepares a category's training.</summary>
    /// <param name="context">What the run shares.</param>
    /// <param name="parts">The category's examples.</param>
    public CategoryTraining(TrainingContext context, CategoryParts parts)
    {
        (_context, _source, _category, _parts) = (context, parts.Source, parts.Category, parts);
        _validation = Encode(parts.Outer.Parts[1]);
        _pairs = new PreferencePairs(_validation);
        var rows = ExampleRows.Of(Encode(parts.Outer.Parts[0]).Concat(_validation));
        using var scope = NewDisposeScope();
        var headless = new StackedScorers(context.Backbone, null, zeros(1, context.Backbone.Config.HiddenSize));
        Frozen = new FeatureTable(rows, context.Once($"{_category}/features", () => Prediction.Pooled(headless, context.Trunk, rows)));
        _outputs = new CategoryOutputs(context);
        _inner = new InnerTraining(context, _category, _source, Frozen);
    }

    /// <summary>Base and experts that stay as they are; with all experts that the recipe names nothing is trained. Null to train all.</summary>
    public KeptCategory? Kept { get; init; }

    /// <summary>Pooled states of the unadapted backbone for all conversations of the category.</summary>
    public FeatureTable Frozen { get; }

    /// <summary>The examples that are learnt from.</summary>
    public IReadOnlyList<PreferenceExample> Training => _parts.Outer.Parts[0];

    /// <summary>The examples that stop fits and calibrate.</summary>
    public IReadOnlyList<TrainingExample> Validation => _validation;

    /// <summary>Trains a base alone, for the baselines.</summary>
    public InnerTraining Inner => _inner;

    /// <summary>Runs the three phases.</summary>
    public TrainedCategory Run()
    {
        if (Kept is not null && _source.Capabilities.Keys.All(Kept.Served.Model.Capabilities.Contains))
        {
            return Kept.Whole();
        }

        using var scope = NewDisposeScope();
        if (_source.Capabilities.Count == 0)
        {
            return BaseOnly();
        }

        return _context.Recipe.Phases.Split is null ? CrossFit(_parts.Inner!) : Split(_parts.Inner!);
    }

    private TrainedCategory BaseOnly()
    {
        var (inner, aggregator) = (_inner.Run("all data", Training, Training, _validation), new BaseAggregator());
        _notes.Add("No capability labels: this category has its base only, one reward model without experts.");
        return Finish(inner, aggregator, _outputs.Scaling(inner.Model, aggregator, _pairs.Rows), [inner], new HeldOut(), foldAgreement: null, aggregatorSeconds: 0);
    }

    private TrainedCategory Split(PartitionResult cut)
    {
        var expertPart = _context.Recipe.Phases.Phase2Prompts == Phase2Prompts.All ? Training : cut.Parts[0];
        var inner = Serve("first part", cut.Parts[0], expertPart);
        var started = _context.Clock.GetTimestamp();
        var (aggregator, second) = (CreateAggregator(), Encode(cut.Parts[1]));
        var scaling = _outputs.Scaling(inner.Model, aggregator, _pairs.Rows);
        EncodedConversation[] rows = [.. ExampleRows.Of(second).Union(_pairs.Rows)];
        using var features = new FeatureTable(rows, scaling.Apply(_outputs.Features(inner.Model, aggregator, rows)));
        _notes.AddRange(Fit("aggregator", aggregator, features, second).Notes);
        return Finish(inner, aggregator, scaling, [inner], new HeldOut(), foldAgreement: null, _context.Clock.GetElapsedTime(started).TotalSeconds);
    }

    private TrainedCategory CrossFit(PartitionResult cut)
    {
        var count = cut.Parts.Count;
        if (_context.Recipe.Aggregator.Kind == AggregatorKind.Embeddings)
        {
            _notes.Add("The aggregator reads embeddings, and those of fold models are not aligned with those of the served model: this kind is meant for phases.split.");
        }

        if (cut.LeftOut > 0)
        {
            _notes.Add($"{cut.LeftOut} comparisons stand between folds: the aggregator does not learn from them.");
        }

        var aggregator = CreateAggregator();
        var folds = Enumerable.Range(0, count).Select(fold => TrainFold(cut, fold, aggregator)).ToArray();
        var served = Serve("all folds", Training, Training, InnerPlan.MeanOf([.. folds.Select(fold => fold.Inner)]));
        var started = _context.Clock.GetTimestamp();
        var scaling = _outputs.Scaling(served.Model, aggregator, _pairs.Rows);
        var validation_NF = scaling.Apply(_outputs.Features(served.Model, aggregator, _pairs.Rows));
        using var table = new FeatureTable([.. folds.SelectMany(fold => fold.Rows), .. _pairs.Rows], cat([.. folds.Select(fold => fold.Feature_NF), validation_NF], 0));
        _notes.AddRange(Fit("aggregator", aggregator, table, [.. folds.SelectMany(fold => fold.Examples)]).Notes);
        var foldAgreement = folds.Average(fold => _pairs.Agreement(_outputs.Raw(fold.Inner.Model, aggregator, fold.Scaling, _pairs.Rows)));
        return Finish(served, aggregator, scaling, [.. folds.Select(fold => fold.Inner), served], JudgeFolds(folds, table), foldAgreement, _context.Clock.GetElapsedTime(started).TotalSeconds);
    }

    private TrainedInner Serve(string stage, IReadOnlyList<PreferenceExample> basePart, IReadOnlyList<PreferenceExample> expertPart, InnerPlan? plan = null) => Kept is null
        ? _inner.Run(stage, basePart, expertPart, _validation, plan)
        : _inner.Add(Kept, stage, expertPart, _validation, plan);

    private Fold TrainFold(PartitionResult cut, int number, Aggregator aggregator)
    {
        var others = _parts.Others(number);
        var inner = _inner.Run($"fold {number + 1} of {cut.Parts.Count}", others, others, _validation);
        var scaling = _outputs.Scaling(inner.Model, aggregator, _pairs.Rows);
        var examples = Encode(cut.Parts[number]);
        var rows = ExampleRows.Of(examples);
        var feature_NF = _context.Once($"{_category}/fold {number + 1} of {cut.Parts.Count}/outputs", () => _outputs.Features(inner.Model, aggregator, rows));
        return new Fold(inner, scaling, examples, rows, scaling.Apply(feature_NF));
    }

    // Each fold's preferences, judged by an aggregator that was fitted on the other folds' outputs.
    private HeldOut JudgeFolds(Fold[] folds, FeatureTable table)
    {
        var heldOut = new HeldOut();
        foreach (var (number, fold) in folds.Index())
        {
            using var noGradient = no_grad();
            var aggregator = CreateAggregator();
            using (enable_grad())
            {
                Fit($"fold {number + 1} of {folds.Length}/aggregator of the others", aggregator, table, [.. folds.Where(other => other != fold).SelectMany(other => other.Examples)]);
            }

            var pairs = new PreferencePairs(fold.Examples);
            if (pairs.Rows.Count == 0)
            {
                continue;
            }

            heldOut.Add(pairs, aggregator.forward(table.Of(pairs.Rows)).ToDoubles(), _outputs.BaseRewards(fold.Inner.Model, pairs.Rows));
        }

        return heldOut;
    }

    private TrainingOutcome Fit(string stage, Aggregator aggregator, FeatureTable features, IReadOnlyList<TrainingExample> training) =>
        new AggregatorPhase(_context.Recipe.Aggregator.Training, Seed.Of(_context.Recipe.Seed, $"{_category}/aggregator/order"))
        {
            Stage = $"{_category}: {stage}",
            Looked = _context.Looking($"{_category}/{stage}"),
            Place = _context.Place($"{_category}/{stage}"),
            Cancellation = _context.Cancellation,
        }
            .Run(aggregator, features, training, _validation);

    private TrainedCategory Finish(
        TrainedInner inner, Aggregator aggregator, FeatureScaling scaling, IReadOnlyList<TrainedInner> phases, HeldOut heldOut, double? foldAgreement, double aggregatorSeconds)
    {
        _notes.AddRange(phases.SelectMany(phase => phase.Notes));
        var (raw, own) = (_outputs.Raw(inner.Model, aggregator, scaling, _pairs.Rows), _outputs.BaseRewards(inner.Model, _pairs.Rows));
        var agreement = _pairs.Agreement(raw);
        NoteOptions(inner);
        if (foldAgreement is { } fold && Math.Abs(fold - agreement) > 0.01)
        {
            _notes.Add(FormattableString.Invariant($"On {_pairs.Preferred} validation preferences the aggregator agrees with {fold:0.0%} on the folds' outputs and with {agreement:0.0%} ")
                + "on the served model's: more than a point apart, so the two kinds of outputs may differ.");
        }

        heldOut.Add(_pairs, raw, own);
        if (_context.Recipe.Aggregator.FallBackToBase && heldOut.AggregatorAgreement < heldOut.BaseAgreement)
        {
            _notes.Add(FormattableString.Invariant($"Served by its base: on {heldOut.Comparisons} held-out preferences the aggregator agrees with ")
                + FormattableString.Invariant($"{heldOut.AggregatorAgreement:0.0%}, the base with {heldOut.BaseAgreement:0.0%}."));
            aggregator = new BaseAggregator();
            scaling = _outputs.Scaling(inner.Model, aggregator, _pairs.Rows);
        }

        return new TrainedCategory
        {
            Served = new ServedCategory
            {
                Model = inner.Model,
                Aggregator = aggregator,
                Scaling = scaling,
                Calibration = _outputs.Calibrate(inner.Model, aggregator, scaling, ExampleRows.Of(_validation), _pairs),
                Source = _source,
                KeptFolders = Kept?.Served.KeptFolders ?? new Dictionary<string, string>(),
                Notes = _notes,
            },
            Report = CategoryReport.Of(_parts.Outer, phases, heldOut, (_pairs.Preferred, _pairs.Agreement(own), agreement, foldAgreement), aggregatorSeconds, _notes) with { LabelTeacher = inner.Teacher, Subsample = _parts.Subsample },
        };
    }

    private void NoteOptions(TrainedInner inner)
    {
        if (_parts.Subsample is { } subsample)
        {
            _notes.Add($"Subsampled by the recipe: {subsample.Kept} overall comparisons are learnt from ({subsample.Flipped} of them turned round), {subsample.LeftOut} are left out.");
        }

        if (inner.Teacher is { } teacher)
        {
            _notes.Add($"Label teacher, from {teacher.Preferences} preferences: {string.Join(", ", teacher.Weights.Select(weight => FormattableString.Invariant($"{weight.Key} {weight.Value:0.00}")))}; "
                + $"{teacher.SoftLabels} soft labels.");
        }
        else if (_context.Recipe.TeachesLabels(_source))
        {
            _notes.Add("The label teacher found nothing to teach: no preference stands between responses that differ in a capability, or no capability speaks for what people prefer.");
        }
    }

    private Aggregator CreateAggregator()
    {
        var (settings, experts, seed) = (_context.Recipe.Aggregator, _source.Capabilities.Count, Seed.Of(_context.Recipe.Seed, $"{_category}/aggregator"));
        return Aggregator.Create(settings.Kind, experts, _context.Backbone.Config.HiddenSize, settings.Width, settings.UseBase, seed);
    }

    private TrainingExample[] Encode(IReadOnlyList<PreferenceExample> part) => _context.Encoder.Encode(_category, part);

    private sealed record Fold(TrainedInner Inner, FeatureScaling Scaling, TrainingExample[] Examples, IReadOnlyList<EncodedConversation> Rows, Tensor Feature_NF);
}
