using System.Text.Json;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;

namespace Dmoerm.Artefacts;

/// <summary>Writes the folder that a trained model is kept in.</summary>
/// <param name="folder">Must not exist; a partial folder of the same path is replaced.</param>
public sealed class ArtefactWriter(string folder)
{
    private static readonly string[] BackboneFiles =
        ["config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", TemplateFolder.ToolsFile, "generation_config.json", "model.safetensors.index.json"];

    /// <summary>Writes everything that scoring reads.</summary>
    /// <param name="parts">The model.</param>
    /// <param name="identity">Name, data fingerprint and tool version.</param>
    /// <param name="backboneSource">The Hugging Face folder that the backbone was loaded from.</param>
    /// <param name="wholeBackbone">The backbone has all of the folder's layers, so its files are copied as they are.</param>
    /// <param name="recipe">The resolved recipe as JSON.</param>
    public void Write(ArtefactParts parts, ArtefactIdentity identity, string backboneSource, bool wholeBackbone, string recipe)
    {
        DurableFile.DeleteFolder(folder);
        Directory.CreateDirectory(folder);
        WriteBackbone(parts.Backbone, backboneSource, wholeBackbone);
        WriteTemplate(parts.Template);
        foreach (var category in parts.Categories)
        {
            WriteExperts(category);
        }

        using (var scope = NewDisposeScope())
        {
            SafetensorsFile.Write(Path.Combine(folder, ArtefactFolder.RouterName), State(parts.Router, ""));
            SafetensorsFile.Write(Path.Combine(folder, ArtefactFolder.AggregatorsName), parts.Categories.SelectMany(AggregatorState));
        }

        DurableFile.WriteText(Path.Combine(folder, "recipe.json"), recipe);
        WriteManifest(Manifest(parts, identity));
    }

    /// <summary>Notes the documents that were written beside the model since, such as its card: with them every file of the folder but the manifest has its hash there.</summary>
    public void NoteDocuments()
    {
        var manifest = ArtefactFolder.ReadManifest(folder);
        WriteManifest(manifest with { Documents = Fingerprints(name => name != ArtefactFolder.ManifestName && !manifest.Files.ContainsKey(name)) });
    }

    private void WriteManifest(ArtefactManifest manifest) =>
        DurableFile.WriteText(Path.Combine(folder, ArtefactFolder.ManifestName), JsonSerializer.Serialize(manifest, StrictJson.Options) + "\n");

