using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Layers;

namespace Dmoerm.Tests.Backbones;

/// <summary>Rotary settings of transformers, 14 of them in both spellings: those that are computed are bit-equal, the others are refused by name.</summary>
public sealed class RotaryTableTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    [Fact]
    public void Frequencies_KnownSettings_EqualTransformersBitForBit()
    {
        var (compared, refused) = (0, 0);
        foreach (var setting in JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("models", "rope.json"))).EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var type = setting.GetProperty("rope_type").GetString();
            float[] expected = [.. setting.GetProperty("inv_freq").EnumerateArray().Select(value => value.GetSingle())];
            foreach (var config in (JsonObject[])[Older(setting), Newer(setting)])
            {
                File.WriteAllText(Path.Combine(_folder, "config.json"), config.ToJsonString());
                if (type is "default" or "linear" or "llama3")
                {
                    Assert.Equal(1, setting.GetProperty("attention_scaling").GetDouble());
                    Assert.Equal(expected, RotaryTable.Frequencies(BackboneConfig.Read(_folder)).data<float>().ToArray());
                    compared++;
                }
                else
                {
                    Assert.Contains($"the rotary embedding '{type}' is not known", Assert.Throws<InvalidDataException>(() => BackboneConfig.Read(_folder)).Message, StringComparison.Ordinal);
                    refused++;
                }
            }
        }

        Assert.Equal((2 * 7, 2 * 7), (compared, refused));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static JsonObject Older(JsonElement setting)
    {
        var config = Plain(setting);
        config["rope_theta"] = Node(setting, "rope_theta");
        config["rope_scaling"] = Node(setting, "rope_scaling");
        return config;
    }

    private static JsonObject Newer(JsonElement setting)
    {
        var config = Plain(setting);
        config["rope_parameters"] = Node(setting, "rope_parameters_of_transformers_5");
        return config;
    }

    private static JsonObject Plain(JsonElement setting) => new()
    {
        ["model_type"] = "llama",
        ["vocab_size"] = 16,
        ["hidden_size"] = 16,
        ["intermediate_size"] = 16,
        ["num_hidden_layers"] = 1,
        ["num_attention_heads"] = 1,
        ["head_dim"] = Node(setting, "head_dim"),
        ["max_position_embeddings"] = Node(setting, "max_position_embeddings"),
    };

    private static JsonNode? Node(JsonElement setting, string name) => JsonNode.Parse(setting.GetProperty(name).GetRawText());
}
