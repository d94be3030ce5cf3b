using System.Globalization;
using System.IO.Hashing;

namespace Dmoerm.Artefacts;

/// <summary>Size and hash of files, to notice changed ones.</summary>
internal static class FileFingerprint
{
    /// <summary>Measures a file.</summary>
    public static FileEntry Of(string path)
    {
        using var stream = File.OpenRead(path);
        var hash = new XxHash128();
        hash.Append(stream);
        return new FileEntry(stream.Length, hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture));
    }

    /// <summary>Fails unless the files of a folder are as they were written.</summary>
    /// <exception cref="InvalidDataException">One is missing or changed.</exception>
    public static void Check(string folder, IReadOnlyDictionary<string, FileEntry> files)
    {
        foreach (var (name, expected) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                throw new InvalidDataException($"{path} is missing, though {ArtefactFolder.ManifestName} lists it: the artefact is incomplete.");
            }

            var found = Of(path);
            if (found != expected)
            {
                throw new InvalidDataException($"{path} was changed after the artefact was written: expected {expected.Bytes} bytes with hash {expected.Xxh128}, found {found.Bytes} bytes with hash {found.Xxh128}.");
            }
        }
    }
}
