using System.Text.Json;
using Dmoerm.Artefacts;
using Dmoerm.Data;

namespace Dmoerm.Training.Runs;

/// <summary>A run's folder says in <c>from.json</c> which model the run grows from, so that it is not resumed from another.</summary>
internal static class GrowthNote
{
    private const string Name = "from.json";

    /// <summary>Fails where the folder's run grows from another model, or from none.</summary>
    /// <param name="folder">The run's folder; may be absent.</param>
    /// <param name="model">The folder of the model to grow from; null for none.</param>
    /// <param name="from">Its identity.</param>
    /// <exception cref="InvalidDataException">They do not agree, or the model lies in the run's own folder.</exception>
    public static void Check(string folder, string? model, ModelIdentity? from)
    {
        if (model is not null && IsInside(Path.GetFullPath(model), Path.GetFullPath(folder)))
        {
            throw new InvalidDataException($"The model {model} lies in the folder of this run, {folder}, and a run does not write over what it grows from: choose another folder with --out, or another name in the recipe.");
        }

        // A run that was stopped before it noted anything else may still become either.
        var path = Path.Combine(folder, Name);
        if (!Directory.Exists(folder) || (!File.Exists(path) && Directory.EnumerateFileSystemEntries(folder).All(entry => Path.GetFileName(entry) == "recipe.json" || RunFolder.IsBeforeTheStart(entry))))
        {
            return;
        }

        var noted = File.Exists(path) ? StrictJson.Read<ModelIdentity>(path) : null;
        if (noted != from)
        {
            throw new InvalidDataException($"{folder} holds a run that grows from {Say(noted)}, not from {Say(from)}: choose another folder with --out, or delete this one.");
        }
    }

    /// <summary>Notes the model in a folder that exists.</summary>
    public static void Write(string folder, ModelIdentity? from)
    {
        if (from is not null)
        {
            DurableFile.WriteText(Path.Combine(folder, Name), JsonSerializer.Serialize(from, StrictJson.Options) + "\n");
        }
    }

    private static bool IsInside(string path, string folder) => (path + Path.DirectorySeparatorChar).StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Say(ModelIdentity? from) => from is null ? "no model" : $"the model '{from.Name}' (hash {from.Hash})";
}
