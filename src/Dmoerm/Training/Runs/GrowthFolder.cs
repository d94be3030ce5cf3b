using Dmoerm.Artefacts;

namespace Dmoerm.Training.Runs;

/// <summary>Whether a folder can hold a run that grows from a model: its record names that model, so that a run is not resumed from another.</summary>
internal static class GrowthFolder
{
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

        if (new RunFolder(folder).Record() is { } record && record.From != from)
        {
            throw new InvalidDataException($"{folder} holds a run that grows from {Say(record.From)}, not from {Say(from)}: choose another folder with --out, or delete this one.");
        }
    }

    private static bool IsInside(string path, string folder) =>
        (Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar).StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Say(ModelIdentity? from) => from is null ? "no model" : $"the model '{from.Name}' (hash {from.Hash})";
}
