using System.Text.RegularExpressions;

namespace Dmoerm.Hub;

/// <summary>What a repository of the hub holds.</summary>
public enum HubKind
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>Data.</summary>
    Dataset,
}

/// <summary>A name of the hub: <c>org/name[@revision]</c>, and for data <c>org/name[@revision][:config/split]</c>.</summary>
/// <remarks>
/// A name says nothing of whether the repository exists. Whoever reads one looks for a local file or folder of that name first: it wins.
/// Source: the rules for ids in huggingface_hub, utils/_validators.py; ids without an organisation are not taken.
/// </remarks>
public sealed partial record HubReference
{
    /// <summary>The revision where none is named.</summary>
    public const string MainRevision = "main";

    // A name that ends so, without revision and part, is a file that is not there, and no reason to ask a server.
    private static readonly string[] FileEndings =
        [".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".parquet", ".gz", ".txt", ".safetensors", ".bin", ".pt", ".zip"];

    private HubReference(HubKind kind, string id, string? revision, string? part)
    {
        (Kind, Id, Revision, Part) = (kind, id, revision, part);
    }

    /// <summary>What the repository holds.</summary>
    public HubKind Kind { get; }

    /// <summary>Organisation and name.</summary>
    public string Id { get; }

    /// <summary>A branch, a tag or a commit; null is <see cref="MainRevision"/>.</summary>
    public string? Revision { get; private init; }

    /// <summary>Config and split of data (<c>default/train</c>), or one of them where that says enough; null where the repository has one only.</summary>
    public string? Part { get; }

    /// <summary>The revision to ask for.</summary>
    public string Wanted => Revision ?? MainRevision;

    /// <summary>The name of the repository without its organisation.</summary>
    public string ShortName => Id[(Id.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Reads a model's name.</summary>
    /// <returns>Null where the text is no such name.</returns>
    public static HubReference? Model(string text) => Read(HubKind.Model, text) is { Part: null } model ? model : null;

    /// <summary>Reads the name of data.</summary>
    /// <returns>Null where the text is no such name.</returns>
    public static HubReference? Data(string text) => Read(HubKind.Dataset, text);

    /// <summary>How papers name a file or folder: a name of the hub that says its commit as it is, of any other path the last name alone.</summary>
    public static string Shown(string path) =>
        Data(path) is { Revision: { } revision } && IsCommit(revision) ? path : Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    /// <summary>The same at one commit.</summary>
    public HubReference At(string commit) => this with { Revision = commit };

    /// <summary>The name as a user writes it.</summary>
    public override string ToString() => $"{Id}{(Revision is null ? "" : $"@{Revision}")}{(Part is null ? "" : $":{Part}")}";

    /// <summary>Whether a revision is a whole commit hash, which always means the same files.</summary>
    internal static bool IsCommit(string revision) => Commit().IsMatch(revision);

    private static HubReference? Read(HubKind kind, string text)
    {
        var match = Name().Match(text);
        if (!match.Success || text.Contains("..", StringComparison.Ordinal) || match.Groups["id"].Value.Contains("--", StringComparison.Ordinal))
        {
            return null;
        }

        string? Group(string name) => match.Groups[name] is { Success: true, Value: var value } ? value : null;
        var isFile = Group("revision") is null && Group("part") is null && FileEndings.Any(ending => text.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        return isFile ? null : new HubReference(kind, Group("id")!, Group("revision"), Group("part"));
    }

    // A revision becomes the path of a file in the cache: no part of it begins with a dot or ends a folder.
    [GeneratedRegex(@"^(?<id>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?/[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?)(?:@(?<revision>[A-Za-z0-9_][A-Za-z0-9_+.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_+.-]*)*))?(?::(?<part>[^:\p{C}]+))?\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}
