namespace Dmoerm;

/// <summary>How long files are, links followed: <see cref="FileInfo.Length"/> gives the length of the link itself.</summary>
/// <remarks>At the library's root because several stages ask; it knows none of them.</remarks>
internal static class FileLength
{
    /// <summary>Bytes of a file.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static long Of(string path)
    {
        using var file = File.OpenHandle(path);
        return RandomAccess.GetLength(file);
    }
}
