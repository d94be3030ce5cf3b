using System.Globalization;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Conversations.Templates;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Artefacts.Classifiers;

/// <summary>What the files of a reward model from elsewhere say of it; of its weights only headers are read.</summary>
public sealed record ClassifierProfile
{
    // The last is OpenRLHF's RewardModel, and a decoder without any head.
    private static readonly string[] KnownEnds = ["ForSequenceClassification", "ForCausalLM", "Model"];

    /// <summary>The Hugging Face folder with <c>config.json</c> and weights.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of a PEFT adapter on it; null for none.</summary>
    public string? Adapter { get; init; }

    /// <summary>Shape, weights and head.</summary>
    public required BackboneSummary Backbone { get; init; }

    /// <summary>The names of the head's outputs (<c>id2label</c>), or those that a new head would have.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>There is a head to score with: the folder's own, or the adapter's.</summary>
    public required bool HasHead { get; init; }

    /// <summary>The ids that end a text (<c>eos_token_id</c>); may be empty.</summary>
    public required IReadOnlyList<int> EndIds { get; init; }

    /// <summary>The token that the model was trained to be read at.</summary>
    public required PoolingRule Pooling { get; init; }

    /// <summary>How OpenRLHF scales rewards; null where the folder says nothing of it.</summary>
    public RewardNormalisation? Normalisation { get; init; }

    /// <summary>Where the tokenizer is: beside the adapter where it has one, else with the weights.</summary>
    public string TokenizerFolder => Adapter is not null && File.Exists(Path.Combine(Adapter, "tokenizer.json")) ? Adapter : Folder;

    /// <summary>Where the chat template is, likewise.</summary>
    public string TemplateFolder => Adapter is not null && ChatTemplate.SourceIn(Adapter) is not null ? Adapter : Folder;

    /// <summary>Reads the profile of a Hugging Face folder, or of a PEFT adapter with its base.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="baseFolder">An adapter's base; null takes the folder that the adapter names.</param>
    /// <exception cref="InvalidDataException">The folder is broken, of an architecture or with a head that this version does not know; or the adapter's base is not here, or another one.</exception>
    /// <exception cref="ArgumentException">A base is named, and the folder is no adapter.</exception>
    public static ClassifierProfile Read(string folder, string? baseFolder = null)
    {
        if (!AdapterBase.Has(folder))
        {
            return baseFolder is null ? OfModel(folder) : throw new ArgumentException($"{folder} is no PEFT adapter, so it sits on no base (--base).", nameof(baseFolder));
        }

        var adapter = PeftFolder.Read(folder);
        return AdapterBase.Change(adapter, OfModel(AdapterBase.FolderOf(adapter, baseFolder)));
    }

    /// <summary>Names of outputs that nobody has named, as transformers makes them.</summary>
    internal static IReadOnlyList<string> Unnamed(int outputs) => [.. Enumerable.Range(0, outputs).Select(i => $"LABEL_{i}")];

    private static ClassifierProfile OfModel(string folder)
    {
        var config = ConfigField.ReadFile(Path.Combine(folder, BackboneConfigFile.Name));
        RefuseOtherHeads(folder, config);
        var backbone = BackboneFolder.Describe(folder);
        var normalisation = RewardNormalisation.Read(config);
        var labels = LabelsOf(config, backbone.Config.HeadOutputs);
        return normalisation is { Applies: true } && labels.Count > 1
            ? throw config.Error($"field 'normalize_reward' is for one reward; the head has {labels.Count} outputs")
            : new ClassifierProfile
            {
                Folder = folder,
                Backbone = backbone,
                Labels = labels,
                HasHead = backbone.Head == HeadKind.Score,
                EndIds = config.Ids("eos_token_id"),
                Pooling = backbone.Config.IsOpenRlhf ? PoolingRule.Last : PoolingRule.NotPad,
                Normalisation = normalisation,
            };
    }

    // A head that does more than one linear layer would give other numbers, or wrong ones.
    private static void RefuseOtherHeads(string folder, ConfigField config)
    {
        var architecture = config.FirstText("architectures");
        var isKnown = architecture is null || KnownEnds.Any(known => architecture.EndsWith(known, StringComparison.Ordinal));
        if (!isKnown || architecture is "CriticModel")
        {
            throw config.Error($"the architecture '{architecture}' has a head that is not known here; known are *ForSequenceClassification and OpenRLHF's RewardModel, whose heads are one linear layer");
        }

        if (Directory.GetFiles(folder, "value_head.*").FirstOrDefault() is { } other)
        {
            throw new InvalidDataException($"{other}: a head outside the model's own files (as LLaMA-Factory and TRL's value heads are stored) is not read; write it into the folder's safetensors as score.weight.");
        }
    }

    private static IReadOnlyList<string> LabelsOf(ConfigField config, int outputs)
    {
        var names = config.Child("id2label");
        if (names is null)
        {
            return Unnamed(outputs);
        }

        var numbers = Enumerable.Range(0, outputs).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        string[] labels = [.. numbers.Select(number => names.Text(number) ?? throw config.Error($"field 'id2label' should name outputs 0 to {outputs - 1}, but lacks {number}"))];
        return labels.Distinct(StringComparer.Ordinal).Count() == outputs
            ? labels
            : throw config.Error($"field 'id2label' gives two outputs the same name: {string.Join(", ", labels)}");
    }
}
