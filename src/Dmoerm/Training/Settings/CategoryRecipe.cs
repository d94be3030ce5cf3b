using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Data;

namespace Dmoerm.Training.Settings;

/// <summary>The part of a recipe that the training of one category depends on: kept with the model, so that a later run can tell what is unchanged.</summary>
internal static class CategoryRecipe
{
    // What no weight, aggregator or calibration of a category depends on. A field that is not named here counts, also one of a later version.
    private static readonly string[] Apart = ["router", "baselines", "cache", "checkpoints", "report"];

    // Compared by contents instead: the backbone by its weights, the data by fingerprint, capabilities one by one.
    private static readonly string[] Elsewhere = ["name", "dataLicence", "backbone.folder", "backbone.keepLayers", "backbone.chatTemplate", "backbone.licence", "assignUncategorised", "data", "test", "format", "resampleBy", "capabilities"];

    /// <summary>Cuts a recipe down to one category.</summary>
    public static JsonElement Of(TrainingRecipe recipe, string category)
    {
        var part = Node(recipe.Portable() with { Categories = new Dictionary<string, CategorySource> { [category] = recipe.Portable().Categories[category] } });
        foreach (var field in Apart)
        {
            part.Remove(field);
        }

        return JsonSerializer.SerializeToElement(part);
    }

    /// <summary>Reads a part back, with the defaults of what it does not name.</summary>
    /// <exception cref="InvalidDataException">A field is not one of this version.</exception>
    public static TrainingRecipe Read(JsonElement part, string origin) => StrictJson.Parse<TrainingRecipe>(part.GetRawText(), origin);

    /// <summary>The first setting by which a category would be trained otherwise; null where there is none.</summary>
    /// <param name="before">The recipe that trained it.</param>
    /// <param name="now">Another recipe.</param>
    /// <param name="category">The category; both name it.</param>
    public static FieldDifference? Difference(TrainingRecipe before, TrainingRecipe now, string category)
    {
        var (old, wanted) = (Comparable(before, category), Comparable(now, category));
        if (FieldDifference.First(old.Settings, wanted.Settings, "") is { } setting)
        {
            return setting;
        }

        foreach (var (name, capability) in old.Capabilities)
        {
            var field = $"categories.{category}.capabilities.{name}";
            if (wanted.Capabilities[name] is not { } other)
            {
                return new FieldDifference(field, "a capability", "none");
            }

            if (FieldDifference.First(capability, other, field) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static (JsonObject Settings, JsonObject Capabilities) Comparable(TrainingRecipe recipe, string category)
    {
        // The default number of folds, said or not, is one setting.
        var folds = recipe.Phases.Split is null ? recipe.Phases.CrossFit ?? LeakGuard.DefaultFolds : (int?)null;
        var settings = Node(recipe with { Phases = recipe.Phases with { CrossFit = folds } });
        var source = (JsonObject)settings["categories"]![category]!.DeepClone();
        var capabilities = (JsonObject)source["capabilities"]!.DeepClone();
        settings["categories"] = new JsonObject { [category] = source };
        foreach (var field in Apart.Concat(Elsewhere))
        {
            settings.Remove(field);
            source.Remove(field);
            ((JsonObject)settings["backbone"]!).Remove(field.Split('.')[^1]);
        }

        return (settings, capabilities);
    }

    private static JsonObject Node(TrainingRecipe recipe) => JsonSerializer.SerializeToNode(recipe, StrictJson.Options)!.AsObject();
}
