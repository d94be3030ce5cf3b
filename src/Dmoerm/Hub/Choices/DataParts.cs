using System.Text.RegularExpressions;

namespace Dmoerm.Hub.Choices;

/// <summary>A split of a config.</summary>
/// <param name="Config">The config; <c>default</c> where the card names none.</param>
/// <param name="Split">The split.</param>
/// <param name="Files">Its files in the order in which they are read.</param>
internal sealed record DataPart(string Config, string Split, IReadOnlyList<string> Files)
{
    /// <summary>As a user names it.</summary>
    public override string ToString() => $"{Config}/{Split}";
}

/// <summary>Which configs and splits a dataset's repository has, and which of them a name means.</summary>
/// <remarks>
/// The card's <c>configs</c> say it, else the files' names by the hub's convention. Source: the hub's documentation, datasets-file-names-and-splits; the datasets library, data_files.py;
/// of the branch <c>refs/convert/parquet</c> its files, <c>CONFIG/SPLIT/0000.parquet</c>. Nothing is chosen for the user: several parts without a choice are an error.
/// </remarks>
internal static partial class DataParts
{
    private const string OnlyConfig = "default";
    private const string ConvertedBranch = "refs/convert/parquet";
    private const int MostListed = 60;

    private static readonly (string Split, string[] Words)[] Splits =
    [
        ("train", ["train", "training"]),
        ("validation", ["validation", "valid", "dev", "val"]),
        ("test", ["test", "testing", "eval", "evaluation"]),
    ];

    // Descriptions that the datasets library writes beside the rows.
    private static readonly string[] NoRows = ["dataset_info.json", "dataset_infos.json", "dataset_dict.json", "config.json", "state.json"];

    /// <summary>The part that a name means.</summary>
    /// <param name="reference">The name.</param>
    /// <param name="files">All files of the repository.</param>
    /// <param name="configs">What its card declares; empty for nothing.</param>
    /// <exception cref="InvalidDataException">There are several, or none of the name, or its files are of a kind that is not read.</exception>
    public static DataPart Choose(HubReference reference, IReadOnlyList<string> files, IReadOnlyList<CardConfig> configs)
    {
        var parts = Of(reference, files, configs);
        var meant = Meant(reference.Part, parts);
        if (meant.Length != 1)
        {
            var bare = $"{reference.Id}{(reference.Revision is null ? "" : $"@{reference.Revision}")}";
            var listed = string.Join(", ", parts.Take(MostListed).Select(part => $"{bare}:{part}")) + (parts.Count > MostListed ? $" and {parts.Count - MostListed} more" : "");
            throw new InvalidDataException(meant.Length == 0
                ? $"{reference}: no config or split '{reference.Part}'; there are: {listed}."
                : $"{reference}: has {meant.Length} parts{(reference.Part is null ? "" : " of that name")}, and one must be chosen: {listed}.");
        }

        return Checked(reference, meant[0]);
    }

    private static DataPart[] Meant(string? wanted, IReadOnlyList<DataPart> parts)
    {
        DataPart[] exact = [.. parts.Where(part => wanted is null || $"{part}" == wanted)];
        return exact.Length > 0 ? exact : [.. parts.Where(part => part.Config == wanted || part.Split == wanted)];
    }

    private static List<DataPart> Of(HubReference reference, IReadOnlyList<string> files, IReadOnlyList<CardConfig> configs)
    {
        string[] rows = [.. files.Where(IsRows).Order(StringComparer.Ordinal)];
        if (configs.Count > 0)
        {
            return [.. configs.SelectMany(config => OfCard(reference, config, files, rows))];
        }

        if (files.Contains($"{reference.ShortName}.py"))
        {
            throw new InvalidDataException($"{reference}: is made by a script, {reference.ShortName}.py, and scripts are not run. The hub may have its rows as files: {reference.Id}@{ConvertedBranch}.");
        }

        if (rows.Length == 0)
        {
            throw new InvalidDataException($"{reference}: no file of JSON lines, JSON, CSV, TSV or Parquet; found {(files.Count == 0 ? "nothing" : string.Join(", ", files.Take(6)))}{(files.Count > 6 ? $" and {files.Count - 6} more" : "")}.");
        }

        return reference.Wanted == ConvertedBranch && rows.All(name => name.Count(letter => letter == '/') == 2)
            ? [.. rows.GroupBy(name => name[..name.LastIndexOf('/')]).Select(group => new DataPart(group.Key.Split('/')[0], group.Key.Split('/')[1], [.. group]))]
            : ByNames(OnlyConfig, rows, "");
    }

