using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Dmoerm.Hub.Choices;

/// <summary>A config as a dataset's card declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">The folder that its patterns and names start at; empty for the repository's top.</param>
/// <param name="Splits">Its splits with the patterns of their files; null where the card leaves them to the files' names.</param>
internal sealed record CardConfig(string Name, string Folder, IReadOnlyList<(string Split, IReadOnlyList<string> Patterns)>? Splits);

/// <summary>What a dataset's card says of its files: <c>configs</c> in the YAML at the top of README.md.</summary>
/// <remarks>Source: the hub's documentation, datasets-manual-configuration; the datasets library, data_files.py (sanitize_patterns).</remarks>
internal static class DataCard
{
    private const int DeepestYaml = 64;
    private const string OneSplit = "train";

    // What changes nothing of how rows are read here. Any other field, such as a table's separator, is refused by name.
    private static readonly string[] Harmless =
        ["config_name", "data_files", "data_dir", "default", "version", "description", "features", "drop_labels", "drop_metadata"];

    /// <summary>The configs of a card.</summary>
    /// <param name="text">The whole README.md.</param>
    /// <param name="origin">What it is, for error messages.</param>
    /// <returns>Empty where the card declares none.</returns>
    /// <exception cref="InvalidDataException">What it declares is not of the form of configs, or asks for a way of reading that is not known here.</exception>
    public static IReadOnlyList<CardConfig> Configs(string text, string origin)
    {
        if (FrontMatter(text) is not { } yaml || Load(yaml, origin) is not { } card || Field(card, "configs") is not { } configs)
        {
            return [];
        }

        return configs is YamlSequenceNode list
            ? [.. list.Select(entry => Config(entry as YamlMappingNode ?? throw Wrong(origin, "configs", "a list of configs", entry), origin))]
            : throw Wrong(origin, "configs", "a list of configs", configs);
    }

    private static string? FrontMatter(string text)
    {
        var lines = text.TrimStart('\uFEFF').Split('\n');
        if (lines[0].TrimEnd() != "---")
        {
            return null;
        }

        var end = Array.FindIndex(lines, 1, line => line.TrimEnd() == "---");
        return end < 0 ? null : string.Join('\n', lines[1..end]);
    }

    private static YamlMappingNode? Load(string yaml, string origin)
    {
        try
        {
            CheckDepth(yaml, origin);
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..] ? root : null;
        }
        catch (YamlException error)
        {
            throw new InvalidDataException($"{origin}, line {error.Start.Line + 1}: the YAML at its top cannot be read: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // The parser's word for some tokens in places where it does not expect them.
            throw new InvalidDataException($"{origin}: the YAML at its top cannot be read.", error);
        }
    }

    // Before nodes are made of it, which takes the stack: a card is somebody else's text.
    private static void CheckDepth(string yaml, string origin)
    {
        var parser = new Parser(new StringReader(yaml));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestYaml)
            {
                throw new InvalidDataException($"{origin}, line {parser.Current.Start.Line + 1}: the YAML at its top is nested deeper than {DeepestYaml}: refused.");
            }
        }
    }

    private static CardConfig Config(YamlMappingNode entry, string origin)
    {
        var name = Text(Field(entry, "config_name"));
        if (name is not { Length: > 0 })
        {
            throw new InvalidDataException($"{origin}: every entry of 'configs' needs a config_name; one has none.");
        }

        if (entry.Children.Keys.Select(Text).FirstOrDefault(field => !Harmless.Contains(field)) is { } unknown)
        {
            throw new InvalidDataException($"{origin}: config '{name}' sets '{unknown}', a way of reading that is not known here: refused.");
        }

        var folder = Text(Field(entry, "data_dir")) ?? "";
        folder = (folder.StartsWith("./", StringComparison.Ordinal) ? folder[2..] : folder).Trim('/');
        return new CardConfig(name, folder == "." ? "" : folder, Field(entry, "data_files") is { } files ? Splits(files, name, origin) : null);
    }

    private static List<(string Split, IReadOnlyList<string> Patterns)> Splits(YamlNode files, string config, string origin)
    {
        var field = $"data_files of config '{config}'";
        List<(string Split, IReadOnlyList<string> Patterns)> splits = files switch
        {
            YamlScalarNode => [(OneSplit, Patterns(files, field, origin))],
            YamlSequenceNode list when list.All(entry => entry is YamlScalarNode) => [(OneSplit, Patterns(list, field, origin))],
            YamlSequenceNode list => [.. list.Select(entry => entry is YamlMappingNode split && Text(Field(split, "split")) is { } name && Field(split, "path") is { } path
                ? (name, (IReadOnlyList<string>)Patterns(path, field, origin))
                : throw Wrong(origin, field, "entries with 'split' and 'path'", entry))],
            YamlMappingNode map => [.. map.Children.Select(pair => (Text(pair.Key) ?? throw Wrong(origin, field, "names of splits", pair.Key), (IReadOnlyList<string>)Patterns(pair.Value, field, origin)))],
            _ => throw Wrong(origin, field, "a pattern, a list, or splits", files),
        };
        return splits.Select(split => split.Split).Distinct().Count() == splits.Count ? splits : throw new InvalidDataException($"{origin}: {field}: a split is there twice.");
    }

    private static string[] Patterns(YamlNode node, string field, string origin)
    {
        string[] patterns = [.. (node as YamlSequenceNode ?? [node]).Select(entry => Text(entry) ?? throw Wrong(origin, field, "patterns of file names", entry))];
        return Array.Find(patterns, pattern => pattern.Contains("://", StringComparison.Ordinal)) is { } elsewhere
            ? throw new InvalidDataException($"{origin}: {field}: '{elsewhere}' lies outside the repository: refused.")
            : patterns;
    }

    private static YamlNode? Field(YamlMappingNode node, string name) => node.Children.FirstOrDefault(pair => Text(pair.Key) == name).Value;

    private static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;

    // The YAML begins on the file's second line.
    private static InvalidDataException Wrong(string origin, string field, string expected, YamlNode found) =>
        new($"{origin}, line {found.Start.Line + 1}: {field}: expected {expected}, came {found.NodeType}.");
}
