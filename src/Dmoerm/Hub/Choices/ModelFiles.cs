using Dmoerm.Hub.Transfers;

namespace Dmoerm.Hub.Choices;

/// <summary>Which files of a repository a model is read from.</summary>
/// <remarks>
/// Only safetensors and text: weights as pickle (<c>.bin</c>, <c>.pt</c>) run code when they are read. Of a repository with a model of ours all files are taken, since its manifest has
/// their hashes; of any other those at its top that a model, an adapter, a tokenizer or a chat template is made of.
/// </remarks>
internal static class ModelFiles
{
    /// <summary>The manifest of a model of ours.</summary>
    public const string Manifest = "dmoerm.json";

    private static readonly string[] Pickles = [".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".h5", ".msgpack"];
    private static readonly string[] Known = ["config.json", "generation_config.json", "special_tokens_map.json", "added_tokens.json", "adapter_config.json", "README.md"];

    /// <summary>The files to have.</summary>
    /// <exception cref="InvalidDataException">They are no model that can be read.</exception>
    public static IReadOnlyList<HubFile> Choose(HubReference reference, HubListing listing)
    {
        var names = listing.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        var chosen = names.Contains(Manifest)
            ? listing.Files.Where(file => !file.Name.Split('/').Any(part => part.StartsWith('.')) && !IsPickle(file.Name)).ToArray()
            : [.. listing.Files.Where(file => IsNeeded(file.Name, names))];
        if (!names.Contains(Manifest) && !names.Contains("config.json") && !names.Contains("adapter_config.json"))
        {
            throw new InvalidDataException($"{reference}: no model that is known here: expected config.json, adapter_config.json or {Manifest} among its files, found {Some(names)}.{Cached(listing)}");
        }

        if (chosen.Any(file => file.Name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)))
        {
            return chosen;
        }

        var pickles = names.Where(IsPickle).ToArray();
        throw new InvalidDataException(pickles.Length > 0
            ? $"{reference}: its weights are {Some(pickles)}, of a kind that can run code when it is read: refused, nothing was downloaded. Only *.safetensors are read: convert them, or look for a revision that has them.{Cached(listing)}"
            : $"{reference}: no weights: expected *.safetensors among its files, found {Some(names)}.{Cached(listing)}");
    }

    private static bool IsNeeded(string name, HashSet<string> names)
    {
        if (name.StartsWith("additional_chat_templates/", StringComparison.Ordinal))
        {
            return name.EndsWith(".jinja", StringComparison.Ordinal);
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            return false;
        }

        return Known.Contains(name)
            || (name.StartsWith("tokenizer", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal))
            || name.StartsWith("chat_template", StringComparison.Ordinal)
            || name.EndsWith(".safetensors.index.json", StringComparison.Ordinal)
            || (name.EndsWith(".safetensors", StringComparison.Ordinal) && !IsSecondCopy(name, names));
    }

    // Some repositories hold the same weights again under the names of their maker's own code.
    private static bool IsSecondCopy(string name, HashSet<string> names) =>
        name.StartsWith("consolidated", StringComparison.Ordinal) && (names.Contains("model.safetensors") || names.Contains("model.safetensors.index.json"));

    private static bool IsPickle(string name) => Pickles.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static string Cached(HubListing listing) => listing.IsWhole ? "" : " The cache may hold a part of the repository only: without HF_HUB_OFFLINE the rest is downloaded.";

    private static string Some(IEnumerable<string> names) =>
        names.Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } all ? string.Join(", ", all.Take(6)) + (all.Length > 6 ? $" and {all.Length - 6} more" : "") : "nothing";
}