    private SortedDictionary<string, FileEntry> Fingerprints(Func<string, bool> isWanted) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(folder, path).Replace('\\', '/'), Path: path))
            .Where(file => isWanted(file.Name))
            .ToDictionary(file => file.Name, file => FileFingerprint.Of(file.Path)),
        StringComparer.Ordinal);

    private void WriteBackbone(Backbone backbone, string source, bool whole)
    {
        var target = Path.Combine(folder, ArtefactFolder.BackboneName);
        if (!whole)
        {
            BackboneFolder.Save(target, backbone, tokenizerFolder: source);
            return;
        }

        Directory.CreateDirectory(target);
        var weights = Directory.GetFiles(source, "*.safetensors").Select(path => Path.GetFileName(path)!);
        foreach (var name in BackboneFiles.Where(name => File.Exists(Path.Combine(source, name))).Concat(weights))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, name))!);
            DurableFile.Copy(Path.Combine(source, name), Path.Combine(target, name));
        }
    }

    // A template that the recipe brought, where the folder has none or another.
    private void WriteTemplate(ChatTemplate? template)
    {
        var target = Path.Combine(folder, ArtefactFolder.BackboneName);
        if (template is not null && template.Source != ChatTemplate.SourceIn(target))
        {
            // The folder's own template for tools would go before it.
            DurableFile.DeleteFolder(Path.Combine(target, Path.GetDirectoryName(TemplateFolder.ToolsFile)!));
            DurableFile.WriteText(Path.Combine(target, "chat_template.jinja"), template.Source);
        }
    }

    private void WriteExperts(ServedCategory category)
    {
        var model = category.Model;
        WriteOrCopy(category, ArtefactFolder.BaseName, target =>
        {
            if (model.HasOwnBackbone)
            {
                BackboneFolder.Save(target, model.Merged, scoreHead_LD: model.Base.Head_ED);
            }
            else
            {
                AdapterFolder.Write(target, model.Base, 0);
            }
        });
        for (var expert = 0; expert < model.Capabilities.Count && model.Experts is not null; expert++)
        {
            var place = expert;
            WriteOrCopy(category, model.Capabilities[expert], target => AdapterFolder.Write(target, model.Experts, place));
        }
    }

    private void WriteOrCopy(ServedCategory category, string name, Action<string> write)
    {
        var target = Path.Combine(folder, ArtefactFolder.ExpertsName, category.Name, name);
        if (!category.KeptFolders.TryGetValue(name, out var kept))
        {
            write(target);
            return;
        }

        Directory.CreateDirectory(target);
        if (name != ArtefactFolder.BaseName && category.Model.Experts?.Adapters is { IsFixed: true })
        {
            AdapterFolder.Copy(kept, target);
            return;
        }

        foreach (var file in Directory.GetFiles(kept))
        {
            DurableFile.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private static IEnumerable<(string Name, Tensor Tensor)> AggregatorState(ServedCategory category) =>
        State(category.Aggregator, category.Name + "/")
            .Append(($"{category.Name}/scaling.mean", category.Scaling.Mean_F))
            .Append(($"{category.Name}/scaling.deviation", category.Scaling.Deviation_F));

    private static IEnumerable<(string Name, Tensor Tensor)> State(nn.Module module, string prefix) =>
        module.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (prefix + pair.Key, pair.Value.detach()));

    private ArtefactManifest Manifest(ArtefactParts parts, ArtefactIdentity identity) => new()
    {
        Schema = ArtefactManifest.CurrentSchema,
        Tool = identity.Tool,
        Name = identity.Name,
        MaxTokens = parts.MaxTokens,
        CutsResponses = parts.CutsResponses,
        Template = parts.Template is { Settings: { IsEmpty: false } settings } ? settings : null,
        Router = new RouterEntry(parts.Router.Layer, parts.Router.Temperature, parts.Router.Pooling, parts.Router.FallbackBelow),
        Categories = [.. parts.Categories.Select(Entry)],
        DataHash = identity.DataHash,
        GrownFrom = identity.GrownFrom,
        Files = Fingerprints(_ => true),
    };

    private static CategoryEntry Entry(ServedCategory category) => new()
    {
        Name = category.Name,
        Capabilities = category.Model.Capabilities,
        HasOwnBackbone = category.Model.HasOwnBackbone,
        BaseLora = category.Model.Base.Adapters?.Settings,
        ExpertLora = category.Model.Experts?.Adapters is { IsFixed: false } experts ? experts.Settings : null,
        ImportedExperts = category.Model.Experts?.Adapters is { IsFixed: true },
        Aggregator = category.Aggregator.Kind,
        AggregatorWidth = category.Aggregator is RewardsAggregator rewards ? rewards.Width : 0,
        AggregatorUsesBase = category.Aggregator.UsesBase,
        Calibration = category.Calibration,
        // File names alone: nothing in the artefact depends on where a machine keeps its data.
        Source = category.Source with { Data = [.. category.Source.Data.Select(path => Path.GetFileName(path))], Test = [.. category.Source.Test.Select(path => Path.GetFileName(path))] },
        Origin = category.Origin,
        Notes = category.Notes,
    };
}

/// <summary>What an artefact is called and made from.</summary>
/// <param name="Name">The recipe's name.</param>
/// <param name="DataHash">Fingerprint of the training data.</param>
/// <param name="Tool">Version of the product.</param>
/// <param name="GrownFrom">The model that this one grew from; null for none.</param>
public sealed record ArtefactIdentity(string Name, string DataHash, string Tool, ModelIdentity? GrownFrom = null);
