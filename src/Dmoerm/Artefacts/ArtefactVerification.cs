namespace Dmoerm.Artefacts;

/// <summary>The check that takes time: every byte of an artefact against the hashes of its manifest, then a whole load.</summary>
public static class ArtefactVerification
{
    // Written beside every artefact, and not in the manifests of the first versions.
    private static readonly string[] OldDocuments = ["README.md", "metrics.json"];

    /// <summary>Looks at names and lengths alone.</summary>
    /// <param name="folder">The artefact's folder.</param>
    /// <returns>One fault per file that is missing or of another length, by name; empty where all is well.</returns>
    /// <exception cref="InvalidDataException">There is no manifest, or it makes no sense.</exception>
    public static IReadOnlyList<FileFault> Glance(string folder) => [.. FileFingerprint.Faults(folder, ArtefactFolder.ReadManifest(folder).Files, hashed: -1)];

    /// <summary>Reads everything.</summary>
    /// <param name="folder">The artefact's folder.</param>
    /// <param name="looked">Told each file's name before it is read.</param>
    /// <returns>One fault per file that is missing, changed, unknown or unreadable, by name; empty where all is well.</returns>
    /// <exception cref="InvalidDataException">There is no manifest, or it makes no sense.</exception>
    public static IReadOnlyList<FileFault> Verify(string folder, Action<string>? looked = null)
    {
        var manifest = ArtefactFolder.ReadManifest(folder);
        var files = manifest.Files.Concat(manifest.Documents).ToDictionary();
        List<FileFault> faults = [.. FileFingerprint.Faults(folder, files, looked: looked), .. Unknown(folder, files, manifest.Documents.Count == 0 ? OldDocuments : [])];
        if (faults.Count == 0 && Unreadable(folder, manifest) is { } unreadable)
        {
            faults.Add(unreadable);
        }

        return [.. faults.OrderBy(fault => fault.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<FileFault> Unknown(string folder, Dictionary<string, FileEntry> files, string[] allowed) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .Where(file => file.Name != ArtefactFolder.ManifestName && !files.ContainsKey(file.Name) && !allowed.Contains(file.Name))
            .Select(file => new FileFault(file.Name, "unknown", $"{file.Path} is not part of the artefact: {ArtefactFolder.ManifestName} does not list it."));

    // Right bytes, but a manifest that was edited asks for other shapes, or training itself gave numbers that are none.
    private static FileFault? Unreadable(string folder, ArtefactManifest manifest)
    {
        try
        {
            ArtefactFolder.Load(folder, manifest).Dispose();
            return null;
        }
        catch (InvalidDataException error)
        {
            return new FileFault(ArtefactFolder.ManifestName, "unreadable", error.Message);
        }
    }
}
