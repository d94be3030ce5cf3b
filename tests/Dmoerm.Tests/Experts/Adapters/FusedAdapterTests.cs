using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Exports;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Backbones.Weights;
using Dmoerm.Experts;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Tests.Experts.Adapters;

/// <summary>Adapters of a family whose files have query, key and value as one projection.</summary>
public class FusedAdapterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Merge_FusedProjection_ChangesEachPartByItsRows(bool magnitudes)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(3);
        using var model = BackboneFolder.Load(TestFolders.Fixture("models", "phi3", "seqcls"), ScalarType.Float64);
        var (config, folder) = (model.Backbone.Config, TestFolders.Temporary());
        var rows = new[] { Target.Query, Target.Key, Target.Value }.Sum(target => target.Widths(config).Outputs);
        File.WriteAllText(
            Path.Combine(folder, "adapter_config.json"),
            $$"""{"peft_type": "LORA", "task_type": "SEQ_CLS", "r": 2, "lora_alpha": 6, "target_modules": ["qkv_proj"], "layers_to_transform": [1], "use_dora": {{(magnitudes ? "true" : "false")}}}""");
        const string Module = "base_model.model.model.layers.1.self_attn.qkv_proj";
        var (a_RI, b_OR) = (randn([2, config.HiddenSize], ScalarType.Float64, generator: random), randn([rows, 2], ScalarType.Float64, generator: random));
        var (magnitude_O, head_1D) = (rand([rows], ScalarType.Float64, generator: random) + 0.5, randn([1, config.HiddenSize], ScalarType.Float64, generator: random));
        (string, Tensor)[] tensors = [($"{Module}.lora_A.weight", a_RI), ($"{Module}.lora_B.weight", b_OR), ("base_model.model.score.weight", head_1D)];
        SafetensorsFile.Write(Path.Combine(folder, "adapter_model.safetensors"), magnitudes ? [.. tensors, ($"{Module}.lora_magnitude_vector", magnitude_O)] : tensors);

        var merged = PeftFolder.Read(folder).Merge(model);
        Tensor Fused(BackboneCheckpoint checkpoint) => cat([.. new[] { Target.Query, Target.Key, Target.Value }.Select(target => checkpoint.Backbone.Weights.Layers[1][target].Weight_OI)], 0);
        var changed_OI = Fused(model) + 3 * matmul(b_OR, a_RI);
        var expected_OI = magnitudes ? changed_OI * (magnitude_O / changed_OI.square().sum(1).sqrt()).unsqueeze(1) : changed_OI;
        TensorAssert.Close(Fused(merged), expected_OI, 0, 1e-12);
        TensorAssert.Close(merged.ScoreHead_LD!, head_1D, 0, 0);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Write_BaseAndExpertJoined_IsReadAsOneAdapter()
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(TestFolders.Fixture("models", "phi3", "seqcls"), ScalarType.Float32);
        var backbone = model.Backbone;
        var trained = Scorers(backbone, new LoraSettings { Rank = 2, Alpha = 5, Layers = new LayerChoice(2), Targets = [Target.Query, Target.Value, Target.Down] }, 1);
        var merged = backbone.Merge(trained.Adapters!.Updates);
        var experts = Scorers(merged, new LoraSettings { Rank = 3, Layers = new LayerChoice(1), Targets = [Target.Key, Target.Up] }, 2);
        var folder = TestFolders.Temporary();
        AdapterFolder.Write(folder, JoinedAdapter.Of(backbone, trained, experts, 0), 0);
        Assert.Contains("\"qkv_proj\": 15", File.ReadAllText(Path.Combine(folder, "adapter_config.json")));
        var read = PeftExperts.Read([folder], backbone);
        var (ids_BT, length_B) = (tensor((long[])[5, 9, 17, 3, 2, 8], 2, 3), tensor((long[])[3, 1]));
        TensorAssert.Close(read.Reward(read.Pool(backbone.Embed(ids_BT), length_B, 0)), experts.Reward(experts.Pool(merged.Run(merged.Embed(ids_BT), 0, experts.From), length_B, experts.From)), 1e-5, 1e-5);
        Directory.Delete(folder, recursive: true);
    }

    private static StackedScorers Scorers(Backbone backbone, LoraSettings settings, ulong seed)
    {
        using var random = new Generator(seed);
        var adapters = StackedAdapters.Build(backbone.Config, settings, 1, (_, target) =>
        {
            var (inputs, outputs) = target.Widths(backbone.Config);
            return (randn([1, settings.Rank, inputs], generator: random) * 0.2, randn([1, outputs, settings.Rank], generator: random) * 0.2);
        });
        return new StackedScorers(backbone, adapters, randn([1, backbone.Config.HiddenSize], generator: random));
    }
}
