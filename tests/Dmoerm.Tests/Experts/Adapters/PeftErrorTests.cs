using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Experts.Adapters;
using Dmoerm.Tests.Backbones;

namespace Dmoerm.Tests.Experts.Adapters;

/// <summary>What PEFT only warns of, or not even that, and then scores otherwise, is an error that names it.</summary>
public class PeftErrorTests
{
    private static readonly (string Name, string Source, Func<string, Tensor, (string?, Tensor)> Change, string Expected)[] BadTensors =
    [
        ("A missing", "a-qv-r8", (name, tensor) => (name == ChangedAdapter.FirstA ? null : name, tensor), "layers.0.self_attn.q_proj.lora_A.weight is missing"),
        ("B missing", "a-qv-r8", (name, tensor) => (name == ChangedAdapter.FirstA.Replace("lora_A", "lora_B", StringComparison.Ordinal) ? null : name, tensor), "layers.0.self_attn.q_proj.lora_B.weight is missing"),
        ("names keep default", "a-qv-r8", (name, tensor) => (name.Contains("lora_") ? name.Replace(".weight", ".default.weight", StringComparison.Ordinal) : name, tensor), "keeps the adapter's name 'default'"),
        ("names keep another", "a-qv-r8", (name, tensor) => (name.Contains("lora_") ? name.Replace(".weight", ".expert1.weight", StringComparison.Ordinal) : name, tensor), "keeps the adapter's name 'expert1'"),
        ("head keeps name", "a-qv-r8", (name, tensor) => (name.Replace("score.weight", "score.default.weight", StringComparison.Ordinal), tensor), "keeps the adapter's name 'default'"),
        ("head as in memory", "a-qv-r8", (name, tensor) => (name.Replace("score.weight", "score.modules_to_save.default.weight", StringComparison.Ordinal), tensor), "score.modules_to_save.default.weight has the name that PEFT uses in memory"),
        ("no prefix", "j-no-task-type", (name, tensor) => (name.Replace("base_model.model.", "", StringComparison.Ordinal), tensor), "lacks the prefix base_model.model."),
        ("head missing", "a-qv-r8", (name, tensor) => (name == ChangedAdapter.Head ? null : name, tensor), "the head base_model.model.score.weight is missing"),
        ("magnitudes missing", "d-dora-r4", (name, tensor) => (name.Contains("magnitude") ? null : name, tensor), "q_proj.lora_magnitude_vector is missing"),
        ("magnitudes [1, out]", "d-dora-r4", (name, tensor) => (name, name.Contains("magnitude") ? tensor.unsqueeze(0) : tensor), "has shape [1, 64], expected [64]"),
        ("transposed", "a-qv-r8", (name, tensor) => (name, name.Contains("lora_") ? tensor.t().contiguous() : tensor), "has shape [64, 8], expected [8, 64]"),
        ("not finite", "a-qv-r8", (name, tensor) => (name, name == ChangedAdapter.Head ? tensor * double.NaN : tensor), "holds a number that is not finite"),
    ];

    private static readonly (string Name, string Source, Action<JsonObject> Change, string Expected)[] BadConfigs =
    [
        ("layers left out", "i-layers-0-2", json => json.Remove("layers_to_transform"), "layers.1.self_attn.q_proj.lora_A.weight is missing"),
        ("r left out", "i-layers-0-2", json => json.Remove("r"), "has shape [4, 64], expected [8, 64]"),
        ("targets fewer than tensors", "a-qv-r8", json => json["target_modules"] = new JsonArray("q_proj"), "v_proj.lora_A.weight has no place"),
        ("no target", "a-qv-r8", json => json.Remove("target_modules"), "target_modules"),
        ("unknown target", "a-qv-r8", json => json["target_modules"] = new JsonArray("fc1"), "has no place"),
        ("embeddings", "a-qv-r8", json => json["target_modules"] = new JsonArray("q_proj", "v_proj", "embed_tokens"), "takes in model.embed_tokens"),
        ("broken regex", "a-qv-r8", json => json["target_modules"] = "(q_proj", "is not a regular expression"),
        ("hostile regex", "a-qv-r8", json => json["target_modules"] = "^(([a-z_0-9.])+)+!$", "takes too long"),
        ("kind", "a-qv-r8", json => json["peft_type"] = "IA3", "'peft_type' is IA3"),
        ("no kind", "a-qv-r8", json => json.Remove("peft_type"), "'peft_type' is missing"),
        ("task", "a-qv-r8", json => json["task_type"] = "FEATURE_EXTRACTION", "'task_type' is FEATURE_EXTRACTION"),
        ("bias", "a-qv-r8", json => json["bias"] = "some", "'bias' is 'some'"),
        ("fan", "a-qv-r8", json => json["fan_in_fan_out"] = true, "'fan_in_fan_out'"),
        ("replication", "a-qv-r8", json => json["layer_replication"] = new JsonArray(new JsonArray(0, 2)), "'layer_replication'"),
        ("parameters", "a-qv-r8", json => json["target_parameters"] = new JsonArray("mlp.weight"), "'target_parameters'"),
        ("tokens", "a-qv-r8", json => json["trainable_token_indices"] = new JsonArray(1), "'trainable_token_indices'"),
        ("activated", "a-qv-r8", json => json["alora_invocation_tokens"] = new JsonArray(1), "'alora_invocation_tokens'"),
        ("quantised", "a-qv-r8", json => json["use_qalora"] = true, "'use_qalora'"),
        ("start", "a-qv-r8", json => json["init_lora_weights"] = "pissa", "'init_lora_weights' is pissa"),
    ];

