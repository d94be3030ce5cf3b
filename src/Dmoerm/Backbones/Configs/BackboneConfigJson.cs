using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Backbones.Configs;

/// <summary>Writes a <c>config.json</c> that transformers 4 and 5 read.</summary>
internal static class BackboneConfigJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(BackboneConfig config, string? architecture)
    {
        var family = DecoderFamily.Find(config.ModelType) ?? throw new InvalidOperationException($"There is no family '{config.ModelType}'; expected one of {DecoderFamily.Names}.");
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(architecture ?? family.ClassPrefix + (config.TiedEmbeddings ? "ForCausalLM" : "Model")),
            ["model_type"] = config.ModelType,
            ["vocab_size"] = config.VocabularySize,
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.NumLayers,
            ["num_attention_heads"] = config.NumHeads,
            ["num_key_value_heads"] = config.NumKeyValueHeads,
            ["head_dim"] = config.HeadSize,
            [family.ActivationField] = ActivationNames.NameOf(config.Activation),
            ["rms_norm_eps"] = config.NormEpsilon,
            ["rope_theta"] = config.RotaryBase,
            ["rope_scaling"] = RotaryFields.Write(config.RotaryScaling),
        };
        WriteFamily(json, config, family);
        json["tie_word_embeddings"] = config.TiedEmbeddings;
        json["max_position_embeddings"] = config.MaxPositions;
        json["pad_token_id"] = config.PadId;
        json["torch_dtype"] = "float32";
        if (config.NumLabels is { } labels)
        {
            json["id2label"] = new JsonObject(Enumerable.Range(0, labels).Select(i => KeyValuePair.Create($"{i}", (JsonNode?)$"LABEL_{i}")));
            json["label2id"] = new JsonObject(Enumerable.Range(0, labels).Select(i => KeyValuePair.Create($"LABEL_{i}", (JsonNode?)i)));
        }

        return json.ToJsonString(Indented) + "\n";
    }

    private static void WriteFamily(JsonObject json, BackboneConfig config, DecoderFamily family)
    {
        CheckFamily(config, family);
        if (family.AttentionBias == BiasRule.Field)
        {
            json["attention_bias"] = config.OutputBias;
        }

        if (family.MlpBias)
        {
            json["mlp_bias"] = config.MlpBias;
        }

        if (family.IsGemma)
        {
            json["query_pre_attn_scalar"] = config.QueryScalar;
            json["attn_logit_softcapping"] = config.AttentionCap;
            json["final_logit_softcapping"] = config.LogitCap;
        }

        WindowFields.Write(json, config, family);
    }

    // What a family's file has no field for would be lost without a word.
    private static void CheckFamily(BackboneConfig config, DecoderFamily family)
    {
        var said = config with
        {
            QueryKeyValueBias = family.AttentionBias switch { BiasRule.None => false, BiasRule.Field => config.OutputBias, _ => true },
            OutputBias = family.AttentionBias == BiasRule.Field && config.OutputBias,
            MlpBias = family.MlpBias && config.MlpBias,
            QueryKeyNorm = family.QueryKeyNorm,
            UnitOffsetNorms = family.IsGemma,
            PostNorms = family.IsGemma,
            ScaledEmbedding = family.IsGemma,
            QueryScalar = family.IsGemma ? config.QueryScalar : null,
            AttentionCap = family.IsGemma ? config.AttentionCap : null,
            LogitCap = family.IsGemma ? config.LogitCap : null,
            Window = family.Window == WindowRule.None ? null : config.Window,
            FusedProjections = family.FusedProjections,
            RotaryScaling = family.HasScaledRotary ? config.RotaryScaling : null,
        };
        if (said != config)
        {
            throw new InvalidOperationException($"A {family.ModelType} config.json cannot say all that this decoder computes: it has biases, norms, caps or windows that the family has no field for.");
        }
    }
}
