using System.CommandLine;
using System.Text.Json;
using Dmoerm.Cli.Terminal;
using Dmoerm.Data;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Cli.Runs;

/// <summary><c>dmoerm train</c>: from a recipe to a judged model.</summary>
internal static class TrainCommand
{
    private static readonly JsonSerializerOptions PlanFormat = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var recipe = new Argument<FileInfo>("RECIPE") { Description = "The recipe: a JSON file that names backbone, categories, data and settings." };
        var output = new Option<DirectoryInfo?>("--out", "-o") { HelpName = "DIR", Description = "The run's folder; by default runs/NAME here, NAME as in the recipe. The model ends up in its folder model/." };
        var from = new Option<DirectoryInfo?>("--from") { HelpName = "MODEL", Description = "Grow from this trained model: keep every unchanged part of it bit for bit, train new categories and capabilities only." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Read everything, say what would be trained on what and about what it takes of memory, disk and time, and train nothing." };
        var json = new Option<bool>("--json") { Description = "Print the report (or plan) as JSON." };
        var verb = new Verb(
            "train",
            "Trains a reward model as a recipe says, and judges it.",
            details: """
            A recipe is a JSON file (comments allowed) that names a backbone folder, the categories with their data files and capabilities, and
            settings where the defaults do not fit; relative paths start at its folder. Where there is no local file, a name of the hub (org/name[@revision],
            for data org/name[@revision][:config/split]) is downloaded; run.json notes its commit, and a run that goes on takes the same. For each category a base learns from preferences, one
            expert per capability from capability labels, an aggregator joins them; a router learns to tell categories apart.
            A run that was stopped or killed goes on from where it was, with the same result; a finished run is not trained again.
            With --from a category of the model stays as it is, file by file, where the recipe trains it as the model was trained, or does not name it (its data
            must be there still: the router learns from all prompts). One that gains capabilities keeps base and experts. Any other change is an error.
            """,
            example: "dmoerm train recipes/debug.json\ndmoerm train recipes/debug.json --dry-run\ndmoerm train more.json --from runs/debug/model")
        { recipe, output, from, dryRun, json };
        verb.SetAction(parsed => Run(
            streams, parsed.GetRequiredValue(recipe).FullName, parsed.GetValue(output)?.FullName, parsed.GetValue(from)?.FullName, parsed.GetValue(dryRun), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(CommandStreams streams, string path, string? output, string? from, bool dryRun, bool json)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"{path}: no such file; a recipe was expected there.");
        }

        var recipe = TrainingRecipe.Read(path);
        var growth = from is null ? null : ModelGrowth.Open(from, recipe, Path.GetDirectoryName(path)!);
        var folder = output ?? Path.GetFullPath(Path.Combine("runs", recipe.Name));
        try
        {
            return Run(streams, recipe, Path.GetDirectoryName(path)!, growth, folder, dryRun, json);
        }
        catch (OperationCanceledException) when (!dryRun)
        {
            streams.Error.WriteLine("No model was written. What is done is kept: the same command goes on from here.");
            throw;
        }
    }

    private static int Run(CommandStreams streams, TrainingRecipe recipe, string recipeFolder, ModelGrowth? growth, string folder, bool dryRun, bool json) =>
        ProgressDisplay.Run(streams, display =>
        {
            void Progress(StageProgress step) => display.Report(step.Stage, 100 * step.Share, 100, step.Detail);
            void FileRead(FileReport file) => display.Line(file.ToString());
            var run = growth is null
                ? new TrainingRun(recipe, recipeFolder, folder) { Progress = Progress, FileRead = FileRead, Warn = display.Line, Hub = () => Downloads.Hub(streams, display), Cancellation = streams.Stopped }
                : new TrainingRun(growth, folder) { Progress = Progress, FileRead = FileRead, Warn = display.Line, Hub = () => Downloads.Hub(streams, display), Cancellation = streams.Stopped };
            return dryRun ? Plan(streams, run.Plan(), json) : Report(streams, run, folder, json);
        });

    private static int Plan(CommandStreams streams, RunPlan plan, bool json)
    {
        if (json)
        {
            streams.Out.WriteLine(JsonSerializer.Serialize(plan, PlanFormat));
            return 0;
        }

        TrainTable.Write(plan, streams.Out);
        return 0;
    }

    private static int Report(CommandStreams streams, TrainingRun run, string folder, bool json)
    {
        var report = run.Run();
        if (json)
        {
            streams.Out.Write(report.ToJson());
        }
        else
        {
            TrainTable.Write(report, streams.Out);
            streams.Out.WriteLine();
            streams.Out.WriteLine($"The report lies in {Path.Combine(folder, TrainingRun.PageName)}");
            streams.Out.WriteLine($"The model lies in {Path.Combine(folder, TrainingRun.ModelName)}");
        }

        return 0;
    }
}
