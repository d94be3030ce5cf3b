using Dmoerm.Backbones.Configs;
using Dmoerm.Experts;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Starts;

/// <summary>The lowest layer that any adapter of a run changes: what lies below is the trunk.</summary>
internal static class TrunkDepth
{
    /// <summary>Finds it.</summary>
    /// <param name="recipe">Names the adapters.</param>
    /// <param name="config">The backbone's sizes.</param>
    /// <returns>0 without a trunk, the number of layers without an adapter.</returns>
    /// <exception cref="InvalidDataException">Adapters are to change layers that the backbone does not have.</exception>
    public static int Of(TrainingRecipe recipe, BackboneConfig config)
    {
        (string Field, BaseSettings? Settings)[] bases = [("base", recipe.Base), ("baselines.oneForAll", recipe.Baselines.OneForAll), ("baselines.onePerCategory", recipe.Baselines.OnePerCategory)];
        var adapted = bases.Where(entry => entry.Settings is { Adapt: Adaptation.Lora }).Select(entry => Lowest(entry.Field, entry.Settings!.Lora, config));
        var hasExperts = recipe.Categories.Values.Any(category => category.Capabilities.Count > 0);
        return adapted.Concat(hasExperts ? [Lowest("experts", recipe.Experts.Lora, config)] : []).DefaultIfEmpty(config.NumLayers).Min();
    }

    private static int Lowest(string field, LoraSettings lora, BackboneConfig config)
    {
        try
        {
            return lora.Layers.From(config);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"Recipe, field {field}.lora.layers: {error.Message}", error);
        }
    }
}
