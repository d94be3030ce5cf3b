using System.Text.Json;
using Dmoerm.Data;

namespace Dmoerm.Backbones.Weights;

/// <summary>Which safetensors files hold a folder's weights.</summary>
internal static class WeightIndex
{
    private const string Usual = "model.safetensors";
    private const string Suffix = ".safetensors.index.json";

    /// <summary>In transformers' order: the one file of the usual name, else what an index names; else whatever is there.</summary>
    /// <exception cref="InvalidDataException">There are none, or the index is broken or leads out of the folder.</exception>
    public static IReadOnlyList<string> FilesOf(string folder)
    {
        var usual = Path.Combine(folder, Usual);
        if (File.Exists(usual))
        {
            return [usual];
        }

        // Beside the usual name, model.fp16.safetensors.index.json and the like exist.
        var index = Directory.GetFiles(folder, "*" + Suffix).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal).FirstOrDefault();
        var paths = index is not null ? Read(folder, index) : [.. Directory.GetFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)];
        if (paths.Length > 0)
        {
            return paths;
        }

        string[] pickles = [.. Directory.GetFiles(folder).Where(path => Path.GetExtension(path) is ".bin" or ".pt" or ".pth" or ".ckpt").Order(StringComparer.Ordinal)];
        var refused = pickles.Length > 0 ? $"; {WeightFiles.Names(pickles)} can run code when read and is refused: convert it to safetensors" : "";
        throw new InvalidDataException($"{folder}: no weights; *.safetensors or *{Suffix} was expected{refused}.");
    }

    private static string[] Read(string folder, string path)
    {
        if (!ForeignFile.Object(path).TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{path}: 'weight_map' should give the file of every tensor, but is {(map.ValueKind == JsonValueKind.Undefined ? "missing" : map.ValueKind)}.");
        }

        string[] files = [.. map.EnumerateObject().Select(pair => FileOf(pair, path)).Distinct().Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? [.. files.Select(name => Path.Combine(folder, name))]
            : throw new InvalidDataException($"{path}: 'weight_map' names no file; the file of every tensor was expected.");
    }

    // A name and nothing else: "..", a rooted path or a folder would read files that the user never pointed at.
    private static string FileOf(JsonProperty pair, string path)
    {
        var name = pair.Value.ToString();
        return name.EndsWith(".safetensors", StringComparison.Ordinal) && pair.Value.ValueKind == JsonValueKind.String && name.AsSpan().IndexOfAny('/', '\\', ':') < 0
            ? name
            : throw new InvalidDataException($"{path}: 'weight_map' gives tensor '{pair.Name}' the file '{name}'; the name of a safetensors file in the same folder was expected.");
    }
}
