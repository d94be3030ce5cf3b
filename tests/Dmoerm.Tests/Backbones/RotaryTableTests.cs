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
            foreach (var config in (JsonObject[])[RotaryReference.Older(setting), RotaryReference.Newer(setting)])
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
}
