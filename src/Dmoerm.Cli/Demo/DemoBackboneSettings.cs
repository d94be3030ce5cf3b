using Dmoerm.Backbones.Configs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Cli.Demo;

/// <summary>Size and training of the decoder that reads a planted world.</summary>
internal sealed record DemoBackboneSettings
{
    /// <summary>Width of the residual stream.</summary>
    public int HiddenSize { get; init; } = 64;

    /// <summary>Inner width of the MLP.</summary>
    public int IntermediateSize { get; init; } = 128;

    /// <summary>Number of layers.</summary>
    public int NumLayers { get; init; } = 3;

    /// <summary>Number of heads; divides <see cref="HiddenSize"/>.</summary>
    public int NumHeads { get; init; } = 4;

    /// <summary>How it is trained.</summary>
    public LanguageModelSettings Training { get; init; } = new();

    /// <summary>The decoder's shape over a vocabulary.</summary>
    public BackboneConfig ToConfig(int vocabularySize) => new()
    {
        VocabularySize = vocabularySize,
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize,
        NumLayers = NumLayers,
        NumHeads = NumHeads,
        NumKeyValueHeads = NumHeads,
        HeadSize = HiddenSize / NumHeads,
        NormEpsilon = 1e-5,
        // Texts are shorter than a hundred tokens: a small base keeps the slow rotations of use.
        RotaryBase = 1000,
        TiedEmbeddings = true,
        MaxPositions = 512,
    };
}
