using Dmoerm.Backbones;
using Dmoerm.Backbones.Layers;
using Dmoerm.Backbones.Weights;

namespace Dmoerm.Tests.Backbones;

public sealed class BackboneFolderTests : IDisposable
{
    private readonly string _folder = ReferenceModel.Copy(TestFolders.Fixture("models", "llama", "causal"));

    private string Weights => Path.Combine(_folder, "model.safetensors");

    [Fact]
    public void Load_KeepLayers_IsTheLowerPartWithTheFinalNorm()
    {
        using var scope = NewDisposeScope();
        using var whole = BackboneFolder.Load(_folder, ScalarType.Float64);
        using var lower = BackboneFolder.Load(_folder, ScalarType.Float64, keepLayers: 2);
        Assert.Equal(2, lower.Backbone.Config.NumLayers);
        Assert.All(lower.Unused, name => Assert.StartsWith("layers.2.", name));
        Assert.Equal(9, lower.Unused.Count);
        var ids_1T = tensor(new[] { 1L, 5, 9 }).unsqueeze(0);
        var expected_1BTD = RmsNorm.Apply(whole.Backbone.Run(whole.Backbone.Embed(ids_1T), 0, 2), whole.Backbone.Weights.FinalNorm_D, 0.01);
        TensorAssert.Close(lower.Backbone.Hidden(ids_1T), expected_1BTD[0], absolute: 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => BackboneFolder.Load(_folder, ScalarType.Float64, keepLayers: 4));
    }

    [Theory]
    [InlineData("causal")]
    [InlineData("biased")]
    [InlineData("base")]
    [InlineData("seqcls-5")]
    public void Save_ThenLoad_GivesTheSameNumbers(string name)
    {
        using var scope = NewDisposeScope();
        using var original = BackboneFolder.Load(TestFolders.Fixture("models", "llama", name), ScalarType.Float32);
        var target = Path.Combine(_folder, "saved");
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), "{}");
        BackboneFolder.Save(target, original.Backbone, original.LanguageHead_VD, original.ScoreHead_LD, tokenizerFolder: _folder);
        using var loaded = BackboneFolder.Load(target, ScalarType.Float32);
        Assert.Empty(loaded.Unused);
        Assert.Equal(original.Backbone.Config, loaded.Backbone.Config);
        Assert.Equal(original.LanguageHead_VD is null, loaded.LanguageHead_VD is null);
        Assert.Equal(original.ScoreHead_LD?.shape, loaded.ScoreHead_LD?.shape);
        Assert.All(original.Backbone.Weights.Named().Zip(loaded.Backbone.Weights.Named()), pair =>
        {
            Assert.Equal(pair.First.Name, pair.Second.Name);
            Assert.True(pair.First.Tensor.equal(pair.Second.Tensor).all().item<bool>());
        });
        Assert.True(File.Exists(Path.Combine(target, "tokenizer.json")));
    }

    [Fact]
    public void Load_LeavesOnlyTheWeightsBehind()
    {
        using var scope = NewDisposeScope();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var checkpoint = BackboneFolder.Load(_folder, ScalarType.Float32);
        // 9 in each of 3 layers, embedding, final norm, head.
        Assert.Equal(before + 30, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
        checkpoint.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Load_NoWeights_SaysWhatItLookedFor()
    {
        File.Delete(Weights);
        Refused($"{_folder}: no weights; *.safetensors or *.safetensors.index.json was expected.");
        File.WriteAllText(Path.Combine(_folder, "pytorch_model.bin"), "");
        Refused("pytorch_model.bin can run code when read and is refused: convert it to safetensors");
    }

    [Fact]
    public void Load_NoFolderOrConfig_SaysSo()
    {
        File.Delete(Path.Combine(_folder, "config.json"));
        Refused("config.json: no such file");
        Assert.Contains("no such folder", Assert.Throws<InvalidDataException>(() => BackboneFolder.Load("nowhere", ScalarType.Float32)).Message);
    }

    [Fact]
    public void Load_MissingTensor_NamesItAndItsShape()
    {
        Rewrite(tensors => tensors.Remove("model.layers.1.mlp.up_proj.weight"));
        Refused($"{_folder}: tensor 'layers.1.mlp.up_proj.weight' of shape [96, 64] is in none of model.safetensors.");
    }

    [Fact]
    public void Load_MissingHead_NamesIt()
    {
        Rewrite(tensors => tensors.Remove("lm_head.weight"));
        Refused("tensor 'lm_head.weight' of shape [256, 64]");
    }

    [Fact]
    public void Load_MisshapenTensor_NamesBothShapes()
    {
        Rewrite(tensors => tensors["model.norm.weight"] = ones(63));
        Refused($"{Weights}: tensor 'model.norm.weight' has shape [63]; config.json asks for [64].");
    }

    [Fact]
    public void Load_ExtraTensor_IsRefusedUnlessNothingReadsItAnyway()
    {
        Rewrite(tensors => tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = ones(8));
        using (var checkpoint = BackboneFolder.Load(_folder, ScalarType.Float32))
        {
            Assert.Equal(["layers.0.self_attn.rotary_emb.inv_freq"], checkpoint.Unused);
        }

        Rewrite(tensors => tensors["model.layers.0.self_attn.q_norm.weight"] = ones(16));
        Refused($"{Weights}: tensor 'layers.0.self_attn.q_norm.weight' has no place in a llama of 3 layers.");
    }

    [Fact]
    public void Load_MissingShard_NamesIt()
    {
        var folder = ReferenceModel.Copy(TestFolders.Fixture("models", "llama", "causal-sharded"));
        File.Delete(Path.Combine(folder, "model-00003-of-00005.safetensors"));
        var error = Assert.Throws<InvalidDataException>(() => BackboneFolder.Load(folder, ScalarType.Float32));
        Assert.Contains("model-00003-of-00005.safetensors: no such file", error.Message);
        Directory.Delete(folder, recursive: true);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Refused(string problem) =>
        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => BackboneFolder.Load(_folder, ScalarType.Float32)).Message);

    private void Rewrite(Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(Weights))
        {
            tensors = file.Entries.Keys.ToDictionary(name => name, name => file.Read(name));
        }

        change(tensors);
        SafetensorsFile.Write(Weights, tensors.Select(pair => (pair.Key, pair.Value)));
    }
}
