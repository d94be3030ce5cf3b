using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;

namespace Dmoerm.Tests.Backbones;

/// <summary>A random decoder that is small enough for exact tests.</summary>
internal static class TinyBackbone
{
    public static BackboneConfig Config { get; } = new()
    {
        VocabularySize = 32,
        HiddenSize = 16,
        IntermediateSize = 24,
        NumLayers = 3,
        NumHeads = 4,
        NumKeyValueHeads = 2,
        HeadSize = 8,
        QueryKeyValueBias = true,
    };

    public static Backbone Create(long seed = 1, ScalarType dtype = ScalarType.Float64)
    {
        using var random = new Generator((ulong)seed);
        return new Backbone(Config, BackboneWeights.Build(Config, (name, shape) => name.EndsWith("norm.weight", StringComparison.Ordinal)
            ? rand(shape, dtype, generator: random) + 0.5
            : randn(shape, dtype, generator: random) * 0.3));
    }
}
