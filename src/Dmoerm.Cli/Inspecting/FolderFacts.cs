using System.Text.Json;
using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Classifiers;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Cli.Terminal;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Cli.Inspecting;

/// <summary>What there is to know of a folder that others made: a Hugging Face model, or a PEFT adapter.</summary>
internal sealed record FolderFacts
{
    private const string ConfigName = BackboneConfigFile.Name;
    private const string AdapterName = PeftSettingsFile.Name;

    /// <summary>What the folder is.</summary>
    public required string Kind { get; init; }

    /// <summary>The class that it was saved from, such as <c>LlamaForCausalLM</c>; for an adapter its type and task.</summary>
    public required string? Architecture { get; init; }

    /// <summary>The model's shape, where this version knows it.</summary>
    public BackboneSummary? Backbone { get; init; }

    /// <summary>How it gives rewards; null where it is no model that this version can run, or an adapter whose base is not here.</summary>
    public RewardFacts? Rewards { get; init; }

    /// <summary>An adapter's own settings.</summary>
    public IReadOnlyDictionary<string, string>? Adapter { get; init; }

    /// <summary>All weights, of whatever model; null where they cannot be told.</summary>
    public WeightSize? Weights { get; init; }

    /// <summary>Tokens of the tokenizer, or why it cannot be read; null for an adapter.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Where the chat template stands; null for an adapter, and where it cannot be rendered.</summary>
    public string? Template { get; init; }

    /// <summary>Why the chat template cannot be rendered; a model can stand on the folder all the same, on data that are rendered as text.</summary>
    public string? TemplateProblem { get; init; }

    /// <summary>Why this version cannot stand a model on it; empty where it can.</summary>
    public required IReadOnlyList<string> Obstacles { get; init; }

    /// <summary>What was looked at.</summary>
    public required Verification Verification { get; init; }

    /// <summary>Reads a folder's facts.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="baseFolder">An adapter's base; null takes the folder that the adapter names.</param>
    /// <param name="full">Also read every number.</param>
    /// <param name="looked">Told each tensor before it is read.</param>
    /// <exception cref="InvalidDataException">The folder is absent or none of the known kinds.</exception>
    public static FolderFacts Of(string folder, string? baseFolder, bool full, Action<string> looked)
    {
        ClassifierFolder.Require(folder);
        if (baseFolder is not null && !File.Exists(Path.Combine(folder, AdapterName)))
        {
            throw new UsageException($"--base is for PEFT adapters; {folder} is none.");
        }

        var verification = WeightsCheck.Of(folder, full, looked);
        return File.Exists(Path.Combine(folder, AdapterName)) ? OfAdapter(folder, baseFolder, verification)
            : File.Exists(Path.Combine(folder, ConfigName)) ? OfModel(folder, verification)
            : throw new InvalidDataException($"{folder} is nothing that is known here: expected {ArtefactFolder.ManifestName} (a trained model), {ConfigName} (a Hugging Face folder) or {AdapterName} (a PEFT adapter).");
    }

    /// <summary>Where in a folder its chat template stands, or in a sentence why it cannot be rendered.</summary>
    public static string TemplateOf(string folder) => Try(() => PlaceOf(folder)).Text;

    private static FolderFacts OfModel(string folder, Verification verification)
    {
        var config = ForeignFile.Object(Path.Combine(folder, ConfigName));
        var described = Try(() => BackboneFolder.Describe(folder));
        var rewards = described.Value is null ? default : Try(() => RewardFacts.Of(ClassifierProfile.Read(folder)));
        var (tokenizer, template) = (Try(() => Describe(Conversations.Tokenizers.Tokenizer.Load(folder))), Try(() => PlaceOf(folder)));
        return new FolderFacts
        {
            Kind = described.Value is not { Config.IsClassifier: true } ? "Hugging Face folder" : described.Value.Config.IsOpenRlhf ? "OpenRLHF reward model" : "Hugging Face classifier",
            Architecture = config.TryGetProperty("architectures", out var names) && names.ValueKind == JsonValueKind.Array && names.GetArrayLength() > 0 ? names[0].ToString() : TrainingFacts.Text(config, "model_type"),
            Backbone = described.Value,
            Rewards = rewards.Value,
            Weights = verification.Files == 0 ? null : Try(() => WeightSize.Of(folder)).Value,
            Tokenizer = tokenizer.Text,
            Template = template.Value,
            Obstacles = [.. new[] { described.Problem, rewards.Problem, tokenizer.Problem }.OfType<string>()],
            TemplateProblem = template.Problem,
            Verification = verification,
        };
    }

    private static string PlaceOf(string folder)
    {
        var template = ChatTemplate.Load(folder);
        var place = Path.GetRelativePath(folder, template.Origin);
        return template.ReadsClock ? $"{place}; it reads the clock, so a recipe says which day it is told (backbone.template.date)" : place;
    }

    private static FolderFacts OfAdapter(string folder, string? baseFolder, Verification verification)
    {
        var model = Try(() => ClassifierProfile.Read(folder, baseFolder));
        var rewards = model.Value is { } profile ? Try(() => RewardFacts.Of(profile)) : default;
        var config = ForeignFile.Object(Path.Combine(folder, AdapterName));
        string[] shown = ["peft_type", "task_type", "r", "lora_alpha", "target_modules", "layers_to_transform", "modules_to_save", "base_model_name_or_path"];
        return new FolderFacts
        {
            Kind = "PEFT adapter",
            Architecture = TrainingFacts.Text(config, "peft_type"),
            Backbone = model.Value?.Backbone,
            Rewards = rewards.Value,
            Adapter = shown.Where(name => config.TryGetProperty(name, out _)).ToDictionary(name => name, name => config.GetProperty(name).ToString() is { Length: > 0 } text ? text : "none"),
            Weights = verification.Files == 0 ? null : Try(() => WeightSize.Of(folder)).Value,
            Obstacles = [.. new[] { "An adapter alone is no model: it changes another one's weights.", model.Problem, rewards.Problem }.OfType<string>()],
            Verification = verification,
        };
    }

    private static string Describe(Conversations.Tokenizers.Tokenizer tokenizer) =>
        $"{WeightSize.Count(tokenizer.VocabularySize)} tokens{(tokenizer.LengthRules is { } rules ? $" (what its file says of {rules} is left out, as in transformers)" : "")}";

    private static (T? Value, string? Problem, string Text) Try<T>(Func<T> read)
        where T : class
    {
        try
        {
            var value = read();
            return (value, null, $"{value}");
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            return (null, Failure.Sentence(error), Failure.Sentence(error));
        }
    }
}
