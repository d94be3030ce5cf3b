namespace Dmoerm.Backbones.Configs;

/// <summary>Refuses, by their names, fields that ask for arithmetic which no option of the decoder computes.</summary>
internal static class OtherArithmetic
{
    // Whatever they hold.
    private static readonly string[] Never = ["quantization_config", "compression_config", "num_experts", "num_local_experts", "no_rope_layers"];

    // Numbers that other families multiply with.
    private static readonly string[] Factors =
        ["pretraining_tp", "partial_rotary_factor", "attention_multiplier", "embedding_multiplier", "residual_multiplier", "logits_scaling"];

    private static readonly string[] Switches = ["rope_interleaved", "use_bidirectional_attention", "is_encoder_decoder", "add_cross_attention"];

    private static readonly string[] GemmaOnly = ["query_pre_attn_scalar", "attn_logit_softcapping", "final_logit_softcapping"];

    public static void Refuse(ConfigField config, DecoderFamily family)
    {
        foreach (var field in Never.Concat(family.IsGemma ? [] : GemmaOnly).Concat(family.Window == WindowRule.None ? ["sliding_window"] : []).Where(config.Has))
        {
            throw config.Error($"field '{field}' asks for arithmetic that this version does not have in a {family.ModelType}; expected none");
        }

        foreach (var field in Factors)
        {
            config.Expect(field, config.OptionalNumber(field) ?? 1, 1);
        }

        foreach (var field in Switches.Concat(family.MlpBias ? [] : ["mlp_bias"]).Concat(family.AttentionBias == BiasRule.None ? ["attention_bias"] : []))
        {
            config.Expect(field, config.Flag(field, false), false);
        }

        config.Expect("is_decoder", config.Flag("is_decoder", true), true);
        RefuseOtherClasses(config, family);
    }

    // Published Phi-3 folders carry the code that transformers took in since: its classes have the names of transformers' own.
    private static void RefuseOtherClasses(ConfigField config, DecoderFamily family)
    {
        string[] known = [.. ((string[])["Config", "Model", "ForCausalLM", "ForSequenceClassification", "ForTokenClassification"]).Select(kind => family.ClassPrefix + kind)];
        foreach (var entry in config.Child("auto_map")?.Json.EnumerateObject().ToArray() ?? [])
        {
            var computes = entry.Name == "AutoConfig" || entry.Name.StartsWith("AutoModel", StringComparison.Ordinal);
            if (computes && !known.Contains(entry.Value.ToString().Split('.')[^1], StringComparer.Ordinal))
            {
                throw config.Error($"field 'auto_map' asks for arithmetic of its own code ({entry.Value}); expected none, or transformers' own classes");
            }
        }
    }
}