    private static IEnumerable<DataPart> OfCard(HubReference reference, CardConfig config, IReadOnlyList<string> files, string[] rows)
    {
        var folder = config.Folder.Length == 0 ? "" : config.Folder + "/";
        if (config.Splits is null)
        {
            string[] inside = [.. rows.Where(name => name.StartsWith(folder, StringComparison.Ordinal))];
            return inside.Length > 0 ? ByNames(config.Name, inside, folder) : throw new InvalidDataException($"{reference}: its card has the config '{config.Name}', and there is no file of rows for it in '{folder}'.");
        }

        return config.Splits.Select(split => new DataPart(config.Name, split.Split, [.. split.Patterns.SelectMany(Matching).Distinct()]));

        IEnumerable<string> Matching(string pattern)
        {
            var glob = Glob(reference, config, folder + (pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern));
            string[] found = [.. files.Where(name => glob.Matches(name) && !NoRows.Contains(Path.GetFileName(name))).Order(StringComparer.Ordinal)];
            return found.Length > 0 ? found : throw new InvalidDataException($"{reference}: its card gives config '{config.Name}' the files '{pattern}', and there is none.");
        }
    }

    private static GlobPattern Glob(HubReference reference, CardConfig config, string pattern)
    {
        try
        {
            return new GlobPattern(pattern);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{reference}: its card gives config '{config.Name}' the files '{pattern[..Math.Min(pattern.Length, 100)]}', a pattern that cannot be read: {error.Message}", error);
        }
    }

    // The first rule that finds something, in the order of the datasets library; names are looked at below the folder.
    private static List<DataPart> ByNames(string config, string[] rows, string folder)
    {
        var sharded = rows.Select(name => (Name: name, Match: Shard().Match(name[folder.Length..]))).Where(file => file.Match.Success).ToArray();
        if (sharded.Length > 0)
        {
            return [.. sharded.GroupBy(file => file.Match.Groups["split"].Value).Select(group => new DataPart(config, group.Key, [.. group.Select(file => file.Name)])).OrderBy(part => Place(part.Split)).ThenBy(part => part.Split, StringComparer.Ordinal)];
        }

        foreach (var says in (Func<string, string, bool>[])[FolderSays, FileSays])
        {
            DataPart[] parts = [.. Splits.Select(split => new DataPart(config, split.Split, [.. rows.Where(name => split.Words.Any(word => says(name[folder.Length..], word)))])).Where(part => part.Files.Count > 0)];
            if (parts.Length > 0)
            {
                return [.. parts];
            }
        }

        return [new DataPart(config, Splits[0].Split, rows)];
    }

    private static int Place(string split) => Array.FindIndex(Splits, known => known.Split == split) is >= 0 and var place ? place : Splits.Length;

    private static bool FolderSays(string name, string word) => name.Split('/')[..^1].Any(folder => Says(folder + "/", word, "/"));

    private static bool FileSays(string name, string word) => Says(name[(name.LastIndexOf('/') + 1)..], word, "");

    // The word stands alone: what is before and behind it is no letter.
    private static bool Says(string text, string word, string alsoEnds) => Regex.IsMatch(text, $@"(?:^|[-._ 0-9]){word}[-._ 0-9{alsoEnds}]", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static bool IsRows(string name) =>
        Kind(name) is not null && !NoRows.Contains(Path.GetFileName(name)) && !name.Split('/').Any(part => part.StartsWith('.')) && !name.Split('/')[..^1].Any(part => part.StartsWith("__", StringComparison.Ordinal));

    private static string? Kind(string name)
    {
        var (bare, zipped) = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? (name[..^3], true) : (name, false);
        return Path.GetExtension(bare).ToLowerInvariant() switch
        {
            ".jsonl" or ".json" or ".ndjson" => "JSON",
            ".csv" or ".tsv" => "tables",
            ".parquet" when !zipped => "Parquet",
            _ => null,
        };
    }

    private static DataPart Checked(HubReference reference, DataPart part)
    {
        if (part.Files.FirstOrDefault(name => Kind(name) is null) is { } other)
        {
            throw new InvalidDataException($"{reference}: {part} has the file {other}; only JSON lines, JSON, CSV, TSV and Parquet are read.");
        }

        if (part.Files.Select(Kind).Distinct().ToArray() is { Length: > 1 } kinds)
        {
            throw new InvalidDataException($"{reference}: {part} has files of several kinds ({string.Join(", ", kinds)}), which may hold the same rows: {string.Join(", ", part.Files.Take(6))}. Nothing says which to read.");
        }

        foreach (var group in part.Files.Select(name => NumberedShard().Match(name)).Where(match => match.Success).GroupBy(match => (match.Groups["before"].Value, match.Groups["of"].Value)))
        {
            if (int.Parse(group.Key.Item2, System.Globalization.CultureInfo.InvariantCulture) is var whole && group.Count() != whole)
            {
                throw new InvalidDataException($"{reference}: {part} has {group.Count()} of {whole} files {group.Key.Item1}-*: not whole.");
            }
        }

        return part;
    }

    [GeneratedRegex(@"^data/(?<split>[\w.]+(?:-[\w.]+)*)-[0-9]{5}-of-[0-9]{5}[^/]*\.[^/]*\z")]
    private static partial Regex Shard();

    [GeneratedRegex(@"^(?<before>.*)-[0-9]{5}-of-(?<of>[0-9]{5})")]
    private static partial Regex NumberedShard();
}
