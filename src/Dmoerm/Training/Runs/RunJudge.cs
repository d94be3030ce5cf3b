using Dmoerm.Artefacts;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Evaluation;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Runs;

/// <summary>Judges the written model, and the baselines beside it, on comparisons that nothing has learnt from.</summary>
/// <remarks>Test files are judged here, once, after every weight, temperature and threshold is fixed. The model is loaded from disk and takes the path that serving takes.</remarks>
/// <param name="context">What the run shares.</param>
/// <param name="recipe">The recipe with absolute paths.</param>
/// <param name="parts">The trained model; its router and backbone serve the baselines too.</param>
/// <param name="categories">The categories' preparation.</param>
internal sealed class RunJudge(TrainingContext context, TrainingRecipe recipe, ArtefactParts parts, IReadOnlyList<(string Name, CategoryTraining Training)> categories)
{
    private const string OwnName = "DMoERM";

    /// <summary>Told how far the evaluation is.</summary>
    public Action<StageProgress>? Progress { get; init; }

    /// <summary>Judges all methods on the same comparisons.</summary>
    /// <param name="folder">The written model.</param>
    /// <param name="baselines">Name and scorers per category.</param>
    /// <exception cref="InvalidDataException">The written model does not say what the one in memory says.</exception>
    public JudgedRun Judge(string folder, IReadOnlyList<(string Name, IReadOnlyList<TrainedBase> Scorers)> baselines)
    {
        var untested = recipe.Categories.Where(category => category.Value.Test.Count == 0).Select(category => category.Key).ToArray();
        TrainingExample[] encoded = [.. categories.SelectMany(category => ExamplesOf(category.Name, category.Training))];
        PreferenceExample[] examples = [.. encoded.Select(example => example.Source!)];
        Judgement own;
        using (var read = ArtefactFolder.Read(folder))
        {
            ArtefactRoundTrip.Check(parts, read, [.. categories.Select(category => RowsOf(category.Training))], folder);
            own = Evaluate(OwnName, new RewardModel(read), examples);
        }

        if (baselines.Count > 0)
        {
            context.Cache?.Fill(context.Backbone, context.Trunk.Layer, ExampleRows.Of(encoded), LengthBatches.MaxTokens, share => Progress?.Invoke(new StageProgress("trunk states for the baselines", share)), context.Cancellation);
        }

        var methods = baselines.Select(baseline => (baseline.Name, Evaluate(baseline.Name, Model(baseline.Scorers), examples) with { HasTemperatures = false })).Append((OwnName, own));
        return new JudgedRun(
            untested.Length == 0 ? "test" : "validation, optimistic",
            [.. methods],
            untested.Length == 0 ? own.Notes : [.. own.Notes, $"No test files for {string.Join(", ", untested)}: measured on validation units, which stopped the fits, so the figures are optimistic."],
            recipe.Report.Texts ? MistakesSection.Find(own.Overall, examples) : []);
    }

    private static IReadOnlyList<EncodedConversation> RowsOf(CategoryTraining training) => [.. ExampleRows.Of(training.Validation).Take(ArtefactRoundTrip.Rows)];

    private IReadOnlyList<TrainingExample> ExamplesOf(string name, CategoryTraining training)
    {
        var source = recipe.Categories[name];
        return source.Test.Count == 0
            ? training.Validation
            : context.Encoder.Encode(name, RunData.ReadTest(recipe, name).Examples);
    }

    private Judgement Evaluate(string name, RewardModel model, PreferenceExample[] examples) =>
        new Evaluator(model) { Progress = (stage, done, total) => Report($"{name}: {stage}", (double)done / Math.Max(1, total)) }.Evaluate(examples);

    private void Report(string stage, double share)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        Progress?.Invoke(new StageProgress(stage, share));
    }

    // Baselines are judged by the model's own path; only the trunk's states are kept between them.
    private RewardModel Model(IReadOnlyList<TrainedBase> scorers) => new(parts with
    {
        Categories = [.. categories.Select((category, index) => Baselines.Serve(category.Name, recipe.Categories[category.Name], scorers[index]))],
        // Where categories render differently, some rows are read in two ways, and the cache holds one.
        KeptTrunk = context.Encoder.IsMixed ? null : (context.Trunk.Layer, States),
    });

    private Tensor States(IReadOnlyList<EncodedConversation> rows) => context.Trunk.Run(rows).Hidden_1BTD;
}

/// <summary>Judgements of all methods.</summary>
/// <param name="MeasuredOn">What the comparisons are.</param>
/// <param name="Methods">Weakest first; the trained model is the last.</param>
/// <param name="Notes">What a reader should know.</param>
/// <param name="Mistakes">Comparisons to be shown with their texts, where the recipe asks for them.</param>
internal sealed record JudgedRun(string MeasuredOn, IReadOnlyList<(string Name, Judgement Judgement)> Methods, IReadOnlyList<string> Notes, IReadOnlyList<Mistake> Mistakes);
