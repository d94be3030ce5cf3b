using System.Globalization;
using Dmoerm.Hub.Choices;
using Dmoerm.Hub.Store;
using Dmoerm.Hub.Transfers;

namespace Dmoerm.Hub;

/// <summary>Models and data of the hub by name: what is needed of them is downloaded, checked, and kept in the cache that Python's huggingface_hub uses too.</summary>
/// <remarks>
/// A listing is asked for each time, so that a branch is what it is today; files that the cache has are used without a request. In offline mode nothing is asked, and a branch is what it was
/// when it was last asked for.
/// </remarks>
/// <param name="settings">Where the hub and the cache are.</param>
public sealed class HubDownload(HubSettings settings)
{
    private const string Card = "README.md";
    private const long LongestCard = 1 << 24;

    /// <summary>Told how far a download is.</summary>
    public Action<HubProgress>? Progress { get; init; }

    /// <summary>Told in a sentence what a user should know, such as that a connection broke and is tried again.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Ends downloads; the part of a file that came is kept.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Gets a repository's files; waits for them.</summary>
    /// <param name="reference">The name.</param>
    /// <exception cref="IOException">The server cannot be reached or has nothing of the name, the disk is full, or, in offline mode, the cache has it not.</exception>
    /// <exception cref="UnauthorizedAccessException">It is private or gated.</exception>
    /// <exception cref="InvalidDataException">It holds nothing that can be read, several parts without a choice, or other bytes than it says.</exception>
    public HubSnapshot Get(HubReference reference) => GetAsync(reference).GetAwaiter().GetResult();

    /// <summary>Gets the files of a commit again; asks no server where they are all in the cache.</summary>
    /// <param name="source">What <see cref="Get(HubReference)"/> gave.</param>
    public HubSnapshot Get(HubSource source)
    {
        var reference = (source.Kind == HubKind.Model ? HubReference.Model(source.Name) : HubReference.Data(source.Name))
            ?? throw new InvalidDataException($"'{source.Name}' is no name of the hub.");
        var cache = new HubCache(settings.Cache, reference);
        var known = cache.Listing(source.Commit)?.Files.DistinctBy(file => file.Name).ToDictionary(file => file.Name, file => file.Bytes) ?? [];
        if (source.Files.All(file => cache.Find(source.Commit, file.Path, known.GetValueOrDefault(file.Path)) == file.Hash))
        {
            return new HubSnapshot(source, cache.Snapshot(source.Commit));
        }

        var found = Get(reference.At(source.Commit));
        return found.Source.Files.SequenceEqual(source.Files)
            ? found with { Source = source }
            : throw new InvalidDataException($"{reference.At(source.Commit)}: its files are others than those that were used before, though the commit is the same.");
    }

    /// <summary>The same without waiting.</summary>
    public async Task<HubSnapshot> GetAsync(HubReference reference)
    {
        var cache = new HubCache(settings.Cache, reference);
        using var client = new HubClient(settings);
        var retry = new Retry(settings, Warn, Cancellation);
        var listing = settings.Offline ? Cached(reference, cache) : await retry.Run(() => client.List(reference, Cancellation)).ConfigureAwait(false);
        var transfer = new Transfer(reference, listing, cache, client, retry);
        IReadOnlyList<HubFile> files = reference.Kind == HubKind.Model ? ModelFiles.Choose(reference, listing) : await DataFiles(transfer).ConfigureAwait(false);
        var brought = await Bring(transfer, files).ConfigureAwait(false);
        if (!settings.Offline)
        {
            cache.NoteListing(listing);
            cache.NoteCommit(reference.Wanted, listing.Commit);
        }

        return new HubSnapshot(new HubSource(reference.Kind, $"{reference}", listing.Commit, brought), cache.Snapshot(listing.Commit));
    }

    private HubListing Cached(HubReference reference, HubCache cache) =>
        cache.CommitOf(reference.Wanted) is { } commit && cache.Listing(commit) is { } listing
            ? listing.Checked(reference)
            : throw new IOException($"{reference}: not in the cache {settings.Cache}, and offline mode (HF_HUB_OFFLINE) asks no server.");

