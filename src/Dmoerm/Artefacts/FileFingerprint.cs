using System.Globalization;
using System.IO.Hashing;

namespace Dmoerm.Artefacts;

/// <summary>Size and hash of files, to notice changed ones.</summary>
/// <remarks>
/// Loading must not read gigabytes twice: it looks at the size of every file and at the hash of small ones, which are the files that somebody edits
/// (configuration, tokenizer, template, adapters, router, aggregators). What is left to the full check is a large file of the right size with other numbers in it.
/// </remarks>
internal static class FileFingerprint
{
    /// <summary>Files up to this length are hashed whenever an artefact is loaded: 16 MiB.</summary>
    public const long SmallFile = 1 << 24;

    /// <summary>Measures a file.</summary>
    public static FileEntry Of(string path)
    {
        using var stream = File.OpenRead(path);
        var hash = new XxHash128();
        hash.Append(stream);
        return new FileEntry(stream.Length, hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture));
    }

    /// <summary>Fails unless the files of a folder have the sizes, and the small ones the hashes, that they were written with.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">The files that it should have.</param>
    /// <param name="hashed">The hash of longer files is not looked at.</param>
    /// <exception cref="InvalidDataException">One is missing or changed.</exception>
    public static void Check(string folder, IReadOnlyDictionary<string, FileEntry> files, long hashed = SmallFile)
    {
        if (Faults(folder, files, hashed).FirstOrDefault() is { } fault)
        {
            throw new InvalidDataException(fault.Sentence);
        }
    }

    /// <summary>What is wrong with the files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">The files that it should have.</param>
    /// <param name="hashed">The hash of longer files is not looked at.</param>
    /// <param name="looked">Told each file's name before it is looked at.</param>
    /// <returns>One fault per file, by name.</returns>
    public static IEnumerable<FileFault> Faults(string folder, IReadOnlyDictionary<string, FileEntry> files, long hashed = long.MaxValue, Action<string>? looked = null)
    {
        foreach (var (name, expected) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            looked?.Invoke(name);
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists)
            {
                yield return new FileFault(name, "missing", $"{file.FullName} is missing, though {ArtefactFolder.ManifestName} lists it: the artefact is incomplete; copy or train it again.");
            }
            else if (FileLength.Of(file.FullName) is var length && length != expected.Bytes)
            {
                yield return Changed(file, name, $"expected {expected.Bytes} bytes, found {length}");
            }
            else if (length <= hashed && Of(file.FullName) is var found && found != expected)
            {
                yield return Changed(file, name, $"expected hash {expected.Xxh128}, found {found.Xxh128}");
            }
        }
    }

    private static FileFault Changed(FileInfo file, string name, string how) =>
        new(name, "changed", $"{file.FullName} was changed after the artefact was written: {how}; copy or train it again.");
}

/// <summary>What is wrong with a file of an artefact.</summary>
/// <param name="Name">The file, as the manifest names it.</param>
/// <param name="Fault"><c>missing</c>, <c>changed</c>, <c>unknown</c> or <c>unreadable</c>.</param>
/// <param name="Sentence">The same in a sentence, with the path.</param>
public sealed record FileFault(string Name, string Fault, string Sentence);
