using Dmoerm.Aggregation;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Experts;
using Dmoerm.Experts.Adapters;
using Dmoerm.Routing;

namespace Dmoerm.Artefacts;

/// <summary>Reads the folder that a trained model is kept in.</summary>
public static class ArtefactFolder
{
    /// <summary>The file that says what the folder holds.</summary>
    public const string ManifestName = "dmoerm.json";

    internal const string BackboneName = "backbone";
    internal const string RouterName = "router.safetensors";
    internal const string AggregatorsName = "aggregators.safetensors";
    internal const string ExpertsName = "experts";
    internal const string BaseName = "base";
    private const string RunModelName = "model";

    /// <summary>Reads and checks an artefact.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InvalidDataException">It is no artefact, of another schema version, incomplete, or a file was changed.</exception>
    public static ArtefactParts Read(string folder)
    {
        var manifest = ReadManifest(folder);
        FileFingerprint.Check(folder, manifest.Files);
        return Load(folder, manifest);
    }

    /// <summary>Reads an artefact whose files are known to be those of its manifest.</summary>
    /// <exception cref="InvalidDataException">The manifest asks for other shapes than the files have, or a weight is no number.</exception>
    internal static ArtefactParts Load(string folder, ArtefactManifest manifest)
    {
        var backboneFolder = Path.Combine(folder, BackboneName);
        var backbone = BackboneFolder.Load(backboneFolder, ScalarType.Float32).Backbone;
        ManifestCheck.CheckLayers(manifest, backbone.Config, Path.Combine(folder, ManifestName));
        var router = new TaskRouter(manifest.Categories.Count, backbone.Config.HiddenSize, manifest.Router.Layer)
        {
            Temperature = manifest.Router.Temperature,
            Pooling = manifest.Router.Pooling,
            FallbackBelow = manifest.Router.FallbackBelow,
        };
        ReadState(router, Path.Combine(folder, RouterName), "");
        return new ArtefactParts
        {
            Backbone = backbone,
            Tokenizer = Tokenizer.Load(backboneFolder),
            Template = ArtefactParts.RenderingOf(manifest.Categories.Select(entry => entry.Source)) == Rendering.Text ? null : ChatTemplate.Load(backboneFolder, manifest.Template),
            MaxTokens = manifest.MaxTokens,
            CutsResponses = manifest.CutsResponses,
            Router = router,
            Categories = [.. manifest.Categories.Select(entry => ReadCategory(folder, entry, backbone))],
        };
    }

    /// <summary>Reads <c>dmoerm.json</c> alone.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is of another schema version.</exception>
    public static ArtefactManifest ReadManifest(string folder)
    {
        var path = Path.Combine(folder, ManifestName);
        if (!File.Exists(path))
        {
            var hint = IsRun(folder) ? $" Its folder {RunModelName} is one." : "";
            throw new InvalidDataException($"{folder} is no trained model: expected a folder with {ManifestName}, as `dmoerm train` writes it.{hint}");
        }

        CheckSchema(path);
        var manifest = StrictJson.Read<ArtefactManifest>(path);
        ManifestCheck.Check(manifest, path);
        return manifest;
    }

    /// <summary>The folder is no model, but the run that trained one.</summary>
    internal static bool IsRun(string folder) => File.Exists(Path.Combine(folder, RunModelName, ManifestName));

    private static void CheckSchema(string path)
    {
        var found = ForeignFile.Object(path).TryGetProperty("schema", out var schema) ? schema.ToString() : "none";
        if (found != $"{ArtefactManifest.CurrentSchema}")
        {
            throw new InvalidDataException($"{path}: schema version {found} cannot be read by this version of dmoerm, which reads version {ArtefactManifest.CurrentSchema}.");
        }
    }

    /// <summary>Reads one category.</summary>
    /// <param name="folder">The artefact's folder.</param>
    /// <param name="entry">What the manifest says of the category.</param>
    /// <param name="common">The artefact's backbone.</param>
    internal static ServedCategory ReadCategory(string folder, CategoryEntry entry, Backbone common)
    {
        var experts = Path.Combine(folder, ExpertsName, entry.Name);
        var trained = ReadBase(Path.Combine(experts, BaseName), entry, common);
        var merged = trained.Adapters is null ? trained.Backbone : common.Merge(trained.Adapters.Updates);
        string[] folders = [.. entry.Capabilities.Select(capability => Path.Combine(experts, capability))];
        var stack = entry.ImportedExperts ? PeftExperts.Read(folders, merged) : entry.ExpertLora is { } lora ? AdapterFolder.Read(folders, lora, merged) : null;
        var aggregator = Aggregator.Create(entry.Aggregator, entry.Capabilities.Count, common.Config.HiddenSize, entry.AggregatorWidth, entry.AggregatorUsesBase, seed: 0);
        var file = Path.Combine(folder, AggregatorsName);
        ReadState(aggregator, file, entry.Name + "/");
        return new ServedCategory
        {
            Model = new CategoryModel(entry.Name, entry.Capabilities, trained, merged, stack),
            Aggregator = aggregator,
            Scaling = ReadScaling(file, entry.Name, aggregator.NumFeatures),
            Calibration = entry.Calibration,
            Source = entry.Source,
            Origin = entry.Origin,
            Notes = entry.Notes,
        };
    }

    private static StackedScorers ReadBase(string folder, CategoryEntry entry, Backbone common)
    {
        if (!entry.HasOwnBackbone)
        {
            return AdapterFolder.Read([folder], entry.BaseLora!, common);
        }

        var checkpoint = BackboneFolder.Load(folder, ScalarType.Float32);
        return new StackedScorers(checkpoint.Backbone, null, checkpoint.ScoreHead_LD ?? throw new InvalidDataException($"{folder}: the head score.weight is missing."));
    }

    private static FeatureScaling ReadScaling(string path, string category, int numFeatures)
    {
        using var file = SafetensorsFile.Open(path);
        return new FeatureScaling(file.Take($"{category}/scaling.mean", [numFeatures]), file.Take($"{category}/scaling.deviation", [numFeatures]));
    }

    private static void ReadState(nn.Module module, string path, string prefix)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, value) in module.state_dict())
        {
            value.copy_(file.Take(prefix + name, value.shape));
        }
    }
}
