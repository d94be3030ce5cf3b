using System.Text.Json.Nodes;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Training;

/// <summary>A run on planted files, inside the test, and what must hold of any model that a run has written.</summary>
internal sealed class TrainedRun : IDisposable
{
    private readonly string _recipePath;

    /// <param name="change">Changes the recipe.</param>
    /// <param name="files">Changes the written files; given their folder.</param>
    public TrainedRun(Action<JsonObject>? change = null, Action<string>? files = null)
    {
        _recipePath = new PlantedFiles(Folder).Write(prompts: 12, recipe =>
        {
            Shorten(recipe);
            recipe["categories"]!.AsObject().Remove("advice");
            change?.Invoke(recipe);
        });
        files?.Invoke(Folder);
        Report = Train();
    }

    public string Folder { get; } = TestFolders.Temporary();

    public string Run => Path.Combine(Folder, "run");

    public string Model => Path.Combine(Run, "model");

    public TrainingReport Report { get; }

    public TrainingRecipe Recipe => TrainingRecipe.Read(_recipePath);

    /// <summary>One short epoch: enough to move every weight.</summary>
    public static void Shorten(JsonObject recipe)
    {
        foreach (var phase in new[] { "base", "experts" })
        {
            recipe[phase]!["training"]!["epochs"] = 1;
        }
    }

    /// <summary>The same run again.</summary>
    public TrainingReport Train(Action<StageProgress>? progress = null) => new TrainingRun(Recipe, Folder, Run) { Progress = progress }.Run();

    /// <summary>The folder's model, loaded anew, gives the rewards that training calibrated on.</summary>
    /// <remarks>Mean, deviation and quantiles were taken in memory, from cached states, before anything was written.</remarks>
    public void AssertReloadsWithTheTrainersRewards()
    {
        using var parts = ArtefactFolder.Read(Model);
        using var model = new RewardModel(parts);
        var resolved = Recipe.Resolve(Folder);
        foreach (var category in parts.Categories)
        {
            var source = resolved.Categories[category.Name];
            var examples = CategoryParts.Cut(resolved, CategoryReader.Read(category.Name, source, source.Data), source).Outer.Parts[1];
            var scored = model.Score(
                [.. examples.SelectMany(example => example.Responses.Select(response => new ScoreRequest(example.Prompt, response.Messages, category.Name)))], new ScoreOptions { Explain = true });
            AssertScale(category.Calibration.Overall, [.. scored.Select(response => response.Raw)]);
            Assert.Equal(0, scored.Average(response => response.Reward), 1e-5);
            for (var expert = 0; expert < category.Model.Capabilities.Count; expert++)
            {
                var scale = category.Calibration.Capabilities[expert];
                AssertScale(scale, [.. scored.Select(response => response.Capabilities![category.Model.Capabilities[expert]].Reward * scale.Deviation + scale.Mean)]);
            }
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void AssertScale(RewardScale scale, double[] raw)
    {
        // In single precision the last digits of a raw reward depend on its size.
        var tolerance = 1e-5 * Math.Max(1, raw.Max(Math.Abs));
        Assert.Equal(scale.Quantiles[0], raw.Min(), tolerance);
        Assert.Equal(scale.Quantiles[100], raw.Max(), tolerance);
        Assert.Equal(scale.Mean, raw.Average(), tolerance);
    }
}
