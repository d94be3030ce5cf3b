using System.Text.Json;

namespace Dmoerm.Hub.Transfers;

/// <summary>Reads the listing of a repository, as the hub's API answers it.</summary>
internal static class ListingJson
{
    // From here on siblings of a listing are not all of them; huggingface_hub, _snapshot_download.py.
    private const int MostFiles = 50_000;

    /// <summary>The files, each with what the listing says of its bytes.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="reference">What was asked for.</param>
    /// <param name="endpoint">Who answered, for the sentence.</param>
    /// <exception cref="IOException">It is no listing, of another commit, or too long to be whole.</exception>
    /// <exception cref="InvalidDataException">A name would leave its folder.</exception>
    public static HubListing Read(byte[] json, HubReference reference, string endpoint)
    {
        try
        {
            var root = JsonElement.Parse(json);
            var commit = root.GetProperty("sha").GetString() ?? "";
            var files = root.GetProperty("siblings").EnumerateArray().Select(File).ToArray();
            return HubReference.IsCommit(reference.Wanted) && commit != reference.Wanted ? throw new IOException($"{reference}: {endpoint} answers with another commit, {commit}.")
                : !HubReference.IsCommit(commit) ? throw new IOException($"{reference}: {endpoint} gives '{commit}' as its commit; 40 hexadecimal digits were expected.")
                : files.Length >= MostFiles ? throw new IOException($"{reference}: has {files.Length} files or more, too many for a listing that can be trusted to be whole.")
                : new HubListing(commit, files).Checked(reference);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IOException($"{reference}: {endpoint} answers something that is no listing of a repository.", error);
        }
    }

    // What is left out, or said in another way than the hub's, is asked for of the file itself.
    private static HubFile File(JsonElement sibling)
    {
        var isLarge = sibling.TryGetProperty("lfs", out var large) && large.ValueKind == JsonValueKind.Object;
        var sha256 = isLarge ? Hash(large, "sha256") : null;
        return new HubFile(
            sibling.GetProperty("rfilename").GetString() ?? throw new InvalidOperationException("A file has no name."),
            // Of a large file this is the hash of its pointer, which says nothing of its bytes.
            isLarge && sha256 is null ? null : Hash(sibling, "blobId"),
            sha256,
            sibling.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && HubFile.IsLength(bytes) ? bytes : null);
    }

    private static string? Hash(JsonElement holder, string field) =>
        holder.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text && BlobHash.IsOne(text) ? text : null;
}
