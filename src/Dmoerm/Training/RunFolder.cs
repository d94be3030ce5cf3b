namespace Dmoerm.Training;

/// <summary>The folder of one run: its recipe, its cache, and the model once it is whole.</summary>
/// <param name="path">The folder.</param>
internal sealed class RunFolder(string path)
{
    /// <summary>The report inside the model's folder.</summary>
    public const string MetricsName = "metrics.json";

    private const string RecipeName = "recipe.json";

    private string Model => Path.Combine(path, TrainingRun.ModelName);

    /// <summary>The report of a finished run of the same recipe; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The folder holds a run of another recipe.</exception>
    public TrainingReport? Finished(TrainingRecipe recipe)
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

        return Directory.Exists(Model) ? TrainingReport.FromJson(File.ReadAllText(Path.Combine(Model, MetricsName))) : null;
    }

    /// <summary>Notes the recipe.</summary>
    public void Start(TrainingRecipe recipe)
    {
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, RecipeName), recipe.ToJson());
    }

    /// <summary>Where the model is written before it is whole.</summary>
    public string Partial() => Model + ".partial";

    /// <summary>Puts the whole model in its place.</summary>
    public void Finish(string partial) => Directory.Move(partial, Model);
}
