using Dmoerm.Backbones.Configs;

namespace Dmoerm.Tests.Backbones;

public sealed class BackboneConfigTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    [Fact]
    public void Read_BothSpellings_AreTheSameConfig()
    {
        foreach (var folder in ReferenceModel.Folders)
        {
            var path = TestFolders.Fixture("models", folder);
            var newer = BackboneConfig.Read(path);
            File.Copy(Path.Combine(path, "config.v4.json"), Path.Combine(_folder, "config.json"), overwrite: true);
            Assert.Equal(newer, BackboneConfig.Read(_folder));
        }
    }

    [Fact]
    public void Read_MinimalFile_TakesTransformersDefaults()
    {
        var config = Read(Minimal);
        Assert.Equal((4, 16, 10_000.0, 1e-6, false, 2048), (config.NumKeyValueHeads, config.HeadSize, config.RotaryBase, config.NormEpsilon, config.TiedEmbeddings, config.MaxPositions));
    }

    [Fact]
    public void ToJson_ThenRead_IsTheSameConfig()
    {
        foreach (var folder in ReferenceModel.Folders)
        {
            var config = BackboneConfig.Read(TestFolders.Fixture("models", folder));
            Assert.Equal(config, Read(config.ToJson()));
            foreach (var layers in (int[])[1, 2])
            {
                Assert.Equal(config.Lower(layers), Read(config.Lower(layers).ToJson()));
            }
        }
    }

    [Fact]
    public void ToJson_WhatAFamilyHasNoFieldFor_IsRefused()
    {
        var llama = BackboneConfig.Read(TestFolders.Fixture("models", "llama", "causal"));
        foreach (var config in (BackboneConfig[])[llama with { QueryKeyNorm = true }, llama with { QueryKeyValueBias = true }, llama with { LogitCap = 3 }, llama with { Window = new SlidingWindow(6, [true, true, true]) }])
        {
            Assert.Contains("A llama config.json cannot say", Assert.Throws<InvalidOperationException>(() => config.ToJson()).Message);
        }
    }

    // What a file that says nothing means, by transformers' configuration classes.
    [Theory]
    [InlineData("llama", 4, 16, 1e-6, null, null, false)]
    [InlineData("phi3", 4, 16, 1e-5, null, 32_000, false)]
    [InlineData("gemma2", 4, 256, 1e-6, 4096, 0, true)]
    public void Read_AbsentFields_AreTheFamilysDefaults(string type, int keyHeads, int headSize, double epsilon, int? window, int? pad, bool tied)
    {
        var config = Read(Minimal.Replace("llama", type));
        Assert.Equal((keyHeads, headSize, epsilon, window, pad, tied), (config.NumKeyValueHeads, config.HeadSize, config.NormEpsilon, config.Window?.Tokens, config.PadId, config.TiedEmbeddings));
        Assert.Null(Read(Minimal.Replace("llama", type).Replace("\"model_type\"", "\"pad_token_id\": null, \"model_type\"")).PadId);
    }

    [Fact]
    public void Read_AbsentFieldsOfGemma_AreItsCapsAndScale()
    {
        var config = Read(Minimal.Replace("llama", "gemma2"));
        Assert.Equal((256.0, 50.0, 30.0, Activation.GeluTanh), (config.QueryScalar, config.AttentionCap, config.LogitCap, config.Activation));
        var off = Read(Minimal.Replace("llama", "gemma2").Replace("\"model_type\"", "\"attn_logit_softcapping\": null, \"final_logit_softcapping\": null, \"model_type\""));
        Assert.Equal(((double?)null, (double?)null), (off.AttentionCap, off.LogitCap));
    }

    [Fact]
    public void Read_Mistral_TellsNullFromAbsent()
    {
        var mistral = Minimal.Replace("llama", "mistral").Replace("\"num_attention_heads\": 4", "\"num_attention_heads\": 8");
        Assert.Equal((8, 4096), (Read(mistral).NumKeyValueHeads, Read(mistral).WindowOf(2)));
        Assert.Null(Read(mistral.Replace("\"model_type\"", "\"sliding_window\": null, \"model_type\"")).Window);
    }

    [Fact]
    public void Read_QwenWithoutUseSlidingWindow_HasNone()
    {
        var qwen = Minimal.Replace("llama", "qwen2").Replace("\"num_attention_heads\": 4", "\"num_key_value_heads\": 2, \"num_attention_heads\": 4");
        Assert.Null(Read(qwen.Replace("\"model_type\"", "\"sliding_window\": 6, \"max_window_layers\": 0, \"model_type\"")).Window);
        var sliding = Read(qwen.Replace("\"model_type\"", "\"sliding_window\": 6, \"use_sliding_window\": true, \"max_window_layers\": 2, \"model_type\""));
        Assert.Equal(new SlidingWindow(6, [false, false, true]), sliding.Window);
        Assert.True(sliding.QueryKeyValueBias && !sliding.OutputBias);
    }

    [Fact]
    public void Read_PublishedPhi3_MayNameTransformersOwnClasses() =>
        Assert.Equal("phi3", Read(Minimal.Replace("llama", "phi3").Replace("\"model_type\"", """ "auto_map": {"AutoConfig": "configuration_phi3.Phi3Config", "AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM"}, "model_type" """)).ModelType);

    [Theory]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", "the architecture 'mamba' is not known; this version knows llama, mistral, qwen2, qwen3, gemma2, phi3")]
    [InlineData("\"model_type\": \"llama\"", "\"x\": 1", "field 'model_type' is missing")]
    [InlineData("\"model_type\"", "\"hidden_act\": \"relu\", \"model_type\"", "field 'hidden_act' is relu; this version computes silu, swish, gelu_pytorch_tanh, gelu_new, gelu only")]
    [InlineData("\"model_type\"", "\"pretraining_tp\": 2, \"model_type\"", "field 'pretraining_tp' is 2")]
    [InlineData("\"model_type\"", "\"partial_rotary_factor\": 0.5, \"model_type\"", "field 'partial_rotary_factor' is 0.5")]
    [InlineData("\"model_type\"", "\"rope_interleaved\": true, \"model_type\"", "field 'rope_interleaved' is True")]
    [InlineData("\"model_type\"", "\"quantization_config\": {}, \"model_type\"", "field 'quantization_config' asks for arithmetic")]
    [InlineData("\"model_type\"", "\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 2}, \"model_type\"", "the rotary embedding 'yarn' is not known; this version knows default, linear and llama3")]
    [InlineData("\"model_type\"", "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}, \"model_type\"", "field 'factor' should be a number above 0, but is 0")]
    [InlineData("\"model_type\"", "\"rope_scaling\": {\"type\": \"linear\"}, \"rope_parameters\": {}, \"model_type\"", "fields 'rope_parameters' and 'rope_scaling' are both set")]
    [InlineData("\"model_type\"", "\"rope_parameters\": {\"mrope_section\": [1]}, \"model_type\"", "field 'mrope_section' of the rotary embedding is not known")]
    [InlineData("\"model_type\"", "\"rope_parameters\": {\"partial_rotary_factor\": 0.5}, \"model_type\"", "field 'partial_rotary_factor' is 0.5")]
    [InlineData("\"model_type\"", "\"rope_theta\": 0, \"model_type\"", "field 'rope_theta' should be a number above 0")]
    [InlineData("\"model_type\": \"llama\"", "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}, \"model_type\": \"phi3\"", "'linear' is not known; this version knows default only in a phi3")]
    [InlineData("\"model_type\": \"llama\"", "\"attn_logit_softcapping\": 0, \"model_type\": \"gemma2\"", "field 'attn_logit_softcapping' should be a number above 0")]
    [InlineData("\"model_type\": \"llama\"", "\"use_bidirectional_attention\": true, \"model_type\": \"gemma2\"", "field 'use_bidirectional_attention' is True")]
    [InlineData("\"model_type\": \"llama\"", "\"sliding_window\": null, \"model_type\": \"gemma2\"", "field 'layer_types' has layers of 'sliding_attention', but no 'sliding_window' is set")]
    [InlineData("\"model_type\": \"llama\"", "\"layer_types\": [\"full_attention\"], \"model_type\": \"gemma2\"", "field 'layer_types' has 1 entries; expected one for each of 3 layers")]
    [InlineData("\"model_type\": \"llama\"", "\"layer_types\": [\"full_attention\", \"chunked_attention\", 3], \"model_type\": \"gemma2\"", "field 'layer_types' has the entry \"chunked_attention\"")]
    [InlineData("\"model_type\": \"llama\"", "\"num_key_value_heads\": 2, \"layer_types\": [\"full_attention\", \"full_attention\", \"sliding_attention\"], \"model_type\": \"mistral\"", "gives some layers another attention than a mistral has; expected 'sliding_attention'")]
    [InlineData("\"model_type\": \"llama\"", "\"num_key_value_heads\": 2, \"layer_types\": [\"full_attention\", \"full_attention\", \"sliding_attention\"], \"model_type\": \"qwen3\"", "no 'sliding_window' is set and used (use_sliding_window)")]
    [InlineData("\"model_type\": \"llama\"", "\"num_key_value_heads\": 2, \"attention_bias\": true, \"model_type\": \"mistral\"", "field 'attention_bias' is True")]
    [InlineData("\"model_type\": \"llama\"", "\"num_key_value_heads\": 2, \"mlp_bias\": true, \"model_type\": \"qwen2\"", "field 'mlp_bias' is True")]
    [InlineData("\"model_type\"", "\"sliding_window\": 6, \"model_type\"", "field 'sliding_window' asks for arithmetic that this version does not have in a llama")]
    [InlineData("\"model_type\"", "\"final_logit_softcapping\": 30, \"model_type\"", "field 'final_logit_softcapping' asks for arithmetic")]
    [InlineData("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 2000000000", "field 'num_hidden_layers' is 2000000000; this version reads at most 10000")]
    [InlineData("\"model_type\"", "\"rms_norm_eps\": -1, \"model_type\"", "field 'rms_norm_eps' should be 0 or more, but is -1")]
    [InlineData("\"model_type\"", "\"rms_norm_eps\": 1e999, \"model_type\"", "field 'rms_norm_eps' should be a number, but is 1e999")]
    [InlineData("\"model_type\"", "\"embedding_multiplier\": 12, \"model_type\"", "field 'embedding_multiplier' is 12")]
    [InlineData("\"model_type\"", "\"auto_map\": {\"AutoModel\": \"own.RewardModel\"}, \"model_type\"", "field 'auto_map' asks for arithmetic of its own code (own.RewardModel)")]
    [InlineData("\"model_type\"", "\"architectures\": [\"LlamaForRewardModelWithGating\"], \"model_type\"", "the architecture 'LlamaForRewardModelWithGating' has a head that is not known here; known are *Model, *ForCausalLM, *ForSequenceClassification")]
    [InlineData("\"model_type\"", "\"rope_parameters\": {\"rope_type\": \"llama3\"}, \"model_type\"", "field 'factor' is missing")]
    [InlineData("\"hidden_size\": 64", "\"hidden_size\": \"64\"", "field 'hidden_size' should be a whole number above 0, but is \"64\"")]
    [InlineData("\"hidden_size\": 64", "\"hidden_size\": 66", "field 'head_dim' is missing")]
    [InlineData("\"model_type\"", "\"num_key_value_heads\": 3, \"model_type\"", "4 query heads should be a multiple of 3 key heads")]
    [InlineData("}", "", "not valid JSON")]
    public void Read_WhatCannotBeComputed_IsRefusedByName(string part, string replacement, string problem)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(Minimal.Replace(part, replacement)));
        Assert.StartsWith(Path.Combine(_folder, "config.json"), error.Message);
        Assert.Contains(problem, error.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Minimal =
        """{"model_type": "llama", "vocab_size": 256, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4}""";

    private BackboneConfig Read(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), json);
        return BackboneConfig.Read(_folder);
    }
}
