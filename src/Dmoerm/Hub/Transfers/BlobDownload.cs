using System.Globalization;
using System.Net;
using Dmoerm.Hub.Store;

namespace Dmoerm.Hub.Transfers;

/// <summary>Brings a file's bytes into the cache: whole and checked, or not at all. What came before a break is kept, and the next attempt goes on behind it.</summary>
internal sealed class BlobDownload(HubClient client, HubCache cache, HubSettings settings, HubReference reference, Retry retry)
{
    private const int LinuxNoSpace = 28;
    private const int WindowsDiskFull = 112;
    private const int Tries = 2;

    /// <summary>Told in a sentence what a user should know.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Told how many bytes are there.</summary>
    public Action<long>? Progress { get; init; }

    /// <summary>Downloads a file, unless its bytes are there.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="file">With its hash.</param>
    /// <param name="cancellation">Ends the download; the part that came stays.</param>
    /// <exception cref="InvalidDataException">The bytes are not those of the hash, twice.</exception>
    /// <exception cref="IOException">The server cannot be reached or refuses, or the disk is full.</exception>
    public async Task Get(string commit, HubFile file, CancellationToken cancellation)
    {
        var (hash, what) = (file.Hash!, $"{reference}, file {file.Name}");
        cache.MakeBlobFolder();
        using var held = await cache.Lock(hash, () => Warn?.Invoke($"{what}: another process downloads it; waiting for its end."), cancellation).ConfigureAwait(false);
        for (var tried = 1; !File.Exists(cache.Blob(hash)); tried++)
        {
            await retry.Run(() => Append(commit, file, what, cancellation), () => Length(cache.Partial(hash))).ConfigureAwait(false);
            var found = BlobHash.Of(cache.Partial(hash), hash);
            if (found == hash)
            {
                File.Move(cache.Partial(hash), cache.Blob(hash), overwrite: true);
                break;
            }

            File.Delete(cache.Partial(hash));
            var sentence = $"{what}: the bytes that came are not the file's (expected hash {hash}, found {found}); they were deleted.";
            if (tried == Tries)
            {
                throw new InvalidDataException($"{sentence} {Tries} downloads were wrong: {settings.Endpoint}, or something on the way, changes them.");
            }

            Warn?.Invoke($"{sentence} Trying again.");
        }
    }

    private async Task<bool> Append(string commit, HubFile file, string what, CancellationToken cancellation)
    {
        var path = cache.Partial(file.Hash!);
        var start = Length(path);
        if (start == file.Bytes)
        {
            // A file without bytes is whole before anything came, and is made here.
            using var whole = new FileStream(path, FileMode.OpenOrCreate);
            return true;
        }

        using var response = await client.Open(reference, commit, file.Name, start > file.Bytes ? 0 : start, cancellation).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            File.Delete(path);
            throw new PassingFault($"{what}: the part in the cache is no part of the file; it was deleted.") { Wait = TimeSpan.Zero };
        }

        // A server that does not know ranges sends all of it.
        start = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == start ? start : 0;
        if (start == 0 && response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From != 0)
        {
            throw new IOException($"{what}: {settings.Endpoint} sends another range than was asked for.");
        }

        await Write(response, path, start, file, what, cancellation).ConfigureAwait(false);
        return file.Bytes is not { } bytes || Length(path) >= bytes
            ? true
            : throw new PassingFault(string.Create(CultureInfo.InvariantCulture, $"{what}: the connection ended after {Length(path)} of {bytes} bytes."));
    }

    private async Task Write(HttpResponseMessage response, string path, long start, HubFile file, string what, CancellationToken cancellation)
    {
        using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.SetLength(start);
        stream.Position = start;
        var done = start;
        // One byte more than the file has shows that these are other bytes, and no more need be taken.
        var most = file.Bytes is { } bytes ? bytes - start + 1 : long.MaxValue;
        await client.Copy(response, Take, most, what, cancellation).ConfigureAwait(false);
        stream.Flush(flushToDisk: true);

        void Take(ReadOnlySpan<byte> part)
        {
            try
            {
                stream.Write(part);
            }
            catch (IOException error) when ((error.HResult & 0xFFFF) is LinuxNoSpace or WindowsDiskFull)
            {
                throw new IOException($"{what}: the disk of {settings.Cache} is full; what came is kept: make room, and the same command goes on.", error);
            }

            done += part.Length;
            Progress?.Invoke(done);
        }
    }

    private static long Length(string path) => File.Exists(path) ? FileLength.Of(path) : 0;
}