    private async Task<IReadOnlyList<HubFile>> DataFiles(Transfer transfer)
    {
        var (reference, listing) = (transfer.Reference, transfer.Listing);
        IReadOnlyList<CardConfig> configs = [];
        if (listing.Files.FirstOrDefault(file => file.Name == Card) is { } card)
        {
            await Bring(transfer, [card]).ConfigureAwait(false);
            var path = Path.Combine(transfer.Cache.Snapshot(listing.Commit), Card);
            configs = FileLength.Of(path) <= LongestCard
                ? DataCard.Configs(await File.ReadAllTextAsync(path, Cancellation).ConfigureAwait(false), $"{reference}, {Card}")
                : throw new InvalidDataException($"{reference}: its {Card} is longer than {LongestCard} bytes: refused.");
        }

        var part = DataParts.Choose(reference, [.. listing.Files.Select(file => file.Name)], configs);
        var known = listing.Files.DistinctBy(file => file.Name).ToDictionary(file => file.Name);
        return [.. part.Files.Select(name => known[name])];
    }

    // The files with their hashes, each of which may take a reading of its bytes.
    private async Task<HubSourceFile[]> Bring(Transfer transfer, IReadOnlyList<HubFile> files)
    {
        var (reference, listing, cache) = (transfer.Reference, transfer.Listing, transfer.Cache);
        var hashes = files.DistinctBy(file => file.Name).ToDictionary(file => file.Name, file => cache.Find(listing.Commit, file.Name, file.Bytes));
        var missing = await Described(transfer, [.. files.Where(file => hashes[file.Name] is null)]).ConfigureAwait(false);
        CheckRoom(reference, cache, missing);
        var (done, told, total) = (0L, -1L, missing.Sum(file => file.Bytes ?? 0));
        foreach (var file in missing)
        {
            var before = done;
            var download = new BlobDownload(transfer.Client, cache, settings, reference, transfer.Retry)
            {
                Warn = Warn,
                Progress = bytes => Tell(file, before + bytes),
            };
            await download.Get(listing.Commit, file, Cancellation).ConfigureAwait(false);
            cache.Link(listing.Commit, file.Name, file.Hash!);
            // Bytes that another program left under the hash were not downloaded, so not checked either.
            hashes[file.Name] = cache.Find(listing.Commit, file.Name, file.Bytes);
            done += file.Bytes ?? 0;
            Tell(file, done);
        }

        return [.. files.Select(file => new HubSourceFile(file.Name, hashes[file.Name]!))];

        void Tell(HubFile file, long bytes)
        {
            if (bytes != told)
            {
                told = bytes;
                Progress?.Invoke(new HubProgress($"{reference}", file.Name, bytes, total));
            }
        }
    }

    // What the cache lacks, with hash and length.
    private async Task<HubFile[]> Described(Transfer transfer, HubFile[] missing)
    {
        var reference = transfer.Reference;
        if (missing.Length > 0 && settings.Offline)
        {
            throw new IOException($"{reference}: {missing[0].Name}{(missing.Length > 1 ? $" and {missing.Length - 1} more files are" : " is")} not in the cache {settings.Cache}, and offline mode (HF_HUB_OFFLINE) asks no server.");
        }

        for (var index = 0; index < missing.Length; index++)
        {
            var file = missing[index];
            missing[index] = file is { Hash: not null, Bytes: not null } ? file : await transfer.Retry.Run(() => transfer.Client.Describe(reference, transfer.Listing.Commit, file, Cancellation)).ConfigureAwait(false);
        }

        return missing;
    }

    private void CheckRoom(HubReference reference, HubCache cache, IReadOnlyList<HubFile> missing)
    {
        var needed = missing.DistinctBy(file => file.Hash).Where(file => !File.Exists(cache.Blob(file.Hash!)))
            .Sum(file => (file.Bytes ?? 0) - (File.Exists(cache.Partial(file.Hash!)) ? FileLength.Of(cache.Partial(file.Hash!)) : 0));
        if (needed <= 0)
        {
            return;
        }

        Directory.CreateDirectory(settings.Cache);
        if (settings.FreeBytes(settings.Cache) is var free && needed > free)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{reference}: needs {needed / 1e6:0.#} MB, and the disk of {settings.Cache} has {free / 1e6:0.#} MB left: make room, or name another place in HF_HUB_CACHE."));
        }
    }

    private sealed record Transfer(HubReference Reference, HubListing Listing, HubCache Cache, HubClient Client, Retry Retry);
}
