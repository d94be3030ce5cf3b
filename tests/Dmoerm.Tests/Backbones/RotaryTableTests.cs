using System.Text.Json;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Layers;

namespace Dmoerm.Tests.Backbones;

public class RotaryTableTests
{
    [Fact]
    public void Frequencies_DefaultAndLlama3_EqualTransformersBitForBit()
    {
        var compared = 0;
        foreach (var setting in JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("models", "rope.json"))).EnumerateArray())
        {
            if (setting.GetProperty("rope_type").GetString() is "default" or "llama3")
            {
                using var scope = NewDisposeScope();
                float[] expected = [.. setting.GetProperty("inv_freq").EnumerateArray().Select(value => value.GetSingle())];
                Assert.Equal(expected, RotaryTable.Frequencies(Config(setting)).data<float>().ToArray());
                compared++;
            }
        }

        Assert.Equal(6, compared);
    }

    private static BackboneConfig Config(JsonElement setting)
    {
        var config = TinyBackbone.Config with
        {
            HeadSize = setting.GetProperty("head_dim").GetInt32(),
            RotaryBase = setting.GetProperty("rope_theta").GetDouble(),
        };
        var scaling = setting.GetProperty("rope_scaling");
        return scaling.ValueKind == JsonValueKind.Null ? config : config with
        {
            RotaryScaling = new RotaryScaling
            {
                Factor = scaling.GetProperty("factor").GetDouble(),
                LowFrequencyFactor = scaling.GetProperty("low_freq_factor").GetDouble(),
                HighFrequencyFactor = scaling.GetProperty("high_freq_factor").GetDouble(),
                OriginalPositions = scaling.GetProperty("original_max_position_embeddings").GetInt32(),
            },
        };
    }
}
