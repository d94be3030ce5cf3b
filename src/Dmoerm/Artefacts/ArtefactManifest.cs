using System.Text.Json.Serialization;
using Dmoerm.Aggregation;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Routing;

namespace Dmoerm.Artefacts;

/// <summary>The contents of <c>dmoerm.json</c>.</summary>
public sealed record ArtefactManifest
{
    /// <summary>The schema that this version of the product writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of this file's layout.</summary>
    public required int Schema { get; init; }

    /// <summary>Version of the product that wrote the artefact.</summary>
    public required string Tool { get; init; }

    /// <summary>The recipe's name.</summary>
    public required string Name { get; init; }

    /// <summary>Longest conversation in tokens.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Responses that are too long were cut in training, so they are cut in use.</summary>
    public bool CutsResponses { get; init; }

    /// <summary>Variables and date that the chat template is given; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TemplateSettings? Template { get; init; }

    /// <summary>The outer layer.</summary>
    public required RouterEntry Router { get; init; }

    /// <summary>The inner layer, in the router's order.</summary>
    public required IReadOnlyList<CategoryEntry> Categories { get; init; }

    /// <summary>Fingerprint of the training data.</summary>
    public required string DataHash { get; init; }

    /// <summary>The model that this one grew from; null where all of it was trained by one run.</summary>
    public ModelIdentity? GrownFrom { get; init; }

    /// <summary>Size and hash of every other file that scoring reads; loading checks them.</summary>
    public required IReadOnlyDictionary<string, FileEntry> Files { get; init; }

    /// <summary>Size and hash of what people read: model card, figures, report. Loading leaves them alone, so a card that was added to does not stop a model.</summary>
    public IReadOnlyDictionary<string, FileEntry> Documents { get; init; } = new Dictionary<string, FileEntry>();
}

/// <summary>What the manifest says of the router.</summary>
/// <param name="Layer">The states that it reads enter this layer.</param>
/// <param name="Temperature">Divides its logits.</param>
/// <param name="Pooling">Which of the prompt's states it reads.</param>
/// <param name="FallbackBelow">Below this probability of the best category, the two best are mixed; null for never.</param>
public sealed record RouterEntry(int Layer, double Temperature, PromptPooling Pooling = PromptPooling.Mean, double? FallbackBelow = null);

/// <summary>What the manifest says of a category.</summary>
public sealed record CategoryEntry
{
    /// <summary>The category's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its experts' capabilities, in order.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>The base is a folder of all weights instead of an adapter.</summary>
    public required bool HasOwnBackbone { get; init; }

    /// <summary>Shape of the base's adapter; null with a backbone of its own.</summary>
    public LoraSettings? BaseLora { get; init; }

    /// <summary>Shape of the experts' adapters; null without experts, and where each has its own.</summary>
    public LoraSettings? ExpertLora { get; init; }

    /// <summary>The experts were imported: each has the shape that its own <c>adapter_config.json</c> says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ImportedExperts { get; init; }

    /// <summary>How outputs become one reward.</summary>
    public required AggregatorKind Aggregator { get; init; }

    /// <summary>Inner width of the aggregator's net (kind <c>rewards</c>).</summary>
    public int AggregatorWidth { get; init; }

    /// <summary>The base's own reward is among the aggregator's inputs (kinds <c>rewards</c> and <c>monotone</c>).</summary>
    public bool AggregatorUsesBase { get; init; } = true;

    /// <summary>Temperature, means, deviations, quantiles.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>Where the comparisons came from, without the machine's paths.</summary>
    public required CategorySource Source { get; init; }

    /// <summary>What it was trained from; null where it was imported, and in artefacts of versions that did not note it.</summary>
    public CategoryOrigin? Origin { get; init; }

    /// <summary>What users of the category should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>Size and hash of a file.</summary>
/// <param name="Bytes">Length.</param>
/// <param name="Xxh128">XxHash128 of the contents, in hex.</param>
public sealed record FileEntry(long Bytes, string Xxh128);
