using System.Text.Json;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Data;
using Dmoerm.Data.Categories;

namespace Dmoerm.Cli.Inspecting;

/// <summary>What there is to know of a category of a model.</summary>
internal sealed record CategoryFacts
{
    /// <summary>Its experts' capabilities.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Its base is a backbone of its own instead of an adapter.</summary>
    public required bool HasOwnBackbone { get; init; }

    /// <summary>Size of its base.</summary>
    public required WeightSize Base { get; init; }

    /// <summary>Size of its experts together.</summary>
    public required WeightSize Experts { get; init; }

    /// <summary>How outputs become one reward.</summary>
    public required AggregatorKind Aggregator { get; init; }

    /// <summary>Size of the aggregator.</summary>
    public required WeightSize AggregatorSize { get; init; }

    /// <summary>T in P(i better than j) = sigmoid((raw_i - raw_j) / T).</summary>
    public required double Temperature { get; init; }

    /// <summary>Mean of raw rewards over validation responses.</summary>
    public required double Mean { get; init; }

    /// <summary>Their standard deviation.</summary>
    public required double Deviation { get; init; }

    /// <summary>What trained it; null where the model does not say.</summary>
    public required TrainingFacts? TrainedFrom { get; init; }

    /// <summary>What its users should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Reads a category's facts.</summary>
    public static CategoryFacts Of(string folder, CategoryEntry entry)
    {
        var experts = Path.Combine(folder, ArtefactFolder.ExpertsName, entry.Name);
        return new CategoryFacts
        {
            Capabilities = entry.Capabilities,
            HasOwnBackbone = entry.HasOwnBackbone,
            Base = WeightSize.Of(Path.Combine(experts, ArtefactFolder.BaseName)),
            Experts = WeightSize.Of(entry.Capabilities.Select(capability => Path.Combine(experts, capability))),
            Aggregator = entry.Aggregator,
            AggregatorSize = WeightSize.Of(Path.Combine(folder, ArtefactFolder.AggregatorsName), name => name.StartsWith(entry.Name + "/", StringComparison.Ordinal)),
            Temperature = entry.Calibration.Temperature,
            Mean = entry.Calibration.Overall.Mean,
            Deviation = entry.Calibration.Overall.Deviation,
            TrainedFrom = entry.Origin is { } origin ? TrainingFacts.Of(origin, entry.Source) : null,
            Notes = entry.Notes,
        };
    }
}

/// <summary>What a category was trained from.</summary>
/// <param name="Recipe">The recipe's name.</param>
/// <param name="Tool">Version of the product.</param>
/// <param name="Files">Names of the data files.</param>
/// <param name="Data">Counts and fingerprints.</param>
/// <param name="DataLicence">As the user stated it; null for not stated.</param>
internal sealed record TrainingFacts(string? Recipe, string Tool, IReadOnlyList<string> Files, DataFingerprint Data, string? DataLicence)
{
    /// <summary>Reads them from the manifest.</summary>
    public static TrainingFacts Of(CategoryOrigin origin, CategorySource source) =>
        new(Text(origin.Recipe, "name"), origin.Tool, source.Data, origin.Data, Text(origin.Recipe, "dataLicence"));

    /// <summary>A text of a recipe, by the names of its fields; null where there is none.</summary>
    public static string? Text(JsonElement recipe, params IEnumerable<string> path)
    {
        var found = recipe;
        foreach (var name in path)
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
            {
                return null;
            }
        }

        return found.ValueKind == JsonValueKind.String ? found.GetString() : null;
    }
}
