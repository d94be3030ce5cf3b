using System.Text.Json;
using Dmoerm.Artefacts;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Runs;

/// <summary>The folder of one run: its recipe, its cache, its report, and the model once it is whole.</summary>
/// <param name="path">The folder.</param>
internal sealed class RunFolder(string path)
{
    /// <summary>The report inside the model's folder, without times.</summary>
    public const string MetricsName = "metrics.json";

    private const string RecipeName = "recipe.json";
    private const string ReportName = "report.json";

    private string Model => Path.Combine(path, TrainingRun.ModelName);

    /// <summary>The report of a finished run of the same recipe; null where there is none.</summary>
    /// <param name="recipe">The recipe as its file gives it.</param>
    /// <param name="resolved">The same with absolute paths.</param>
    /// <exception cref="InvalidDataException">The folder holds a run of another recipe or of other data, or something else.</exception>
    public TrainingReport? Finished(TrainingRecipe recipe, TrainingRecipe resolved)
    {
        var known = Path.Combine(path, RecipeName);
        if (File.Exists(known) && File.ReadAllText(known) != recipe.ToJson())
        {
            throw new InvalidDataException($"{path} holds a run of another recipe (see {known}): choose another folder with --out, or delete this one.");
        }

        if (!File.Exists(known) && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new InvalidDataException($"{path} holds something that is no run (no {RecipeName}): choose another folder with --out.");
        }

        if (!Directory.Exists(Model))
        {
            return null;
        }

        return ArtefactFolder.ReadManifest(Model).DataHash == RunData.HashOf(resolved)
            ? ReadReport()
            : throw new InvalidDataException($"{path} holds a run of this recipe on other data: choose another folder with --out, or delete this one.");
    }

    /// <summary>Notes the recipe.</summary>
    public void Start(TrainingRecipe recipe)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, RecipeName), recipe.ToJson());
    }

    /// <summary>Where the model is written before it is whole.</summary>
    public string Partial() => Model + ".partial";

    /// <summary>Notes the report, as data and as a page, and puts the whole model in its place.</summary>
    public void Finish(string partial, TrainingReport report, string page)
    {
        File.WriteAllText(Path.Combine(partial, MetricsName), report.Timeless().ToJson());
        new ArtefactWriter(partial).NoteDocuments();
        File.WriteAllText(Path.Combine(path, ReportName), report.ToJson());
        File.WriteAllText(Path.Combine(path, TrainingPage.Name), page);
        Directory.Move(partial, Model);
    }

    // A model that was copied here alone has its own report, without times.
    private TrainingReport ReadReport()
    {
        var report = new[] { Path.Combine(path, ReportName), Path.Combine(Model, MetricsName) }.FirstOrDefault(File.Exists)
            ?? throw new InvalidDataException($"{path} holds a model without a report ({ReportName}): choose another folder with --out, or delete this one.");
        try
        {
            return TrainingReport.FromJson(File.ReadAllText(report));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{report}: expected a run's report, came broken JSON: {error.Message}", error);
        }
    }
}
