namespace Dmoerm.Hub;

/// <summary>Files of a repository at one commit, on this machine.</summary>
/// <param name="Source">Which files.</param>
/// <param name="Folder">The folder that holds them under their names.</param>
public sealed record HubSnapshot(HubSource Source, string Folder)
{
    /// <summary>The files' paths, in the order in which they are read.</summary>
    public IReadOnlyList<string> Paths => [.. Source.Files.Select(file => Path.Combine(Folder, file.Path))];
}

/// <summary>What a name of the hub stood for: enough to get the same bytes again.</summary>
/// <param name="Kind">Model or data.</param>
/// <param name="Name">The name as it was given.</param>
/// <param name="Commit">The commit that its revision was: 40 hexadecimal digits.</param>
/// <param name="Files">The files that were used.</param>
public sealed record HubSource(HubKind Kind, string Name, string Commit, IReadOnlyList<HubSourceFile> Files);

/// <summary>A file of a commit.</summary>
/// <param name="Path">Its name in the repository.</param>
/// <param name="Hash">SHA-256 of its bytes (64 digits), or, of small files, the name that git gives them: SHA-1 over a header and the bytes (40 digits).</param>
public sealed record HubSourceFile(string Path, string Hash);

/// <summary>How far a download is.</summary>
/// <param name="Name">What is fetched.</param>
/// <param name="File">The file that is on its way.</param>
/// <param name="Done">Bytes of all files that are there.</param>
/// <param name="Total">Bytes of all files.</param>
public readonly record struct HubProgress(string Name, string File, long Done, long Total);
