using System.Text.Json;

namespace Dmoerm.Backbones.Configs;

/// <summary>What <c>config.json</c> says of a <c>*ForSequenceClassification</c> folder's head.</summary>
public sealed record ClassifierConfig
{
    /// <summary>The names of the head's outputs, in its order: <c>id2label</c>, or LABEL_0 and so on.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The id that transformers looks for to find a row's last token; null for none.</summary>
    public int? PadId { get; init; }

    /// <summary><c>problem_type</c>, such as <c>regression</c>; null where the file does not say.</summary>
    public string? ProblemType { get; init; }

    /// <summary>The names that transformers gives outputs without names.</summary>
    public static IReadOnlyList<string> DefaultLabels(int count) => [.. Enumerable.Range(0, count).Select(output => $"LABEL_{output}")];

    /// <summary>Reads a folder's <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">The file is missing or broken, or <c>id2label</c> does not number its labels from 0 on.</exception>
    public static ClassifierConfig Read(string folder) => Read(ConfigField.ReadFile(Path.Combine(folder, BackboneConfigFile.Name)));

    internal static ClassifierConfig Read(ConfigField config) => new()
    {
        Labels = ReadLabels(config) ?? DefaultLabels(2),
        PadId = BackboneConfigFile.ReadPadId(config),
        ProblemType = config.Text("problem_type"),
    };

    /// <summary>The labels that the file names or counts; null where it does neither. transformers then makes two.</summary>
    internal static IReadOnlyList<string>? ReadLabels(ConfigField config)
    {
        if (config.Child("id2label") is not { } names)
        {
            return config.Has("num_labels") ? DefaultLabels(config.Count("num_labels")) : null;
        }

        return [.. Enumerable.Range(0, names.FieldCount).Select(output => names.Json.TryGetProperty($"{output}", out var label) && label.ValueKind == JsonValueKind.String
            ? label.GetString()!
            : throw config.Error($"field 'id2label' has {names.FieldCount} entries, but no text for output {output}; its keys should be 0 to {names.FieldCount - 1}"))];
    }
}
