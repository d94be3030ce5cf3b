using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Conversations.Templates;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Runs;

/// <summary>Whether a recipe's backbone is the one that a model stands on.</summary>
/// <remarks>Weights are compared as numbers: a folder in other files, in another type of equal values, or with layers above the kept ones is the same backbone.</remarks>
internal static class GrowthBackbone
{
    /// <summary>Fails on the first difference.</summary>
    /// <param name="model">The model's backbone.</param>
    /// <param name="folder">The recipe's backbone.</param>
    /// <param name="backbone">The same, loaded.</param>
    /// <param name="template">Its template; null where nothing is rendered as a chat.</param>
    /// <exception cref="InvalidDataException">Something differs.</exception>
    public static void Check(string model, string folder, Backbone backbone, ChatTemplate? template)
    {
        using var stored = BackboneFolder.Load(model, ScalarType.Float32);
        if (FieldDifference.First(Config(stored.Backbone.Config), Config(backbone.Config), "") is { } setting)
        {
            throw Other(model, folder, $"{setting.Field} is {setting.Now}, not {setting.Before}");
        }

        foreach (var (before, now) in stored.Backbone.Weights.Named().Zip(backbone.Weights.Named()))
        {
            using var scope = NewDisposeScope();
            if (!before.Tensor.shape.SequenceEqual(now.Tensor.shape) || !before.Tensor.eq(now.Tensor).all().item<bool>())
            {
                throw Other(model, folder, $"tensor '{now.Name}' has other numbers");
            }
        }

        if (!File.ReadAllBytes(Path.Combine(model, "tokenizer.json")).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json"))))
        {
            throw Other(model, folder, "tokenizer.json differs");
        }

        // A model that renders texts alone has none, and may get one.
        if (template is not null && ChatTemplate.FingerprintIn(model) is { } hash && hash != template.Fingerprint())
        {
            throw Other(model, folder, "the chat template differs");
        }
    }

    // What changes a number; names of classes and heads do not.
    private static JsonObject Config(BackboneConfig config)
    {
        var json = JsonNode.Parse((config with { NumLabels = null, PadId = null }).ToJson("any"))!.AsObject();
        json.Remove("max_position_embeddings");
        json.Remove("tie_word_embeddings");
        return json;
    }

    private static InvalidDataException Other(string model, string folder, string what) =>
        new($"Recipe, field backbone.folder: {folder} is not the backbone that the model stands on ({model}): {what}. Name that folder, or train without --from.");
}
