using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Hub.Transfers;

namespace Dmoerm.Hub.Store;

/// <summary>The listing of a commit, kept beside its files: with it the cache itself knows whether it holds all of them.</summary>
/// <remarks>Source: huggingface_hub, _tree_cache.py, format 1, which keeps it at the same place (<c>trees/COMMIT.json</c>).</remarks>
internal static class TreeFile
{
    private const int Format = 1;

    /// <summary>Writes a listing, unless a file of it is not fully described.</summary>
    public static void Write(string path, HubListing listing)
    {
        if (listing.Files.Any(file => file.GitId is null || file.Bytes is null))
        {
            return;
        }

        var files = new JsonObject();
        foreach (var file in listing.Files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var entry = new JsonObject { ["size"] = file.Bytes, ["blob_id"] = file.GitId };
            if (file.Sha256 is not null)
            {
                (entry["lfs_sha256"], entry["lfs_size"]) = (file.Sha256, file.Bytes);
            }

            files[file.Name] = entry;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.WriteText(path, new JsonObject { ["format_version"] = Format, ["files"] = files }.ToJsonString());
    }

    /// <summary>Reads a listing.</summary>
    /// <returns>Null where there is none, or one that another version wrote.</returns>
    public static IReadOnlyList<HubFile>? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var root = JsonElement.Parse(File.ReadAllBytes(path));
            return root.GetProperty("format_version").GetInt32() != Format
                ? null
                : [.. root.GetProperty("files").EnumerateObject().Select(file => new HubFile(
                    file.Name,
                    file.Value.GetProperty("blob_id").GetString(),
                    file.Value.TryGetProperty("lfs_sha256", out var hash) ? hash.GetString() : null,
                    file.Value.GetProperty("size").GetInt64() is var bytes && HubFile.IsLength(bytes) ? bytes : null))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // A hint, no more: without it the folder's own files are the listing.
            return null;
        }
    }
}