    public static TheoryData<string> Tensors { get; } = new(BadTensors.Select(item => item.Name));

    public static TheoryData<string> Configs { get; } = new(BadConfigs.Select(item => item.Name));

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Merge_NearlyRightTensors_NamesTheTensor(string name)
    {
        var (_, source, change, expected) = BadTensors.Single(item => item.Name == name);
        Fails(ChangedAdapter.Write(source, tensors: change), expected);
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void Merge_NearlyRightConfig_NamesTheField(string name)
    {
        var (_, source, change, expected) = BadConfigs.Single(item => item.Name == name);
        Fails(ChangedAdapter.Write(source, change), expected);
    }

    [Fact]
    public void Merge_ExtraTensor_NamesIt() => Fails(ChangedAdapter.WriteExtra("a-qv-r8", "base_model.model.extra.weight"), "base_model.model.extra.weight has no place");

    [Fact]
    public void Merge_NoHeadAnywhere_Fails()
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("j-no-task-type"), ScalarType.Float32);
        var error = Assert.Throws<InvalidDataException>(() => PeftFolder.Read(PeftReference.Folder("j-no-task-type")).Merge(model with { ScoreHead_LD = null }));
        Assert.Contains("neither the adapter nor its base has a head", error.Message);
    }

    [Fact]
    public void On_BaseOfAnotherShape_NamesTheTensor()
    {
        using var scope = NewDisposeScope();
        using var narrow = new Backbone(TinyBackbone.Config, BackboneWeights.Build(TinyBackbone.Config, (_, shape) => zeros(shape)));
        var error = Assert.Throws<InvalidDataException>(() => PeftFolder.Read(PeftReference.Folder("a-qv-r8")).On(narrow));
        Assert.Contains("layers.0.self_attn.q_proj.lora_A.weight has shape [8, 64], expected [8,", error.Message);
    }

    [Fact]
    public void On_BaseOfFewerLayers_NamesTheTensorThatIsLeft()
    {
        using var scope = NewDisposeScope();
        using var low = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), ScalarType.Float32, keepLayers: 2);
        var error = Assert.Throws<InvalidDataException>(() => PeftFolder.Read(PeftReference.Folder("a-qv-r8")).On(low.Backbone));
        Assert.Contains("layers.2.self_attn.q_proj.lora_A.weight has no place", error.Message);
    }

    [Fact]
    public void Read_PickleOnly_IsRefusedWithTheReason()
    {
        var folder = ChangedAdapter.Write("a-qv-r8");
        File.Move(Path.Combine(folder, "adapter_model.safetensors"), Path.Combine(folder, "adapter_model.bin"));
        var error = Assert.Throws<InvalidDataException>(() => PeftFolder.Read(folder));
        Assert.Contains("adapter_model.bin can run code", error.Message);
    }

    private static void Fails(string folder, string expected)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), ScalarType.Float32);
        var error = Assert.Throws<InvalidDataException>(() => PeftFolder.Read(folder).Merge(model));
        Assert.Contains(expected, error.Message);
        Directory.Delete(folder, recursive: true);
    }
}
