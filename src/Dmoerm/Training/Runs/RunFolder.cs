using System.Text.Json;
using Dmoerm.Artefacts;
using Dmoerm.Data;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Starts;

namespace Dmoerm.Training.Runs;

/// <summary>The folder of one run: its recipe, its cache, its report, and the model once it is whole.</summary>
/// <param name="path">The folder.</param>
internal sealed class RunFolder(string path)
{
    /// <summary>The report inside the model's folder, without times.</summary>
    public const string MetricsName = "metrics.json";

    private const string RecipeName = "recipe.json";
    private const string RecordName = "run.json";
    private const string CacheName = "cache";
    private const string StagesName = "stages";
    private const string ReportName = "report.json";

    /// <summary>The folder of trunk states.</summary>
    public string Cache => Path.Combine(path, CacheName);

    /// <summary>The folder of what stages gave.</summary>
    public string Stages => Path.Combine(path, StagesName);

    private string Model => Path.Combine(path, TrainingRun.ModelName);

    /// <summary>The report of a finished run of the same recipe; null where there is none.</summary>
    /// <param name="recipe">The recipe as its file gives it.</param>
    /// <param name="resolved">Gives the same with absolute paths; asked only where there is a model to compare with.</param>
    /// <exception cref="InvalidDataException">The folder holds a run of another recipe or of other data, or something else.</exception>
    public TrainingReport? Finished(TrainingRecipe recipe, Func<TrainingRecipe> resolved)
    {
        var known = Path.Combine(path, RecipeName);
        if (File.Exists(known) && File.ReadAllText(known) != recipe.ToJson())
        {
            throw new InvalidDataException($"{path} holds a run of another recipe (see {known}): choose another folder with --out, or delete this one.");
        }

        if (!File.Exists(known) && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsBeforeTheStart(entry)))
        {
            throw new InvalidDataException($"{path} holds something that is no run (no {RecipeName}): choose another folder with --out.");
        }

        if (!Directory.Exists(Model))
        {
            return null;
        }

        return ArtefactFolder.ReadManifest(Model).DataHash == RunData.HashOf(resolved())
            ? ReadReport()
            : throw new InvalidDataException($"{path} holds a run of this recipe on other data: choose another folder with --out, or delete this one.");
    }

    /// <summary>The run is finished.</summary>
    public bool HasModel => Directory.Exists(Model);

    /// <summary>What the run was started with; null where it was not.</summary>
    /// <exception cref="InvalidDataException">The record is broken.</exception>
    public RunRecord? Record() => Path.Combine(path, RecordName) is var record && File.Exists(record) ? StrictJson.Read<RunRecord>(record) : null;

    /// <summary>Bytes of all files that are there.</summary>
    public long Bytes() => Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;

    /// <summary>Deletes caches and stages.</summary>
    /// <returns>Bytes that their files had.</returns>
    /// <exception cref="InvalidDataException">The folder is no run.</exception>
    /// <exception cref="IOException">A process trains in it.</exception>
    public long Clean()
    {
        if (!File.Exists(Path.Combine(path, RecipeName)))
        {
            throw new InvalidDataException($"{path} is no run: expected a folder with {RecipeName}, as `dmoerm train` makes it.");
        }

        using var taken = RunLock.Take(path);
        var bytes = 0L;
        foreach (var folder in new[] { Cache, Stages }.Where(Directory.Exists))
        {
            bytes += new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            DurableFile.DeleteFolder(folder);
        }

        return bytes;
    }

    /// <summary>Notes the recipe, and what the machine decides, unless an earlier process has.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="now">What this process would start with.</param>
    /// <returns>What the run goes by.</returns>
    /// <exception cref="InvalidDataException">The run cannot go on here.</exception>
    public RunRecord Start(TrainingRecipe recipe, RunRecord now)
    {
        var (recipePath, recordPath) = (Path.Combine(path, RecipeName), Path.Combine(path, RecordName));
        var known = Record();
        var record = known?.GoOn(now, path) ?? now;
        if (known != record)
        {
            DurableFile.WriteText(recordPath, JsonSerializer.Serialize(record, StrictJson.Options) + "\n");
        }

        // The last of the two: a folder with a recipe has a record.
        if (!File.Exists(recipePath))
        {
            DurableFile.WriteText(recipePath, recipe.ToJson());
        }

        return record;
    }

    /// <summary>Where the model is written before it is whole.</summary>
    public string PartialModel() => Model + DurableFile.Partial;

    /// <summary>Notes the report, as data and as a page, and puts the whole model in its place.</summary>
    public void Finish(string partial, TrainingReport report, string page)
    {
        DurableFile.WriteText(Path.Combine(partial, MetricsName), report.Timeless().ToJson());
        new ArtefactWriter(partial).NoteDocuments();
        DurableFile.WriteText(Path.Combine(path, ReportName), report.ToJson());
        DurableFile.WriteText(Path.Combine(path, TrainingPage.Name), page);
        DurableFile.MoveFolder(partial, Model);
    }

    // What a process that was killed before it could note the recipe leaves.
    internal static bool IsBeforeTheStart(string entry) => Path.GetFileName(entry) is RunLock.Name or RecordName || entry.EndsWith(DurableFile.Partial, StringComparison.Ordinal);

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
