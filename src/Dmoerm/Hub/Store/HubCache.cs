using System.Security.Cryptography;
using Dmoerm.Hub.Transfers;

namespace Dmoerm.Hub.Store;

/// <summary>A repository's folder in the cache that this library shares with Python's.</summary>
/// <remarks>
/// <c>blobs/HASH</c> holds the bytes, <c>snapshots/COMMIT/NAME</c> is a relative link to them, <c>refs/REVISION</c> holds a commit, and locks lie in the cache's own <c>.locks</c>.
/// Source: the hub's documentation of the layout (hub-docs, docs/hub/local-cache.md). A link that leads out of the cache is not followed.
/// </remarks>
/// <param name="root">The cache's folder.</param>
/// <param name="reference">The repository.</param>
internal sealed class HubCache(string root, HubReference reference)
{
    private const string Unfinished = ".incomplete";

    private readonly string _name = $"{(reference.Kind == HubKind.Model ? "models" : "datasets")}--{reference.Id.Replace("/", "--", StringComparison.Ordinal)}";

    private string Folder => Path.Combine(root, _name);

    /// <summary>The folder of a commit's files.</summary>
    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    /// <summary>Where a file's bytes are.</summary>
    public string Blob(string hash) => Path.Combine(Folder, "blobs", hash);

    /// <summary>Where they gather until they are whole.</summary>
    public string Partial(string hash) => Blob(hash) + Unfinished;

    /// <summary>Makes the folder that bytes lie in.</summary>
    /// <exception cref="InvalidDataException">A link on the way leads out of the cache.</exception>
    public void MakeBlobFolder() => MakeFolder(Path.Combine(Folder, "blobs"));

    /// <summary>Takes a file's lock.</summary>
    public Task<BlobLock> Lock(string hash, Action waiting, CancellationToken cancellation) =>
        BlobLock.Take(Path.Combine(root, ".locks", _name, hash + ".lock"), waiting, cancellation);

    /// <summary>The commit that a revision was when it was last asked for; null where the cache does not know.</summary>
    public string? CommitOf(string revision)
    {
        if (HubReference.IsCommit(revision))
        {
            return revision;
        }

        var path = Ref(revision);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && HubReference.IsCommit(commit) ? commit : null;
    }

    /// <summary>Notes what a revision is.</summary>
    public void NoteCommit(string revision, string commit)
    {
        if (revision != commit && CommitOf(revision) != commit)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Ref(revision))!);
            DurableFile.WriteText(Ref(revision), commit);
        }
    }

    /// <summary>Notes a commit's listing.</summary>
    public void NoteListing(HubListing listing) => TreeFile.Write(Tree(listing.Commit), listing);

    /// <summary>The files of a commit as the cache knows them; null where it has nothing of it.</summary>
    public HubListing? Listing(string commit)
    {
        var folder = Snapshot(commit);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        return TreeFile.Read(Tree(commit)) is { } whole
            ? new HubListing(commit, whole)
            : new HubListing(commit, [.. Names(folder, "").Order(StringComparer.Ordinal).Select(name => new HubFile(name))], IsWhole: false);
    }

    /// <summary>The hash of a commit's file that is there; null where it is not.</summary>
    /// <remarks>Small files are hashed each time: people edit them in place, and would be told of bytes that are not read. Of large ones the length alone is compared.</remarks>
    /// <param name="commit">The commit.</param>
    /// <param name="name">The file.</param>
    /// <param name="bytes">Its length; null where that is not known.</param>
    /// <exception cref="InvalidDataException">It is a link that leads out of the cache, or its bytes are others than the hub's.</exception>
    public string? Find(string commit, string name, long? bytes = null)
    {
        var path = Path.Combine(Snapshot(commit), name);
        if (!Path.Exists(path))
        {
            return null;
        }

        if (!RealPath.IsInside(path, root))
        {
            throw new InvalidDataException($"{path}: a link that leads out of the cache {root}, to {RealPath.Of(path)}: refused. Delete it to have the file downloaded.");
        }

        var real = RealPath.Of(path);
        if (!File.Exists(real))
        {
            return null;
        }

        if (bytes is { } expected && FileLength.Of(real) is var found && found != expected)
        {
            throw Changed(name, real, $"has {found} bytes, expected {expected}");
        }

        var hash = Path.GetFileName(real);
        return !BlobHash.IsOne(hash) ? Sha256Of(real)
            : hash.Length == BlobHash.LargeLength || BlobHash.Of(real, hash) == hash ? hash
            : throw Changed(name, real, "holds other bytes than the hash that it is named by");
    }

    /// <summary>Makes a commit's file of bytes that are there.</summary>
    public void Link(string commit, string name, string hash)
    {
        var path = Path.Combine(Snapshot(commit), name);
        var folder = Path.GetDirectoryName(path)!;
        MakeFolder(folder);
        File.Delete(path);
        try
        {
            File.CreateSymbolicLink(path, Path.GetRelativePath(folder, Blob(hash)));
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            // Windows grants links to few; the layout then keeps the bytes here, as a file.
            File.Copy(Blob(hash), path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster.
        }
    }

    private InvalidDataException Changed(string name, string path, string problem) =>
        new($"{reference}, file {name}: {path} {problem}: it was cut or changed. Delete it to have the file downloaded; to use it as it is, name a copy by its path.");

    private void MakeFolder(string folder)
    {
        if (!RealPath.IsInside(folder, root))
        {
            throw new InvalidDataException($"{folder}: a link that leads out of the cache {root}: refused.");
        }

        Directory.CreateDirectory(folder);
    }

    private static string Sha256Of(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    // Links to folders are no part of the layout and are not walked into.
    private static IEnumerable<string> Names(string folder, string prefix) =>
        Directory.EnumerateFiles(folder).Select(path => prefix + Path.GetFileName(path))
            .Concat(Directory.EnumerateDirectories(folder).Where(path => new DirectoryInfo(path).LinkTarget is null).SelectMany(path => Names(path, $"{prefix}{Path.GetFileName(path)}/")));

    private string Ref(string revision) => Path.Combine(Folder, "refs", revision);

    private string Tree(string commit) => Path.Combine(Folder, "trees", commit + ".json");
}
