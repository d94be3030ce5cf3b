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
    [InlineData("llama/causal")]
    [InlineData("llama/biased")]
    [InlineData("llama/base")]
    [InlineData("llama/seqcls-5")]
    [InlineData("llama3-rope/causal")]
    [InlineData("qwen2/causal-sliding")]
    [InlineData("qwen3/causal")]
    [InlineData("mistral/seqcls")]
    [InlineData("gemma2/causal")]
    [InlineData("gemma2/seqcls")]
    [InlineData("phi3/causal")]
    [InlineData("phi3/seqcls")]
    public void Save_ThenLoad_GivesTheSameNumbers(string name)
    {
        using var scope = NewDisposeScope();
        var source = TestFolders.Fixture("models", name);
        using var original = BackboneFolder.Load(source, ScalarType.Float32);
        var target = Path.Combine(_folder, "saved");
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), "{}");
        BackboneFolder.Save(target, original.Backbone, original.LanguageHead_VD, original.ScoreHead_LD, tokenizerFolder: _folder);
        using var loaded = BackboneFolder.Load(target, ScalarType.Float32);
        Assert.Empty(loaded.Unused);
        Assert.Equal(original.Backbone.Config with { Architecture = loaded.Backbone.Config.Architecture, NumLabels = loaded.Backbone.Config.NumLabels }, loaded.Backbone.Config);
        Assert.Equal(original.LanguageHead_VD is null, loaded.LanguageHead_VD is null);
        Assert.Equal(original.ScoreHead_LD?.shape, loaded.ScoreHead_LD?.shape);
        Assert.All(original.Backbone.Weights.Named().Zip(loaded.Backbone.Weights.Named()), pair =>
        {
            Assert.Equal(pair.First.Name, pair.Second.Name);
            Assert.True(pair.First.Tensor.equal(pair.Second.Tensor).all().item<bool>());
        });
        Assert.True(File.Exists(Path.Combine(target, "tokenizer.json")));
        // transformers finds the tensors by these names; the bare folder's are written with the prefix, which it reads as well.
        Assert.Equal(Shapes(source, name == "llama/base" ? "model." : ""), Shapes(target, ""));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Load_BareModelWithoutPrefix_IsTheSameDecoder(string name)
    {
        using var scope = NewDisposeScope();
        using var original = BackboneFolder.Load(TestFolders.Fixture("models", name), ScalarType.Float32);
        File.Copy(TestFolders.Fixture("models", name, "config.json"), Path.Combine(_folder, "config.json"), overwrite: true);
        var config = Path.Combine(_folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("ForCausalLM", "Model", StringComparison.Ordinal));
        using (var files = WeightFiles.Open(TestFolders.Fixture("models", name)))
        {
            SafetensorsFile.Write(Weights, files.Files.SelectMany(file => file.Entries.Keys.Select(key => (key, file.Read(key))))
                .Where(pair => pair.key != "lm_head.weight").Select(pair => (pair.key.Replace("model.", "", StringComparison.Ordinal), pair.Item2)).ToArray());
        }

        using var bare = BackboneFolder.Load(_folder, ScalarType.Float32);
        Assert.Equal(original.Backbone.Config.TiedEmbeddings, bare.LanguageHead_VD is not null);
        Assert.All(original.Backbone.Weights.Named().Zip(bare.Backbone.Weights.Named()), pair => Assert.True(pair.First.Tensor.equal(pair.Second.Tensor).all().item<bool>()));
    }

    public static TheoryData<string> Families { get; } = new(ReferenceModel.Families);

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

    // Fused tensors, norms of other families: whatever a file holds, each tensor is missed by its name and found misshapen by its name.
    [Theory]
    [MemberData(nameof(Families))]
    public void Load_EachTensorMissingOrMisshapen_IsNamed(string name)
    {
        using var scope = NewDisposeScope();
        var copy = ReferenceModel.Copy(TestFolders.Fixture("models", name));
        Dictionary<string, Tensor> tensors;
        using (var files = WeightFiles.Open(copy))
        {
            tensors = files.Files.SelectMany(file => file.Entries.Keys.Select(key => (key, file.Read(key)))).ToDictionary(pair => pair.key, pair => pair.Item2);
        }

        var weights = Path.Combine(copy, "model.safetensors");
        foreach (var (key, tensor) in tensors.Where(pair => !pair.Key.StartsWith("model.layers.", StringComparison.Ordinal) || pair.Key.StartsWith("model.layers.1.", StringComparison.Ordinal)))
        {
            SafetensorsFile.Write(weights, tensors.Where(pair => pair.Key != key).Select(pair => (pair.Key, pair.Value)));
            Assert.Contains($"tensor '{key.Replace("model.", "", StringComparison.Ordinal)}' of shape", Assert.Throws<InvalidDataException>(() => BackboneFolder.Describe(copy)).Message);
            SafetensorsFile.Write(weights, tensors.Select(pair => (pair.Key, pair.Key == key ? cat([tensor, tensor]) : pair.Value)));
            Assert.Contains($"{weights}: tensor '{key}' has shape [", Assert.Throws<InvalidDataException>(() => BackboneFolder.Describe(copy)).Message);
        }

        SafetensorsFile.Write(weights, tensors.Select(pair => (pair.Key, pair.Value)).Append(("model.layers.0.self_attn.sinks", ones(4))));
        Assert.Contains("tensor 'layers.0.self_attn.sinks' has no place", Assert.Throws<InvalidDataException>(() => BackboneFolder.Describe(copy)).Message);
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void Load_HeadBesideTiedEmbeddings_MustBeTheEmbedding()
    {
        var config = Path.Combine(_folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true", StringComparison.Ordinal));
        Refused("tensor 'lm_head.weight' differs from the embedding, but tie_word_embeddings says that the two are one");
        Rewrite(tensors => tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]);
        using var checkpoint = BackboneFolder.Load(_folder, ScalarType.Float32);
        Assert.Equal(["lm_head.weight"], checkpoint.Unused);
    }

    [Fact]
    public void Load_RewardModelOfOthers_CountsItsHead()
    {
        using var scope = NewDisposeScope();
        var config = Path.Combine(_folder, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"LlamaForCausalLM\"", "\"RewardModel\"", StringComparison.Ordinal).Replace("\"model_type\"", "\"value_head_prefix\": \"value_head\", \"model_type\"", StringComparison.Ordinal));
        Rewrite(tensors => tensors["value_head.weight"] = ones(1, 64));
        using var checkpoint = BackboneFolder.Load(_folder, ScalarType.Float32);
        Assert.Equal([1L, 64], checkpoint.ScoreHead_LD!.shape);
        Assert.Equal(HeadKind.Score, BackboneFolder.Describe(_folder).Head);
    }

    [Fact]
    public void Load_WholeNumbers_AreNoWeights()
    {
        Rewrite(tensors => tensors["model.norm.weight"] = ones(64, dtype: ScalarType.Int64));
        Refused($"{Weights}: tensor 'model.norm.weight' is stored as Int64; weights are numbers with a fraction.");
    }

    [Theory]
    [InlineData("\"../model.safetensors\"", "the file '../model.safetensors'; the name of a safetensors file in the same folder was expected")]
    [InlineData("\"/etc/model.safetensors\"", "the file '/etc/model.safetensors'; the name")]
    [InlineData("\"..\\\\model.safetensors\"", "the name of a safetensors file in the same folder was expected")]
    [InlineData("\"C:model.safetensors\"", "the name of a safetensors file in the same folder was expected")]
    [InlineData("\"shards/model.safetensors\"", "the name of a safetensors file in the same folder was expected")]
    [InlineData("\"..\"", "the file '..'; the name")]
    [InlineData("\"pytorch_model.bin\"", "the file 'pytorch_model.bin'; the name")]
    [InlineData("null", "the file ''; the name")]
    [InlineData("7", "the file '7'; the name")]
    public void Load_IndexThatLeadsElsewhere_IsRefused(string file, string problem)
    {
        File.Delete(Weights);
        var index = Weights + ".index.json";
        File.WriteAllText(index, "{\"weight_map\": {\"lm_head.weight\": " + file + "}}");
        Refused(problem);
        Refused(index);
    }

    [Theory]
    [InlineData("{}", ": 'weight_map' should give the file of every tensor, but is missing")]
    [InlineData("[]", ": expected an object, came Array")]
    [InlineData("{\"weight_map\": []}", ": 'weight_map' should give the file of every tensor, but is Array")]
    [InlineData("{\"weight_map\": {}}", ": 'weight_map' names no file")]
    [InlineData("{\n\"weight_map\"", ", line 2: not valid JSON")]
    [InlineData("{\"weight_map\": {\"a\": \"x.safetensors\", \"a\": \"y.safetensors\"}}", "not valid JSON: Duplicate property 'a'")]
    public void Load_BrokenIndex_IsRefused(string json, string problem)
    {
        File.Delete(Weights);
        File.WriteAllText(Weights + ".index.json", json);
        Refused($"{Weights}.index.json{(problem[0] is ':' or ',' ? problem : "")}");
        Refused(problem);
    }

    [Fact]
    public void Load_LinksInTheUsersFolder_AreFollowed()
    {
        var elsewhere = TestFolders.Temporary();
        File.Move(Weights, Path.Combine(elsewhere, "blob"));
        File.CreateSymbolicLink(Weights, Path.Combine(elsewhere, "blob"));
        using (var checkpoint = BackboneFolder.Load(_folder, ScalarType.Float32))
        {
            Assert.Empty(checkpoint.Unused);
        }

        Directory.Delete(elsewhere, recursive: true);
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

    private static string[] Shapes(string folder, string prefix)
    {
        using var files = WeightFiles.Open(folder);
        return [.. files.Files.SelectMany(file => file.Entries.Values).Select(entry => $"{prefix}{entry.Name} {entry.ShapeText}").Order(StringComparer.Ordinal)];
    }

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
