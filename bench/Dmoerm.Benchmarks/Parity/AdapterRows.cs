using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Adapters that PEFT wrote against the logits that PEFT gives in float64, computed here in float32.</summary>
internal static class AdapterRows
{
    private const double Tolerance = 2e-5;

    /// <summary>Adapters beside their bases, and merged into them.</summary>
    public static IEnumerable<ParityRow> All()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var expected = ReferenceFolders.ReadJson(ReferenceFolders.Fixture("adapters", "expected.json"));
        var (beside, merged) = (new Differences(Tolerance), new Differences(Tolerance));
        var rows = expected.GetProperty("input_ids").EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt64()).ToArray()).ToArray();
        var (ids_BT, length_B) = (stack([.. rows.Select(row => tensor(row))]), tensor(ReferenceFolders.Ints(expected, "lengths").Select(length => (long)length).ToArray()));
        JsonProperty[] adapters = [.. expected.GetProperty("adapters").EnumerateObject()];
        foreach (var (name, facts) in adapters.Select(adapter => (adapter.Name, adapter.Value)))
        {
            using var model = BackboneFolder.Load(ReferenceFolders.Fixture("adapters", facts.GetProperty("base").GetString()!), ScalarType.Float32);
            var folder = PeftFolder.Read(ReferenceFolders.Fixture("adapters", name));
            var adapter = folder.On(model.Backbone);
            beside.Add(Score(adapter.Backbone, adapter.Updates, adapter.Head_LD ?? model.ScoreHead_LD!), Logits(facts, "logits"));
            var whole = folder.Merge(model);
            merged.Add(Score(whole.Backbone, null, whole.ScoreHead_LD!), Logits(facts, "logits_merged"));
        }

        return [beside.Row($"PEFT adapters ({adapters.Length}) beside their bases", "logits"), merged.Row($"PEFT adapters ({adapters.Length}) merged", "logits")];

        Tensor Score(Backbone backbone, LowRankSet? updates, Tensor head_LD) =>
            matmul(backbone.Pool(backbone.Embed(ids_BT), length_B, 0, updates)[0], head_LD.transpose(0, 1)).squeeze(1);
    }

    private static Tensor Logits(JsonElement facts, string name) => tensor(facts.GetProperty(name).EnumerateArray().Select(row => row[0].GetDouble()).ToArray());
}
