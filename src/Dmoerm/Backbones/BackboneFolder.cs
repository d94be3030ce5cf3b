using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations.Templates;

namespace Dmoerm.Backbones;

/// <summary>Loads and saves decoders as Hugging Face folders.</summary>
public static class BackboneFolder
{
    private const string LanguageHead = "lm_head.weight";
    private const string ScoreHead = "score.weight";
    private const string ValueHead = "value_head.weight";

    // What a folder carries beside the weights that text and generation depend on.
    private static readonly string[] TokenizerFiles =
        ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", TemplateFolder.ToolsFile, "generation_config.json"];

    /// <summary>Loads a folder.</summary>
    /// <param name="folder">Holds <c>config.json</c> and <c>*.safetensors</c>, in one file or in shards with an index.</param>
    /// <param name="dtype">The type to compute in; the stored one does not matter.</param>
    /// <param name="device">Where to; null for the CPU.</param>
    /// <param name="keepLayers">Take only so many of the lowest layers, with the folder's final norm; null for all.</param>
    /// <returns>The decoder and its head; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">
    /// No weights, an unknown architecture, a tensor that is missing, misshapen or not asked for.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The folder has fewer layers than are to be kept.</exception>
    public static BackboneCheckpoint Load(string folder, ScalarType dtype, Device? device = null, int? keepLayers = null)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException($"{folder}: no such folder; a Hugging Face folder was expected there.");
        }

        var whole = BackboneConfig.Read(folder);
        if (keepLayers is { } kept && (kept < 1 || kept > whole.NumLayers))
        {
            throw new ArgumentOutOfRangeException(nameof(keepLayers), keepLayers, $"{folder} has {whole.NumLayers} layers.");
        }

        // Tensors that were loaded before an error are freed by the scope.
        using var scope = NewDisposeScope();
        using var files = WeightFiles.Open(folder);
        var config = whole.Lower(keepLayers ?? whole.NumLayers);
        Tensor Take(string name, long[] shape) => files.Take(WeightPlace.Of(config, name, shape), dtype, device);
        var weights = BackboneWeights.Build(config, Take);
        var language = TakeLanguageHead(config, files, weights, Take);
        var score = TakeScoreHead(config, files, Take);
        var unused = CheckUnused(whole, config, files);
        CheckTied(config, files, weights, dtype, device);
        foreach (var tensor in weights.Named().Select(pair => pair.Tensor).Append(language).Append(score))
        {
            tensor?.DetachFromDisposeScope();
        }

        return new BackboneCheckpoint { Backbone = new Backbone(config, weights), LanguageHead_VD = language, ScoreHead_LD = score, Unused = unused };
    }

    /// <summary>Looks a folder over: everything that <see cref="Load"/> would refuse for its shape is refused, and no weight is read.</summary>
    /// <param name="folder">Holds <c>config.json</c> and <c>*.safetensors</c>.</param>
    /// <exception cref="InvalidDataException">No weights, an unknown architecture, a tensor that is missing, misshapen or not asked for.</exception>
    public static BackboneSummary Describe(string folder)
    {
        using var scope = NewDisposeScope();
        var config = BackboneConfig.Read(folder);
        using var files = WeightFiles.Open(folder);
        // Several weights may share a tensor.
        var entries = new HashSet<SafetensorsEntry>(ReferenceEqualityComparer.Instance);
        Tensor Look(string name, long[] shape)
        {
            entries.Add(files.Expect(WeightPlace.Of(config, name, shape)).Entry);
            return empty(0);
        }

        var weights = BackboneWeights.Build(config, Look);
        var language = TakeLanguageHead(config, files, weights, Look);
        var score = TakeScoreHead(config, files, Look);
        return new BackboneSummary
        {
            Config = config,
            Parameters = entries.Sum(entry => entry.Numbers),
            Types = [.. entries.Select(entry => $"{entry.Type}").Distinct().Order(StringComparer.Ordinal)],
            Bytes = files.Files.Sum(file => FileLength.Of(file.Path)),
            Head = score is not null ? HeadKind.Score : language is null ? HeadKind.None : config.TiedEmbeddings ? HeadKind.TiedLanguage : HeadKind.Language,
            Unused = CheckUnused(config, config, files),
        };
    }

    /// <summary>Saves a decoder in float32, so that <see cref="Load"/> and transformers read it.</summary>
    /// <param name="folder">Made if absent; files of the same names are replaced.</param>
    /// <param name="backbone">The decoder.</param>
    /// <param name="languageHead_VD">An untied language head, or null.</param>
    /// <param name="scoreHead_LD">A classifier's head, or null.</param>
    /// <param name="tokenizerFolder">Where to copy tokenizer files and chat template from; null for none.</param>
    public static void Save(string folder, Backbone backbone, Tensor? languageHead_VD = null, Tensor? scoreHead_LD = null, string? tokenizerFolder = null)
    {
        using var scope = NewDisposeScope();
        var config = backbone.Config with { NumLabels = (int?)scoreHead_LD?.shape[0] };
        var tensors = WeightPlace.Join(config, backbone.Weights.Named()).Select(pair => (Name: "model." + pair.Name, pair.Tensor)).ToList();
        if (languageHead_VD is not null && !config.TiedEmbeddings)
        {
            tensors.Add((LanguageHead, languageHead_VD));
        }

        if (scoreHead_LD is not null)
        {
            tensors.Add((ScoreHead, scoreHead_LD));
        }

        var kind = scoreHead_LD is not null ? "ForSequenceClassification" : languageHead_VD is not null || config.TiedEmbeddings ? "ForCausalLM" : "Model";
        var json = config.ToJson(DecoderFamily.Find(config.ModelType)?.ClassPrefix + kind);
        Directory.CreateDirectory(folder);
        DurableFile.WriteText(Path.Combine(folder, BackboneConfigFile.Name), json);
        SafetensorsFile.Write(Path.Combine(folder, "model.safetensors"), tensors.Select(pair => (pair.Name, pair.Tensor.to(ScalarType.Float32))));
        CopyTokenizer(tokenizerFolder, folder);
    }

    private static Tensor? TakeLanguageHead(BackboneConfig config, WeightFiles files, BackboneWeights weights, Func<string, long[], Tensor> take)
    {
        if (config.IsClassifier)
        {
            return null;
        }

        if (config.TiedEmbeddings)
        {
            return weights.Embedding_VD;
        }

        var expected = config.Architecture?.EndsWith("ForCausalLM", StringComparison.Ordinal) ?? false;
        return expected || files.Has(LanguageHead) ? take(LanguageHead, [config.VocabularySize, config.HiddenSize]) : null;
    }

    // A classifier's head may be missing: whether that is an error depends on what the folder is wanted for.
    private static Tensor? TakeScoreHead(BackboneConfig config, WeightFiles files, Func<string, long[], Tensor> take)
    {
        string[] names = config.IsOpenRlhf ? [$"{config.HeadPrefix}.weight", ScoreHead, ValueHead] : [ScoreHead];
        return names.FirstOrDefault(files.Has) is { } name ? take(name, [config.HeadOutputs, config.HiddenSize]) : null;
    }

    // transformers 4 takes the embedding, transformers 5 the head that is there: only where the two are equal is there one answer.
    private static void CheckTied(BackboneConfig config, WeightFiles files, BackboneWeights weights, ScalarType dtype, Device? device)
    {
        if (!config.TiedEmbeddings || config.IsClassifier || !files.Has(LanguageHead))
        {
            return;
        }

        using var head_VD = files.Take(WeightPlace.Whole(LanguageHead, [config.VocabularySize, config.HiddenSize]), dtype, device);
        if (!head_VD.eq(weights.Embedding_VD).all().item<bool>())
        {
            throw new InvalidDataException($"{files.FileOf(LanguageHead)}: tensor '{LanguageHead}' differs from the embedding, but tie_word_embeddings says that the two are one; set it to false in {BackboneConfigFile.Name}, or leave the tensor out.");
        }
    }

    private static string[] CheckUnused(BackboneConfig whole, BackboneConfig kept, WeightFiles files)
    {
        string[] unused = [.. files.Left];
        string[] cut = [.. Enumerable.Range(kept.NumLayers, whole.NumLayers - kept.NumLayers).Select(layer => $"layers.{layer}.")];
        var extra = unused.FirstOrDefault(name =>
            !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)
            && name != LanguageHead
            && !cut.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
        return extra is null
            ? unused
            : throw new InvalidDataException($"{files.FileOf(extra)}: tensor '{extra}' has no place in a {whole.ModelType} of {whole.NumLayers} layers.");
    }

    private static void CopyTokenizer(string? from, string to)
    {
        foreach (var name in from is null ? [] : TokenizerFiles.Where(name => File.Exists(Path.Combine(from, name))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, name))!);
            DurableFile.Copy(Path.Combine(from!, name), Path.Combine(to, name));
        }
    }
}
