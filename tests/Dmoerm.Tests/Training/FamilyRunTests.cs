using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Weights;
using Dmoerm.Tests.Cli;

namespace Dmoerm.Tests.Training;

/// <summary>Whole runs on tiny random decoders of other families than the debug recipe's: cached trunk, adapters, artefact, reload.</summary>
public sealed class FamilyRunTests : IDisposable
{
    private readonly string _backbone = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_backbone, recursive: true);

    [Fact]
    public void Run_Gemma2TunedWhole_ReloadsWithTheTrainersRewards()
    {
        Make("gemma2/causal");
        using var run = new TrainedRun(recipe =>
        {
            recipe["backbone"]!["folder"] = _backbone;
            recipe["base"]!["adapt"] = "full";
            // At the recipe's own rate the untrained decoder gets worse, and the start is kept.
            recipe["base"]!["training"]!["learningRates"] = new JsonArray(1e-3);
            recipe["base"]!.AsObject().Remove("lora");
            recipe["experts"]!["lora"] = Lora(top: 2, dropout: 0.1);
        });
        run.AssertReloadsWithTheTrainersRewards();
        using var trained = BackboneFolder.Load(Path.Combine(run.Model, "experts", "story", "base"), ScalarType.Float32);
        using var start = BackboneFolder.Load(_backbone, ScalarType.Float32);
        Assert.Equal(start.Backbone.Config.Window, trained.Backbone.Config.Window);
        Assert.All(start.Backbone.Weights.Named().Zip(trained.Backbone.Weights.Named()), pair => Assert.False(pair.First.Tensor.equal(pair.Second.Tensor).all().item<bool>(), pair.First.Name));
    }

    [Fact]
    public void Run_Qwen2LowestLayers_ReloadsWithTheTrainersRewards()
    {
        Make("qwen2/causal-sliding");
        using var run = new TrainedRun(recipe =>
        {
            recipe["backbone"]!["folder"] = _backbone;
            recipe["backbone"]!["keepLayers"] = 2;
            recipe["base"]!["lora"] = Lora(top: 2, dropout: 0);
        });
        run.AssertReloadsWithTheTrainersRewards();
        Assert.Equal(new SlidingWindow(6, [false, true]), BackboneConfig.Read(Path.Combine(run.Model, "backbone")).Window);
    }

    [Fact]
    public void Run_Phi3_GivesAdaptersThatPeftKnowsTheModulesOf()
    {
        Make("phi3/causal");
        using var run = new TrainedRun(recipe =>
        {
            recipe["backbone"]!["folder"] = _backbone;
            recipe["base"]!["lora"] = Lora(top: 2, dropout: 0);
            recipe["experts"]!["lora"] = Lora(top: 1, dropout: 0.1);
        });
        run.AssertReloadsWithTheTrainersRewards();
        CheckAdapter(Path.Combine(run.Model, "experts", "story", "care"), rank: 2, layers: 1);

        // export reads back what it has written, by PEFT's rules, and compares rewards.
        var (streams, exported) = (new CapturedStreams(), Path.Combine(run.Folder, "exported"));
        Assert.True(streams.Run("export", run.Model, "--to", "peft", "--category", "story", "--capability", "care", "--out", exported) == 0, streams.Error);
        CheckAdapter(exported, rank: 4, layers: 2);
        var merged = Path.Combine(run.Folder, "merged");
        Assert.True(streams.Run("export", run.Model, "--to", "merged", "--category", "story", "--capability", "care", "--out", merged) == 0, streams.Error);
        Assert.Equal("Phi3ForSequenceClassification", JsonElement.Parse(File.ReadAllText(Path.Combine(merged, "config.json"))).GetProperty("architectures")[0].GetString());
    }

    private static void CheckAdapter(string folder, int rank, int layers)
    {
        using var file = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors"));
        Assert.Equal(4 * 2 * layers + 1, file.Entries.Count);
        var module = "base_model.model.model.layers.2.";
        Assert.Equal([3L * rank, 64], file.Entries[module + "self_attn.qkv_proj.lora_A.weight"].Shape);
        Assert.Equal([64L + 2 * 32, 3 * rank], file.Entries[module + "self_attn.qkv_proj.lora_B.weight"].Shape);
        Assert.Equal([2L * 96, 2 * rank], file.Entries[module + "mlp.gate_up_proj.lora_B.weight"].Shape);
        Assert.Equal([(long)rank, 96], file.Entries[module + "mlp.down_proj.lora_A.weight"].Shape);
        var config = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")));
        Assert.Equal(["qkv_proj", "o_proj", "gate_up_proj", "down_proj"], config.GetProperty("target_modules").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal((3 * rank, 2 * rank), (config.GetProperty("rank_pattern").GetProperty("qkv_proj").GetInt32(), config.GetProperty("rank_pattern").GetProperty("gate_up_proj").GetInt32()));
    }

    private static JsonObject Lora(int top, double dropout) => new()
    {
        ["rank"] = 2,
        ["layers"] = new JsonObject { ["top"] = top },
        ["dropout"] = dropout,
        ["targets"] = new JsonArray("query", "key", "value", "output", "gate", "up", "down"),
    };

    // The reference folder's settings, with the debug recipe's tokens and random weights.
    private void Make(string family)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(1);
        var config = BackboneConfig.Read(TestFolders.Fixture("models", family)) with { VocabularySize = 776 };
        using var backbone = new Backbone(config, BackboneWeights.Build(config, (name, shape) =>
            randn(shape, generator: random) * 0.1 + (name.EndsWith("norm.weight", StringComparison.Ordinal) && !config.UnitOffsetNorms ? 1 : 0)));
        BackboneFolder.Save(_backbone, backbone, tokenizerFolder: PlantedFiles.Backbone);
    }
}
