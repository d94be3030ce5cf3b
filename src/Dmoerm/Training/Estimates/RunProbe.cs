using Dmoerm.Conversations;
using Dmoerm.Experts;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Estimates;

/// <summary>Measures what a token costs, on a few real batches and steps, and multiplies.</summary>
/// <remarks>Early stopping is not foreseen, so a run takes this long at most, give or take what the machine does beside it. Source: ours.</remarks>
/// <param name="context">What the run shares.</param>
/// <param name="keepsTrunk">The trunk's states are kept on disk.</param>
internal sealed class RunProbe(TrainingContext context, bool keepsTrunk)
{
    private const int TimedSteps = 2;

    // A pass without a gradient takes about a third of a step.
    private const double PredictionShare = 1.0 / 3;

    /// <summary>Adds times to an estimate.</summary>
    /// <param name="estimate">Memory and disk.</param>
    /// <param name="parts">The categories' examples.</param>
    /// <param name="sizes">Their sizes.</param>
    /// <param name="testShare">Conversations of test files over those of training files.</param>
    public RunEstimate Time(RunEstimate estimate, IReadOnlyList<CategoryParts> parts, IReadOnlyList<CategorySize> sizes, double testShare)
    {
        var folder = Directory.CreateTempSubdirectory("dmoerm-probe-").FullName;
        try
        {
            // Opened once: its name is a hash of all weights below the trunk's end.
            using var cache = keepsTrunk && context.Trunk.Layer > 0 ? TrunkCache.Open(folder, context.Backbone, context.Trunk.Layer) : null;
            var categories = new List<CategoryEstimate>();
            var perToken = WholePass(parts);
            foreach (var ((category, size), known) in parts.Zip(sizes).Zip(estimate.Categories))
            {
                categories.Add(known with { Seconds = Fits(cache, category, size) + Passes(size, perToken, testShare) });
            }

            return estimate with { Categories = categories, Seconds = categories.Sum(category => category.Seconds) + OneForAll(cache, parts, sizes) };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Trunk and last evaluation: the whole backbone once over training data up to the trunk's end, and once over test data.
    private double Passes(CategorySize size, double perToken, double testShare)
    {
        var trunk = keepsTrunk ? (double)context.Trunk.Layer / context.Backbone.Config.NumLayers : 0;
        return perToken * size.Tokens * (trunk * (1 + testShare) + testShare);
    }

    private double Fits(TrunkCache? cache, CategoryParts parts, CategorySize size)
    {
        var recipe = context.Recipe;
        var examples = Sample(parts, recipe.Base.Training);
        var seconds = Cost(recipe.Base.Training, size, size.Passes, size.Fits - 1) * Step(cache, recipe.Base, examples);
        if (recipe.Baselines.OnePerCategory is { } each)
        {
            seconds += Cost(each.Training, size, 1, 1) * Step(cache, each, examples);
        }

        if (size.Experts > 0)
        {
            var adapters = StackedAdapters.Create(context.Backbone.Config, recipe.Experts.Lora, size.Experts, seed: 0);
            using var scope = NewDisposeScope();
            var scorers = new StackedScorers(context.Backbone, adapters, zeros(size.Experts, context.Backbone.Config.HiddenSize));
            var perToken = Seconds(cache, [.. scorers.Named()], scorers, context.Trunk.Layer, [.. parts.Source.Capabilities.Keys], recipe.Experts.Training, Sample(parts, recipe.Experts.Training));
            seconds += Cost(recipe.Experts.Training, size, size.Passes, size.Fits - 1) * perToken;
        }

        return seconds;
    }

    private double OneForAll(TrunkCache? cache, IReadOnlyList<CategoryParts> parts, IReadOnlyList<CategorySize> sizes) => context.Recipe.Baselines.OneForAll is { } all
        ? sizes.Sum(size => Cost(all.Training, size, 1, 1)) * Step(cache, all, Sample(parts[0], all.Training))
        : 0;

    // Tokens that go through steps, and a third for those of the looks; what is served runs at one rate, and is not looked at.
    private static double Cost(PhaseSettings settings, CategorySize size, double passes, int tried)
    {
        var training = size.Tokens - size.ValidationTokens;
        var served = passes > 1 ? 1 : 0;
        var looks = 1 + (double)settings.Epochs * settings.ValidationsPerEpoch;
        return training * settings.Epochs * ((passes - served) * settings.LearningRates.Count + served)
            + PredictionShare * size.ValidationTokens * looks * settings.LearningRates.Count * Math.Max(1, tried);
    }

    private double Step(TrunkCache? cache, BaseSettings settings, TrainingExample[] examples)
    {
        using var scope = NewDisposeScope();
        var whole = settings.Adapt == Adaptation.Full;
        var backbone = whole ? BackbonePhase.Trainable(context.Backbone) : context.Backbone;
        var adapters = whole ? null : StackedAdapters.Create(backbone.Config, settings.Lora, 1, seed: 0);
        var scorers = new StackedScorers(backbone, adapters, zeros(1, backbone.Config.HiddenSize));
        return Seconds(cache, BackbonePhase.ParametersOf(scorers), scorers, whole ? 0 : context.Trunk.Layer, [null], settings.Training, examples);
    }

    // Seconds of a step over its tokens; the first step warms up.
    private double Seconds(
        TrunkCache? cache, IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Tensor)> parameters, StackedScorers scorers, int layer, IReadOnlyList<string?> judged, PhaseSettings settings, TrainingExample[] examples)
    {
        // A backbone of its own starts from its embeddings.
        var states = layer > 0 ? cache : null;
        states?.Fill(scorers.Backbone, layer, ExampleRows.Of(examples), LengthBatches.MaxTokens, null, context.Cancellation);
        var trunk = new Trunk(scorers.Backbone, layer, states);
        var steps = new List<long>();
        var fit = new PreferenceFit(parameters, judged, settings with { Shuffle = false }, seed: 0)
        {
            Reward = (rows, seeds) => Scoring.Reward(scorers, trunk, rows, seeds),
            Predict = rows => Prediction.Rewards(scorers, trunk, rows),
            Progress = (_, _) => steps.Add(context.Clock.GetTimestamp()),
            Cancellation = context.Cancellation,
        };
        var plan = new BatchPlan(judged, settings.Batch).Epoch(examples, null);
        if (plan.Count == 0)
        {
            return 0;
        }

        fit.FitSteps(examples, [.. judged.Select(_ => (settings.LearningRates[0], 1 + TimedSteps))]);
        var tokens = Enumerable.Range(1, TimedSteps).Sum(step => plan[step % plan.Count].Batches.Sum(batch => batch.Rows.Sum(row => (long)row.Ids.Length)));
        return context.Clock.GetElapsedTime(steps[0], steps[^1]).TotalSeconds / Math.Max(1, tokens);
    }

    private double WholePass(IReadOnlyList<CategoryParts> parts)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var rows = ExampleRows.Of(parts.SelectMany(category => Sample(category, new PhaseSettings()))).OrderBy(row => row.Ids.Length).ToArray();
        var batch = LengthBatches.Of(rows, LengthBatches.MaxTokens / 2).ToArray()[^1];
        var ids_BT = LengthBatches.PadRight(batch);
        var started = 0L;
        for (var pass = 0; pass < 2; pass++)
        {
            started = context.Clock.GetTimestamp();
            using var passScope = NewDisposeScope();
            _ = context.Backbone.Run(context.Backbone.Embed(ids_BT), 0, context.Backbone.Config.NumLayers);
        }

        return context.Clock.GetElapsedTime(started).TotalSeconds / batch.Sum(row => (long)row.Ids.Length);
    }

    // Enough prompts for a few steps.
    private TrainingExample[] Sample(CategoryParts parts, PhaseSettings settings)
    {
        var wanted = (1 + TimedSteps) * settings.Batch.MostResponses();
        var sample = new List<TrainingExample>();
        foreach (var example in context.Encoder.Encode(parts.Category, parts.Outer.Parts[0]))
        {
            sample.Add(example);
            wanted -= example.Responses.Count;
            if (wanted <= 0)
            {
                break;
            }
        }

        return [.. sample];
    }
}
