namespace Dmoerm.Backbones;

/// <summary>The shape of a decoder and every setting that changes its numbers, as <c>config.json</c> states them.</summary>
public sealed record BackboneConfig
{
    /// <summary>The family, as in <c>model_type</c>.</summary>
    public string ModelType { get; init; } = "llama";

    /// <summary>V, the number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>D, the width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>F, the inner width of the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>L, the number of decoder layers.</summary>
    public required int NumLayers { get; init; }

    /// <summary>H, the number of query heads.</summary>
    public required int NumHeads { get; init; }

    /// <summary>The number of key and value heads; divides <see cref="NumHeads"/>.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>K, the width of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Added to the mean square inside RMSNorm.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The base of the rotary frequencies.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>Bias on q, k and v.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Bias on the attention's output projection.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Bias on gate, up and down.</summary>
    public bool MlpBias { get; init; }

    /// <summary>The language-model head is the embedding.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Longest sequence the model was made for.</summary>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Width of all query heads together.</summary>
    public int QueryWidth => NumHeads * HeadSize;

    /// <summary>Width of all key (or value) heads together.</summary>
    public int KeyValueWidth => NumKeyValueHeads * HeadSize;
}
