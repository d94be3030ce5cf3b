namespace Dmoerm.Hub.Transfers;

/// <summary>A file as a listing has it.</summary>
/// <param name="Name">Its path in the repository.</param>
/// <param name="GitId">SHA-1 that git names its content by, or, of a large file, that of its pointer; null where the listing does not say.</param>
/// <param name="Sha256">SHA-256 of a large file's bytes; null for small files.</param>
/// <param name="Bytes">Its length; null where the listing does not say.</param>
internal sealed record HubFile(string Name, string? GitId = null, string? Sha256 = null, long? Bytes = null)
{
    /// <summary>More than any file has; the lengths of all files of a listing can be added up.</summary>
    private const long MostBytes = 1L << 46;

    /// <summary>What its bytes are checked by, and their name in the cache; null while it is not known.</summary>
    public string? Hash => Sha256 ?? GitId;

    /// <summary>Whether a file can have so many bytes.</summary>
    public static bool IsLength(long? bytes) => bytes is >= 0 and <= MostBytes;
}

/// <summary>The files of a repository at a commit.</summary>
/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Files">All files.</param>
/// <param name="IsWhole">False where the files are those that happen to be in the cache.</param>
internal sealed record HubListing(string Commit, IReadOnlyList<HubFile> Files, bool IsWhole = true)
{
    /// <summary>Fails on names that would leave the folder they are put into.</summary>
    /// <param name="reference">The repository.</param>
    /// <exception cref="InvalidDataException">One does.</exception>
    public HubListing Checked(HubReference reference) => Files.FirstOrDefault(file => !IsSafe(file.Name)) is { } unsafeFile
        ? throw new InvalidDataException($"{reference}: its listing names the file '{Printable(unsafeFile.Name)}', which would not stay inside its folder: refused.")
        : this;

    private static bool IsSafe(string name) =>
        name.Length > 0 && name.IndexOfAny(['\\', ':']) < 0 && !name.Any(char.IsControl) && name.Split('/').All(part => part is not ("" or "." or ".."));

    private static string Printable(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));
}
