using System.Text.Json.Nodes;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Tests.Experts.Adapters;

/// <summary>Folders that say the same in another way give the same logits; what PEFT takes as a default, we take.</summary>
public class PeftChangeTests
{
    private static readonly (string Name, string Source, Action<JsonObject>? Config, Func<string, Tensor, (string?, Tensor)>? Tensors)[] Same =
    [
        ("unknown key", "a-qv-r8", json => json["our_own_key"] = 1, null),
        ("minimal", "a-qv-r8", Minimal, null),
        ("no task type, but the head in the file", "a-qv-r8", json => { json.Remove("task_type"); json.Remove("modules_to_save"); }, null),
        ("regex for names", "a-qv-r8", json => json["target_modules"] = @".*\.(q_proj|v_proj)", null),
        ("named group", "a-qv-r8", json => json["target_modules"] = @".*\.(?P<which>q|v)_proj", null),
        ("names and exclusion", "a-qv-r8", json => { json["target_modules"] = new JsonArray("q_proj", "k_proj", "v_proj"); json["exclude_modules"] = new JsonArray("k_proj"); }, null),
        ("all-linear as a word", "b-all-linear-r4", json => json["target_modules"] = "all-linear", null),
        ("layers by whole path", "i-layers-0-2", json =>
        {
            json["target_modules"] = new JsonArray("model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj", "model.layers.2.self_attn.q_proj", "model.layers.2.self_attn.v_proj");
            json["layers_to_transform"] = new JsonArray(7);
        }, null),
        ("magnitude with .weight", "d-dora-r4", null, (name, tensor) => (name.Contains("magnitude") ? name + ".weight" : name, tensor)),
        ("float64 tensors", "a-qv-r8", null, (name, tensor) => (name, tensor.to(ScalarType.Float64))),
    ];

    public static TheoryData<string> Cases { get; } = new(Same.Select(item => item.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Merge_SameSaidOtherwise_GivesSameLogits(string name)
    {
        using var scope = NewDisposeScope();
        var (_, source, config, tensors) = Same.Single(item => item.Name == name);
        TensorAssert.Close(Score(ChangedAdapter.Write(source, config, tensors)), PeftReference.Logits(source), relative: 0, absolute: 1e-9);
    }

    [Theory]
    [InlineData("c-rslora-r9", "use_rslora", 2.020909607410431)]
    [InlineData("e-patterns", "alpha_pattern", 0.6061233282089233)]
    [InlineData("a-qv-r8", "lora_alpha", 3.524812698364258)]
    public void Merge_SettingLeftOut_IsOffAsPeftIs(string source, string field, double largest)
    {
        using var scope = NewDisposeScope();
        var off = Score(ChangedAdapter.Write(source, json => json.Remove(field))) - PeftReference.Logits(source);
        Assert.Equal(largest, off.abs().max().item<double>(), 1e-5);
    }

    [Fact]
    public void Merge_HalfPrecision_RoundsAsPeftDoes()
    {
        using var scope = NewDisposeScope();
        var off = Score(ChangedAdapter.Write("a-qv-r8", tensors: (name, tensor) => (name, tensor.to(ScalarType.Float16)))) - PeftReference.Logits("a-qv-r8");
        Assert.Equal(0.0022389888763427734, off.abs().max().item<double>(), 1e-5);
    }

    [Fact]
    public void On_ModulesSavedWhole_ReplacesThem()
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("k-regex-targets"), ScalarType.Float64);
        var value_OI = model.Backbone.Weights.Layers[2][Target.Value].Weight_OI * 2;
        var folder = ChangedAdapter.Write("k-regex-targets", json => json["modules_to_save"] = new JsonArray("score", "layers.2.self_attn.v_proj"));
        AddTensor(folder, "base_model.model.model.layers.2.self_attn.v_proj.weight", value_OI);
        var adapter = PeftFolder.Read(folder).On(model.Backbone);
        Assert.Equal(["layers.2.self_attn.v_proj.weight"], adapter.Replaced);
        var merged = adapter.Merge(model);
        TensorAssert.Close(merged.Backbone.Weights.Layers[2][Target.Value].Weight_OI, value_OI, 0, 0);
        TensorAssert.Close(PeftReference.Score(adapter, null), PeftReference.Score(merged), 0, 1e-12);
        Assert.True((PeftReference.Score(merged) - PeftReference.Logits("k-regex-targets")).abs().max().item<double>() > 1e-3);
    }

    private static void Minimal(JsonObject json)
    {
        foreach (var field in json.Select(pair => pair.Key).Except(["peft_type", "task_type", "target_modules", "r", "lora_alpha"]).ToArray())
        {
            json.Remove(field);
        }
    }

    private static void AddTensor(string folder, string name, Tensor added)
    {
        var path = Path.Combine(folder, "adapter_model.safetensors");
        using var file = Dmoerm.Backbones.Weights.SafetensorsFile.Open(path);
        Dmoerm.Backbones.Weights.SafetensorsFile.Write(path, file.Entries.Keys.Select(key => (key, file.Read(key))).Append((name, added)).ToArray());
    }

    private static Tensor Score(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), ScalarType.Float64);
        return PeftReference.Score(PeftFolder.Read(folder).Merge(model)).MoveToOuterDisposeScope();
    }
}
