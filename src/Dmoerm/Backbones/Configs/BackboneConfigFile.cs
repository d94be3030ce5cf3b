using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Backbones.Configs;

/// <summary>Reads and writes the <c>config.json</c> of a Hugging Face folder.</summary>
/// <remarks>
/// transformers 5 keeps the rotary settings under <c>rope_parameters</c>, transformers 4 under <c>rope_theta</c> and
/// <c>rope_scaling</c>. Fields that change no number (dropout, token ids, caches) are passed over.
/// </remarks>
internal static class BackboneConfigFile
{
    public const string Name = "config.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static BackboneConfig Read(string path)
    {
        var config = ConfigField.ReadFile(path);
        var type = config.Text("model_type") ?? throw config.Error("field 'model_type' is missing; it names the architecture");
        if (type != "llama")
        {
            throw config.Error($"the architecture '{type}' is not known; this version knows llama");
        }

        RefuseOtherArithmetic(config);
        return ReadLlama(config);
    }

    public static string Write(BackboneConfig config, string? architecture)
    {
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(architecture ?? (config.TiedEmbeddings ? "LlamaForCausalLM" : "LlamaModel")),
            ["model_type"] = config.ModelType,
            ["vocab_size"] = config.VocabularySize,
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.NumLayers,
            ["num_attention_heads"] = config.NumHeads,
            ["num_key_value_heads"] = config.NumKeyValueHeads,
            ["head_dim"] = config.HeadSize,
            ["hidden_act"] = "silu",
            ["rms_norm_eps"] = config.NormEpsilon,
            ["rope_theta"] = config.RotaryBase,
            ["rope_scaling"] = WriteScaling(config.RotaryScaling),
            ["attention_bias"] = config.QueryKeyValueBias,
            ["mlp_bias"] = config.MlpBias,
            ["tie_word_embeddings"] = config.TiedEmbeddings,
            ["max_position_embeddings"] = config.MaxPositions,
            ["pad_token_id"] = config.PadId,
            ["torch_dtype"] = "float32",
        };
        if (config.NumLabels is { } labels)
        {
            json["id2label"] = new JsonObject(Enumerable.Range(0, labels).Select(i => KeyValuePair.Create($"{i}", (JsonNode?)$"LABEL_{i}")));
            json["label2id"] = new JsonObject(Enumerable.Range(0, labels).Select(i => KeyValuePair.Create($"LABEL_{i}", (JsonNode?)i)));
        }

        // Llama has one switch for the biases of all four attention projections.
        return config.QueryKeyValueBias == config.OutputBias
            ? json.ToJsonString(Indented) + "\n"
            : throw new InvalidOperationException("A llama config.json cannot say that only some attention projections have a bias.");
    }

    private static BackboneConfig ReadLlama(ConfigField config)
    {
        var (hidden, heads) = (config.Count("hidden_size"), config.Count("num_attention_heads"));
        var keyValueHeads = config.Count("num_key_value_heads", heads);
        var headSize = config.Count("head_dim", hidden % heads == 0 ? hidden / heads : null);
        if (heads % keyValueHeads != 0 || headSize % 2 != 0)
        {
            throw config.Error($"{heads} query heads should be a multiple of {keyValueHeads} key heads, and the head size {headSize} even");
        }

        var bias = config.Flag("attention_bias", false);
        var rotary = config.Child("rope_parameters") ?? config.Child("rope_scaling");
        return new BackboneConfig
        {
            ModelType = "llama",
            VocabularySize = config.Count("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = config.Count("intermediate_size"),
            NumLayers = config.Count("num_hidden_layers"),
            NumHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            NormEpsilon = config.Number("rms_norm_eps", 1e-6),
            RotaryBase = rotary?.OptionalNumber("rope_theta") ?? config.Number("rope_theta", 10_000),
            RotaryScaling = rotary is null ? null : ReadScaling(rotary),
            QueryKeyValueBias = bias,
            OutputBias = bias,
            MlpBias = config.Flag("mlp_bias", false),
            TiedEmbeddings = config.Flag("tie_word_embeddings", false),
            MaxPositions = config.Count("max_position_embeddings", 2048),
            Architecture = config.FirstText("architectures"),
            NumLabels = config.Child("id2label")?.FieldCount ?? (int?)config.OptionalNumber("num_labels"),
            PadId = (int?)config.OptionalNumber("pad_token_id"),
            HeadPrefix = config.Text("value_head_prefix"),
        };
    }

    private static RotaryScaling? ReadScaling(ConfigField rotary)
    {
        var type = rotary.Text("rope_type") ?? rotary.Text("type") ?? "default";
        return type switch
        {
            "default" => null,
            "llama3" => new RotaryScaling
            {
                Factor = rotary.Number("factor"),
                LowFrequencyFactor = rotary.Number("low_freq_factor"),
                HighFrequencyFactor = rotary.Number("high_freq_factor"),
                OriginalPositions = rotary.Count("original_max_position_embeddings"),
            },
            _ => throw rotary.Error($"the rotary embedding '{type}' is not known; this version knows default and llama3"),
        };
    }

    private static JsonObject? WriteScaling(RotaryScaling? scaling) => scaling is null ? null : new JsonObject
    {
        ["rope_type"] = "llama3",
        ["factor"] = scaling.Factor,
        ["low_freq_factor"] = scaling.LowFrequencyFactor,
        ["high_freq_factor"] = scaling.HighFrequencyFactor,
        ["original_max_position_embeddings"] = scaling.OriginalPositions,
    };

    private static void RefuseOtherArithmetic(ConfigField config)
    {
        config.Expect("hidden_act", config.Text("hidden_act") ?? "silu", "silu");
        config.Expect("pretraining_tp", config.Number("pretraining_tp", 1), 1);
        config.Expect("partial_rotary_factor", config.Number("partial_rotary_factor", 1), 1);
        config.Expect("rope_interleaved", config.Flag("rope_interleaved", false), false);
        config.Expect("is_decoder", config.Flag("is_decoder", true), true);
        foreach (var field in (string[])["quantization_config", "auto_map", "sliding_window"])
        {
            if (config.Has(field))
            {
                throw config.Error($"field '{field}' asks for arithmetic that this version does not have; expected none");
            }
        }
    }
}
