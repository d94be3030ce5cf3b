using Dmoerm.Backbones.Configs;

namespace Dmoerm.Tests.Backbones;

public sealed class BackboneConfigTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    [Fact]
    public void Read_BothSpellings_AreTheSameConfig()
    {
        foreach (var folder in (string[])["llama/causal", "llama/biased", "llama/seqcls-5", "llama3-rope/causal"])
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
        var config = BackboneConfig.Read(TestFolders.Fixture("models", "llama3-rope", "causal"));
        Assert.NotNull(config.RotaryScaling);
        Assert.Equal(config, Read(config.ToJson()));
    }

    [Theory]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", "the architecture 'mamba' is not known; this version knows llama")]
    [InlineData("\"model_type\": \"llama\"", "\"x\": 1", "field 'model_type' is missing")]
    [InlineData("\"model_type\"", "\"hidden_act\": \"gelu\", \"model_type\"", "field 'hidden_act' is gelu; this version computes silu only")]
    [InlineData("\"model_type\"", "\"pretraining_tp\": 2, \"model_type\"", "field 'pretraining_tp' is 2")]
    [InlineData("\"model_type\"", "\"partial_rotary_factor\": 0.5, \"model_type\"", "field 'partial_rotary_factor' is 0.5")]
    [InlineData("\"model_type\"", "\"rope_interleaved\": true, \"model_type\"", "field 'rope_interleaved' is True")]
    [InlineData("\"model_type\"", "\"quantization_config\": {}, \"model_type\"", "field 'quantization_config' asks for arithmetic")]
    [InlineData("\"model_type\"", "\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}, \"model_type\"", "the rotary embedding 'linear' is not known; this version knows default and llama3")]
    [InlineData("\"model_type\"", "\"rope_parameters\": {\"rope_type\": \"llama3\"}, \"model_type\"", "field 'factor' is missing")]
    [InlineData("\"hidden_size\": 64", "\"hidden_size\": \"64\"", "field 'hidden_size' should be a whole number above 0, but is \"64\"")]
    [InlineData("\"hidden_size\": 64", "\"hidden_size\": 66", "field 'head_dim' is missing")]
    [InlineData("\"model_type\"", "\"num_key_value_heads\": 3, \"model_type\"", "4 query heads should be a multiple of 3 key heads")]
    [InlineData("}", "", "not valid JSON")]
    public void Read_WhatCannotBeComputed_IsRefusedByName(string part, string replacement, string problem)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(Minimal.Replace(part, replacement)));
        Assert.StartsWith(Path.Combine(_folder, "config.json") + ": ", error.Message);
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
