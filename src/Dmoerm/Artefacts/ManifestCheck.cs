using System.Globalization;
using Dmoerm.Aggregation;
using Dmoerm.Backbones.Configs;
using Dmoerm.Experts;

namespace Dmoerm.Artefacts;

/// <summary>What the manifest's types alone cannot hold; a file edited by hand is caught here and not by a strange reward.</summary>
internal static class ManifestCheck
{
    /// <summary>Fails on the first value that makes no sense, naming its field.</summary>
    public static void Check(ArtefactManifest manifest, string path)
    {
        void Require(bool holds, string field, string expected, object? found)
        {
            if (!holds)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: {field}: expected {expected}, came {found ?? "null"}."));
            }
        }

        Require(manifest.MaxTokens >= 1, "maxTokens", "at least 1", manifest.MaxTokens);
        Require(manifest.Categories.Count > 0, "categories", "at least one category", "none");
        Require(manifest.Router.Layer >= 0, "router.layer", "at least 0", manifest.Router.Layer);
        Require(IsDivisor(manifest.Router.Temperature), "router.temperature", "a number above 0", manifest.Router.Temperature);
        var twice = manifest.Categories.GroupBy(category => category.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        Require(twice is null, "categories", "each name once", twice?.Key);
        foreach (var (field, name) in manifest.Files.Keys.Select(name => ("files", name)).Concat(manifest.Documents.Keys.Select(name => ("documents", name))))
        {
            Require(IsInside(name), field, "names of files inside the folder", $"'{name}'");
        }

        for (var place = 0; place < manifest.Categories.Count; place++)
        {
            CheckCategory(manifest.Categories[place], $"categories[{place}]", Require);
        }
    }

    /// <summary>Fails on a layer that the backbone does not have.</summary>
    public static void CheckLayers(ArtefactManifest manifest, BackboneConfig config, string path)
    {
        if (manifest.Router.Layer > config.NumLayers)
        {
            throw new InvalidDataException($"{path}: router.layer: expected 0 to {config.NumLayers}, the backbone's layers, came {manifest.Router.Layer}.");
        }

        foreach (var (place, entry) in manifest.Categories.Index())
        {
            CheckLayers(entry.BaseLora, config, $"{path}: categories[{place}].baseLora.layers");
            CheckLayers(entry.ExpertLora, config, $"{path}: categories[{place}].expertLora.layers");
        }
    }

    private static void CheckLayers(LoraSettings? lora, BackboneConfig config, string origin)
    {
        try
        {
            lora?.Layers.From(config);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{origin}: {error.Message}", error);
        }
    }

    private static void CheckCategory(CategoryEntry category, string field, Action<bool, string, string, object?> require)
    {
        require(IsFolderName(category.Name), $"{field}.name", "the name of a folder", $"'{category.Name}'");
        foreach (var capability in category.Capabilities)
        {
            require(IsFolderName(capability), $"{field}.capabilities", "names of folders", $"'{capability}'");
        }

        var scales = category.Calibration.Capabilities.Count;
        require(category.Capabilities.Distinct(StringComparer.OrdinalIgnoreCase).Count() == category.Capabilities.Count, $"{field}.capabilities", "each name once", string.Join(", ", category.Capabilities));
        require(scales == category.Capabilities.Count, $"{field}.calibration.capabilities", $"a scale for each of {category.Capabilities.Count} capabilities", scales);
        require(category.HasOwnBackbone == category.BaseLora is null, $"{field}.baseLora", "an adapter's shape or hasOwnBackbone, not both or neither", category.HasOwnBackbone ? "both" : "neither");
        require(category.ExpertLora is null == (category.Capabilities.Count == 0 || category.ImportedExperts), $"{field}.expertLora", "an adapter's shape where there are capabilities that were not imported, else null", category.ExpertLora is null ? "null" : "a shape");
        require(category.Aggregator == AggregatorKind.Base || category.Capabilities.Count > 0, $"{field}.aggregator", "base for a category without capabilities", category.Aggregator);
        require(category.Aggregator != AggregatorKind.Rewards || category.AggregatorWidth is >= 1 and <= RewardsAggregator.MostWide, $"{field}.aggregatorWidth", category.AggregatorWidth < 1 ? "at least 1" : $"at most {RewardsAggregator.MostWide}", category.AggregatorWidth);
        require(IsDivisor(category.Calibration.Temperature), $"{field}.calibration.temperature", "a number above 0", category.Calibration.Temperature);
        CheckScale(category.Calibration.Overall, $"{field}.calibration.overall", require);
        for (var place = 0; place < scales; place++)
        {
            CheckScale(category.Calibration.Capabilities[place], $"{field}.calibration.capabilities[{place}]", require);
        }
    }

    private static void CheckScale(RewardScale scale, string field, Action<bool, string, string, object?> require)
    {
        require(IsDivisor(scale.Deviation), $"{field}.deviation", "a number above 0", scale.Deviation);
        require(scale.Quantiles.Count is 0 or RewardScale.NumQuantiles, $"{field}.quantiles", $"{RewardScale.NumQuantiles} numbers or none", scale.Quantiles.Count);
        require(scale.Quantiles.Zip(scale.Quantiles.Skip(1)).All(pair => pair.First <= pair.Second), $"{field}.quantiles", "numbers in ascending order", "a lower one after a higher one");
    }

    // In float32 too: divided by less, logits are no numbers.
    private static bool IsDivisor(double number) => number >= 1 / float.MaxValue;

    private static bool IsFolderName(string name) => name.Length > 0 && name[0] != '.' && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;

    private static bool IsInside(string name) => name.Split('/').All(IsFolderName);
}
