namespace Dmoerm.Backbones.Configs;

/// <summary>Reads the <c>config.json</c> of a Hugging Face folder.</summary>
/// <remarks>
/// Every field that changes numbers is honoured or refused by its name; fields that change none (dropout, begin and end ids, caches) are
/// passed over. transformers 5 keeps the rotary settings under <c>rope_parameters</c> and names each layer's attention, transformers 4 did neither.
/// </remarks>
internal static class BackboneConfigFile
{
    public const string Name = "config.json";

    // What a row of a list per layer could not hold is no model, but a broken number.
    private const int MostLayers = 10_000;

    // Wider than any decoder. Beyond it a broken number could fit tensors by the overflow of a product.
    private const int MostWide = 1 << 24;

    private static readonly string[] Heads = ["Model", "ForCausalLM", "ForSequenceClassification"];

    public static BackboneConfig Read(string path)
    {
        var config = ConfigField.ReadFile(path);
        var type = config.Text("model_type") ?? throw config.Error("field 'model_type' is missing; it names the architecture");
        var family = DecoderFamily.Find(type) ?? throw config.Error($"the architecture '{type}' is not known; this version knows {DecoderFamily.Names}");
        OtherArithmetic.Refuse(config, family);
        return ReadFamily(config, family, ReadShape(config, family));
    }

    private static BackboneConfig ReadShape(ConfigField config, DecoderFamily family)
    {
        var (hidden, heads) = (Bounded(config, "hidden_size", MostWide), config.Count("num_attention_heads"));
        // A written null is as many as query heads in every family, an absent field the family's own number.
        var keyValueHeads = config.Count("num_key_value_heads", config.IsWritten("num_key_value_heads") ? heads : family.KeyValueHeads ?? heads);
        var headSize = config.Count("head_dim", family.HeadSize ?? (hidden % heads == 0 ? hidden / heads : null));
        if (heads % keyValueHeads != 0 || headSize % 2 != 0)
        {
            throw config.Error($"{heads} query heads should be a multiple of {keyValueHeads} key heads, and the head size {headSize} even");
        }

        if ((long)heads * headSize > MostWide)
        {
            throw config.Error($"{heads} heads ('num_attention_heads') of size {headSize} ('head_dim') are {(long)heads * headSize} wide; this version reads at most {MostWide}");
        }

        return new BackboneConfig
        {
            ModelType = family.ModelType,
            VocabularySize = config.Count("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = Bounded(config, "intermediate_size", MostWide),
            NumLayers = Bounded(config, "num_hidden_layers", MostLayers),
            NumHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            MaxPositions = config.Count("max_position_embeddings", family.MaxPositions),
            TiedEmbeddings = config.Flag("tie_word_embeddings", family.TiedEmbeddings),
            Architecture = ReadArchitecture(config),
            NumLabels = config.Child("id2label")?.FieldCount ?? (config.Has("num_labels") ? config.Count("num_labels") : null),
            PadId = config.IsWritten("pad_token_id") ? config.OptionalId("pad_token_id") : family.PadId,
            HeadPrefix = config.Text("value_head_prefix"),
        };
    }

    private static BackboneConfig ReadFamily(ConfigField config, DecoderFamily family, BackboneConfig shape)
    {
        var bias = family.AttentionBias == BiasRule.Field && config.Flag("attention_bias", false);
        var (rotaryBase, scaling) = RotaryFields.Read(config, family);
        return shape with
        {
            NormEpsilon = ReadEpsilon(config, family),
            RotaryBase = rotaryBase,
            RotaryScaling = scaling,
            Activation = ActivationNames.Read(config, family),
            QueryKeyValueBias = bias || family.AttentionBias == BiasRule.QueryKeyValue,
            OutputBias = bias,
            MlpBias = family.MlpBias && config.Flag("mlp_bias", false),
            QueryKeyNorm = family.QueryKeyNorm,
            UnitOffsetNorms = family.IsGemma,
            PostNorms = family.IsGemma,
            ScaledEmbedding = family.IsGemma,
            QueryScalar = family.IsGemma ? config.Positive("query_pre_attn_scalar", 256) ?? throw config.Error("field 'query_pre_attn_scalar' is null; a number was expected") : null,
            AttentionCap = family.IsGemma ? config.Positive("attn_logit_softcapping", 50) : null,
            LogitCap = family.IsGemma ? config.Positive("final_logit_softcapping", 30) : null,
            Window = WindowFields.Read(config, family, shape.NumLayers),
            FusedProjections = family.FusedProjections,
        };
    }

    private static int Bounded(ConfigField config, string name, int most) =>
        config.Count(name) is var found && found <= most ? found : throw config.Error($"field '{name}' is {found}; this version reads at most {most}");

    private static double ReadEpsilon(ConfigField config, DecoderFamily family)
    {
        var epsilon = config.Number("rms_norm_eps", family.NormEpsilon);
        return epsilon >= 0 ? epsilon : throw config.Error($"field 'rms_norm_eps' should be 0 or more, but is {epsilon}");
    }

    // A head that is not known would be left out in silence, or its tensors taken for another's.
    private static string? ReadArchitecture(ConfigField config)
    {
        var name = config.FirstText("architectures");
        return name is null || Heads.Any(head => name.EndsWith(head, StringComparison.Ordinal))
            ? name
            : throw config.Error($"the architecture '{name}' has a head that is not known here; known are {string.Join(", ", Heads.Select(head => $"*{head}"))}");
    }
}
