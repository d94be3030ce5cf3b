using Dmoerm.Aggregation;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Categories;

/// <summary>Trains the models to compare with, on the same backbone, data and validation part, behind the same router.</summary>
/// <param name="context">What the run shares.</param>
/// <param name="categories">The trained categories' preparation, in the recipe's order.</param>
public sealed class Baselines(TrainingContext context, IReadOnlyList<(string Name, CategoryTraining Training)> categories)
{
    private const string OneForAllName = "one for all";

    /// <summary>Trains what the recipe asks for.</summary>
    /// <returns>Name and, per category, the scorer; weakest first.</returns>
    public IReadOnlyList<(string Name, IReadOnlyList<TrainedBase> Scorers)> Run()
    {
        var trained = new List<(string, IReadOnlyList<TrainedBase>)>();
        if (context.Recipe.Baselines.LinearHead)
        {
            trained.Add(("linear head", [.. categories.Select(category => LinearHeadOf(category.Training))]));
        }

        if (context.Recipe.Baselines.OneForAll is { } all)
        {
            var one = OneForAll(all);
            trained.Add((OneForAllName, [.. categories.Select(_ => one)]));
        }

        if (context.Recipe.Baselines.OnePerCategory is { } each)
        {
            trained.Add(("one per category", [.. categories.Select(category => category.Training.Inner.TrainBase(each, "one per category", category.Training.Training, category.Training.Validation))]));
        }

        return trained;
    }

    /// <summary>What the user should know of the baselines' fits.</summary>
    public static IEnumerable<string> Notes(IEnumerable<(string Name, IReadOnlyList<TrainedBase> Scorers)> baselines) =>
        baselines.SelectMany(baseline => baseline.Scorers.Distinct()).SelectMany(scorer => scorer.Outcome.Notes);

    /// <summary>A category that is scored by a baseline.</summary>
    public static ServedCategory Serve(string name, CategorySource source, TrainedBase trained)
    {
        var scale = new RewardScale { Mean = 0, Deviation = 1, Quantiles = new double[101] };
        return new ServedCategory
        {
            Model = new CategoryModel(name, [], trained.Scorers, trained.Merged, experts: null),
            Aggregator = new BaseAggregator(),
            Scaling = FeatureScaling.Identity(1),
            Calibration = new Calibration { Overall = scale, Capabilities = [], Temperature = 1 },
            Source = source,
        };
    }

    private TrainedBase LinearHeadOf(CategoryTraining category)
    {
        var head_1D = category.Inner.FrozenHead("linear head", category.Training);
        // A fresh adapter changes nothing: the head reads the backbone as it is.
        var adapters = StackedAdapters.Create(context.Backbone.Config, new LoraSettings { Rank = 1 }, 1, seed: 0);
        var outcome = new TrainingOutcome { StepLosses = [], GradientNorms = [], BestLosses = [null], BestSteps = [0], LearningRates = [0] };
        return new TrainedBase(new StackedScorers(context.Backbone, adapters, head_1D), context.Backbone, outcome);
    }

    private TrainedBase OneForAll(BaseSettings settings)
    {
        using var scope = NewDisposeScope();
        using var features = new FeatureTable(
            [.. categories.SelectMany(category => category.Training.Frozen.Rows)], cat([.. categories.Select(category => category.Training.Frozen.Feature_NF)], 0));
        var inner = new InnerTraining(context, OneForAllName, new CategorySource(), features);
        return inner.TrainBase(settings, "all categories", [.. categories.SelectMany(category => category.Training.Training)], [.. categories.SelectMany(category => category.Training.Validation)]);
    }
}
