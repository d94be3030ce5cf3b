using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Layers;
using Dmoerm.Tests.Backbones;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Rotary settings of transformers, in both spellings of the config: bit-equal, or refused by name.</summary>
internal static class RotaryRows
{
    // Any other refusal ends the program.
    private static readonly HashSet<string> Refused = ["dynamic", "longrope", "yarn"];

    /// <summary>One row for what is computed, one for what is refused.</summary>
    public static IEnumerable<ParityRow> All()
    {
        var (computed, differing, refused, other) = (new SortedSet<string>(), 0, new SortedSet<string>(), 0);
        var (compared, refusals) = (0, 0);
        foreach (var setting in ReferenceFolders.ReadJson(ReferenceFolders.Fixture("models", "rope.json")).EnumerateArray())
        {
            var type = setting.GetProperty("rope_type").GetString()!;
            foreach (var config in (JsonObject[])[RotaryReference.Older(setting), RotaryReference.Newer(setting)])
            {
                try
                {
                    differing += IsEqual(config, setting) ? 0 : 1;
                    computed.Add(type);
                    compared++;
                }
                catch (InvalidDataException fault) when (Refused.Contains(type))
                {
                    refusals++;
                    other += fault.Message.Contains($"the rotary embedding '{type}' is not known", StringComparison.Ordinal) ? 0 : 1;
                    refused.Add(type);
                }
            }
        }

        yield return ParityRow.Exact($"rotary settings ({string.Join(", ", computed)})", "inverse frequencies, bit by bit, and their scale; both spellings", compared, differing);
        if (refusals > 0)
        {
            yield return new ParityRow($"rotary settings ({string.Join(", ", refused)})", "reading the config", refusals, other == 0 ? "refused by name" : $"{other} refused in other words", "", other == 0);
        }
    }

    private static bool IsEqual(JsonObject config, JsonElement setting)
    {
        using var scope = NewDisposeScope();
        float[] expected = [.. setting.GetProperty("inv_freq").EnumerateArray().Select(value => value.GetSingle())];
        var found = ReferenceFolders.WithFile("config.json", config.ToJsonString(), folder => RotaryTable.Frequencies(BackboneConfig.Read(folder)).data<float>().ToArray());
        return found.SequenceEqual(expected) && setting.GetProperty("attention_scaling").GetDouble() == 1;
    }
}
