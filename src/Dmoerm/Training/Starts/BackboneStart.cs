using Dmoerm.Artefacts;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Starts;

/// <summary>What a run starts from: the backbone, its head where it is a reward model already, its tokenizer and its chat template.</summary>
/// <param name="Checkpoint">The loaded folder.</param>
/// <param name="Head_1D">[1, D] where every base's head starts; null for a new one. It belongs to the checkpoint.</param>
/// <param name="Tokenizer">From text to ids.</param>
/// <param name="Template">Renders chats; null where every category is rendered as text.</param>
internal sealed record BackboneStart(BackboneCheckpoint Checkpoint, Tensor? Head_1D, Tokenizer Tokenizer, ChatTemplate? Template)
{
    /// <summary>Loads what a recipe names.</summary>
    /// <param name="recipe">With absolute paths.</param>
    /// <exception cref="InvalidDataException">The folder is not whole, has too few layers, or has a head that cannot be started from.</exception>
    public static BackboneStart Load(TrainingRecipe recipe)
    {
        var source = recipe.Backbone;
        var checkpoint = LoadLayers(source);
        try
        {
            return new BackboneStart(checkpoint, HeadOf(source, checkpoint), Tokenizer.Load(source.Folder), TemplateOf(recipe));
        }
        catch (InvalidDataException)
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private static BackboneCheckpoint LoadLayers(BackboneSource source)
    {
        if (source.KeepLayers is { } kept && BackboneConfig.Read(source.Folder).NumLayers is var layers && kept > layers)
        {
            throw new InvalidDataException($"Recipe, field backbone.keepLayers: expected 1 to {layers}, the backbone's layers, got {kept}.");
        }

        return BackboneFolder.Load(source.Folder, ScalarType.Float32, keepLayers: source.KeepLayers);
    }

    private static Tensor? HeadOf(BackboneSource source, BackboneCheckpoint checkpoint)
    {
        if (source.NewHead || (checkpoint.ScoreHead_LD is null && !checkpoint.Backbone.Config.IsClassifier))
        {
            return null;
        }

        if (checkpoint.ScoreHead_LD is not { } head_LD)
        {
            throw new InvalidDataException($"{source.Folder}: it is a classifier ({checkpoint.Backbone.Config.Architecture}) without its head, score.weight; with backbone.newHead: true the recipe starts from a new head.");
        }

        if (head_LD.shape[0] != 1)
        {
            throw new InvalidDataException($"{source.Folder}: its head gives {head_LD.shape[0]} numbers, a reward model's gives one; with backbone.newHead: true the recipe starts from a new head.");
        }

        return source.KeepLayers is null
            ? head_LD
            : throw new InvalidDataException($"{source.Folder}: its head reads the last layer, which backbone.keepLayers leaves out; with backbone.newHead: true the recipe starts from a new head.");
    }

    private static ChatTemplate? TemplateOf(TrainingRecipe recipe)
    {
        var source = recipe.Backbone;
        if (source.ChatTemplate is { } path)
        {
            return File.Exists(path)
                ? ChatTemplate.FromSource(ForeignFile.Text(path), path, source.Folder, source.Template)
                : throw new InvalidDataException($"{path}: no such file; the recipe's field backbone.chatTemplate names it.");
        }

        if (ArtefactParts.RenderingOf(recipe.Categories.Values) == Rendering.Text)
        {
            return null;
        }

        return ChatTemplate.SourceIn(source.Folder) is null
            ? throw new InvalidDataException($"{source.Folder}: no chat_template.jinja, and no chat_template in tokenizer_config.json: name a file in the recipe's field backbone.chatTemplate, or set render: text for every category.")
            : ChatTemplate.Load(source.Folder, source.Template);
    }
}
