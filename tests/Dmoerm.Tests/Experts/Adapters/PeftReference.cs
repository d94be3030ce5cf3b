using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Tests.Experts.Adapters;

/// <summary>Adapters that PEFT wrote, their bases, and the logits that PEFT gives.</summary>
internal static class PeftReference
{
    private static readonly JsonElement Expected = JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("adapters", "expected.json")));

    /// <summary>The adapters' names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Expected.GetProperty("adapters").EnumerateObject().Select(pair => pair.Name)];

    /// <summary>What is said of an adapter.</summary>
    public static JsonElement Of(string adapter) => Expected.GetProperty("adapters").GetProperty(adapter);

    /// <summary>What four experts on one base give.</summary>
    public static JsonElement Experts => Expected.GetProperty("experts_on_one_base");

    /// <summary>An adapter's folder.</summary>
    public static string Folder(string name) => TestFolders.Fixture("adapters", name);

    /// <summary>The folder of an adapter's base.</summary>
    public static string BaseOf(string adapter) => Folder(Of(adapter).GetProperty("base").GetString()!);

    /// <summary>[B, T] int64, padded on the right.</summary>
    public static Tensor Ids() => tensor(Rows("input_ids").SelectMany(row => row).Select(id => (long)id).ToArray()).view(4, 12);

    /// <summary>[B] int64.</summary>
    public static Tensor Lengths() => tensor(Expected.GetProperty("lengths").EnumerateArray().Select(length => length.GetInt64()).ToArray());

    /// <summary>[B] the only logit of each row.</summary>
    public static Tensor Logits(string adapter, string kind = "logits") =>
        tensor(Of(adapter).GetProperty(kind).EnumerateArray().Select(row => row[0].GetDouble()).ToArray());

    /// <summary>[B] the logits of a base.</summary>
    public static Tensor BaseLogits(string name) =>
        tensor(Expected.GetProperty("bases").GetProperty(name).GetProperty("logits").EnumerateArray().Select(row => row[0].GetDouble()).ToArray());

    /// <summary>[B] logits of a merged model.</summary>
    public static Tensor Score(BackboneCheckpoint model)
    {
        var pooled_BD = Pool(model.Backbone, null)[0];
        return matmul(pooled_BD, model.ScoreHead_LD!.transpose(0, 1)).squeeze(1).to(ScalarType.Float64);
    }

    /// <summary>[B] logits of an adapter beside its base.</summary>
    public static Tensor Score(PeftAdapter adapter, Tensor? baseHead_LD)
    {
        var pooled_BD = Pool(adapter.Backbone, adapter.Updates)[0];
        return matmul(pooled_BD, (adapter.Head_LD ?? baseHead_LD!).transpose(0, 1)).squeeze(1).to(ScalarType.Float64);
    }

    /// <summary>[E, B, D] what the heads read, with the rotary angles in float32 as in the reference.</summary>
    public static Tensor Pool(Backbone backbone, LowRankSet? updates)
    {
        using var single = new Backbone(backbone.Config, backbone.Weights) { AngleType = ScalarType.Float32 };
        return single.Pool(single.Embed(Ids()), Lengths(), 0, updates);
    }

    private static double[][] Rows(string name) => [.. Expected.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
}
