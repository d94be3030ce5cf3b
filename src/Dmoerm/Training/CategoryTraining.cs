using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Experts;

namespace Dmoerm.Training;

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
    private readonly ValidationPairs _pairs;
    private readonly InnerTraining _inner;
    private readonly List<string> _notes = [];

    /// <summary>Prepares a category's training.</summary>
    /// <param name="context">What the run shares.</param>
    /// <param name="parts">The category's examples.</param>
    public CategoryTraining(TrainingContext context, CategoryParts parts)
    {
        (_context, _source, _category, _parts) = (context, parts.Source, parts.Category, parts);
        _validation = Encode(parts.Outer.Parts[1]);
        _pairs = new ValidationPairs(_validation);
        var rows = ExampleRows.Of(Encode(parts.Outer.Parts[0]).Concat(_validation));
        using var scope = NewDisposeScope();
        var headless = new StackedScorers(context.Backbone, null, zeros(1, context.Backbone.Config.HiddenSize));
        Frozen = new FeatureTable(rows, Prediction.Pooled(headless, context.Trunk, rows));
        _inner = new InnerTraining(context, _category, _source, Frozen);
    }

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
        using var scope = NewDisposeScope();
        if (_source.Capabilities.Count == 0)
        {
            return BaseOnly();
        }

        return _context.Recipe.Phases.Split is null ? CrossFit(_parts.Inner!) : Split(_parts.Inner!);
    }

    private TrainedCategory BaseOnly()
    {
        var inner = _inner.Run("all data", Training, Training, _validation);
        _notes.Add("No capability labels: this category has its base only, one reward model without experts.");
        return Finish(inner, new BaseAggregator(), Scaling(Outputs(inner.Model, new BaseAggregator(), _pairs.Rows)), phases: [inner], foldAgreement: null, aggregatorSeconds: 0);
    }

    private TrainedCategory Split(PartitionResult cut)
    {
        var expertPart = _context.Recipe.Phases.Phase2Prompts == Phase2Prompts.All ? Training : cut.Parts[0];
        var inner = _inner.Run("first part", cut.Parts[0], expertPart, _validation);
        var started = _context.Clock.GetTimestamp();
        var (aggregator, second) = (CreateAggregator(), Encode(cut.Parts[1]));
        var scaling = Scaling(Outputs(inner.Model, aggregator, _pairs.Rows));
        using var features = Table([.. ExampleRows.Of(second).Union(_pairs.Rows)], rows => scaling.Apply(Outputs(inner.Model, aggregator, rows)));
        Fit(aggregator, features, second);
        return Finish(inner, aggregator, scaling, [inner], foldAgreement: null, _context.Clock.GetElapsedTime(started).TotalSeconds);
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
        var folds = new List<(TrainedInner Inner, FeatureScaling Scaling)>();
        var (rows, features) = (new List<EncodedConversation>(), new List<Tensor>());
        for (var fold = 0; fold < count; fold++)
        {
            var others = _parts.Others(fold);
            var inner = _inner.Run($"fold {fold + 1} of {count}", others, others, _validation);
            var scaling = Scaling(Outputs(inner.Model, aggregator, _pairs.Rows));
            folds.Add((inner, scaling));
            var own = ExampleRows.Of(Encode(cut.Parts[fold]));
            rows.AddRange(own);
            features.Add(scaling.Apply(Outputs(inner.Model, aggregator, own)));
        }

        var served = _inner.Run("all folds", Training, Training, _validation, InnerPlan.MeanOf([.. folds.Select(fold => fold.Inner)]));
        return FitCrossFitted(aggregator, served, folds, rows, features, Encode([.. cut.Parts.SelectMany(part => part)]));
    }

    private TrainedCategory FitCrossFitted(
        Aggregator aggregator, TrainedInner served, List<(TrainedInner Inner, FeatureScaling Scaling)> folds,
        List<EncodedConversation> rows, List<Tensor> features, TrainingExample[] training)
    {
        var started = _context.Clock.GetTimestamp();
        var scaling = Scaling(Outputs(served.Model, aggregator, _pairs.Rows));
        using var table = new FeatureTable([.. rows, .. _pairs.Rows], cat([.. features, scaling.Apply(Outputs(served.Model, aggregator, _pairs.Rows))], 0));
        Fit(aggregator, table, training);
        var foldAgreement = folds.Average(fold => _pairs.Agreement(Raw(fold.Inner.Model, aggregator, fold.Scaling, _pairs.Rows)));
        return Finish(served, aggregator, scaling, [.. folds.Select(fold => fold.Inner), served], foldAgreement, _context.Clock.GetElapsedTime(started).TotalSeconds);
    }

    private void Fit(Aggregator aggregator, FeatureTable features, IReadOnlyList<TrainingExample> training) =>
        new AggregatorPhase(_context.Recipe.Aggregator.Training, Seed.Of(_context.Recipe.Seed, $"{_category}/aggregator/order")) { Cancellation = _context.Cancellation }
            .Run(aggregator, features, training, _validation);

    private TrainedCategory Finish(TrainedInner inner, Aggregator aggregator, FeatureScaling scaling, IReadOnlyList<TrainedInner> phases, double? foldAgreement, double aggregatorSeconds)
    {
        var ownBase = new BaseAggregator();
        var baseScaling = Scaling(Outputs(inner.Model, ownBase, _pairs.Rows));
        var baseAgreement = _pairs.Agreement(Raw(inner.Model, ownBase, baseScaling, _pairs.Rows));
        var agreement = _pairs.Agreement(Raw(inner.Model, aggregator, scaling, _pairs.Rows));
        if (foldAgreement is { } fold && Math.Abs(fold - agreement) > 0.01)
        {
            _notes.Add(FormattableString.Invariant($"The aggregator agrees with {fold:0.0%} of validation preferences on the folds' outputs and with {agreement:0.0%} on those of the served model: more than a point apart."));
        }

        var fallsBack = _context.Recipe.Aggregator.FallBackToBase && agreement < baseAgreement;
        if (fallsBack)
        {
            _notes.Add(FormattableString.Invariant($"Served by its base: on {_pairs.Preferred} validation preferences the aggregator agrees with {agreement:0.0%}, the base with {baseAgreement:0.0%}."));
            (aggregator, scaling) = (ownBase, baseScaling);
        }

        return new TrainedCategory
        {
            Served = new ServedCategory { Model = inner.Model, Aggregator = aggregator, Scaling = scaling, Calibration = Calibrate(inner.Model, aggregator, scaling), Source = _source, Notes = _notes },
            Report = CategoryReport.Of(_parts.Outer, _pairs, phases, baseAgreement, agreement, foldAgreement, aggregatorSeconds, _notes),
        };
    }

    private Calibration Calibrate(CategoryModel model, Aggregator aggregator, FeatureScaling scaling)
    {
        using var scope = NewDisposeScope();
        // Every distinct response counts, compared or not.
        var rows = ExampleRows.Of(_validation);
        var reward_NE = Prediction.Columns(TrunkOf(model), rows, batch => model.Run(batch.Hidden_1BTD, batch.Length_B, TrunkOf(model).Layer).Reward_BE);
        return new Calibration
        {
            Overall = RewardScale.Of(Raw(model, aggregator, scaling, rows)),
            Capabilities = [.. model.Capabilities.Select((_, expert) => RewardScale.Of(Numbers(reward_NE.select(1, expert))))],
            Temperature = _pairs.Temperature(Raw(model, aggregator, scaling, _pairs.Rows)),
        };
    }

    private double[] Raw(CategoryModel model, Aggregator aggregator, FeatureScaling scaling, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Numbers(aggregator.forward(scaling.Apply(Outputs(model, aggregator, rows))));
    }

    private Tensor Outputs(CategoryModel model, Aggregator aggregator, IReadOnlyList<EncodedConversation> rows)
    {
        var trunk = TrunkOf(model);
        return Prediction.Columns(trunk, rows, batch => aggregator.Features(model.Run(batch.Hidden_1BTD, batch.Length_B, trunk.Layer)));
    }

    private FeatureScaling Scaling(Tensor feature_NF) =>
        _context.Recipe.Aggregator.Standardise ? FeatureScaling.Of(feature_NF) : FeatureScaling.Identity((int)feature_NF.shape[1]);

    private Trunk TrunkOf(CategoryModel model) => model.HasOwnBackbone ? new Trunk(model.Merged, 0) : _context.Trunk;

    private Aggregator CreateAggregator()
    {
        var seed = Seed.Of(_context.Recipe.Seed, $"{_category}/aggregator");
        return _context.Recipe.Aggregator.Kind == AggregatorKind.Embeddings
            ? new EmbeddingsAggregator(_source.Capabilities.Count, _context.Backbone.Config.HiddenSize, seed)
            : new RewardsAggregator(_source.Capabilities.Count, _context.Recipe.Aggregator.Width, seed);
    }

    private TrainingExample[] Encode(IReadOnlyList<PreferenceExample> part) => [.. part.Select(example => _context.Encoder.Encode(_category, example))];

    private static FeatureTable Table(IReadOnlyList<EncodedConversation> rows, Func<IReadOnlyList<EncodedConversation>, Tensor> features) => new(rows, features(rows));

    private static double[] Numbers(Tensor value_N) => value_N.to(ScalarType.Float64).cpu().data<double>().ToArray();
}
