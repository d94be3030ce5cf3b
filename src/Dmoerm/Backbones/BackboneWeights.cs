using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Layers;

namespace Dmoerm.Backbones;

/// <summary>All weights of a decoder, by the names that a Hugging Face checkpoint gives them.</summary>
public sealed record BackboneWeights
{
    private const string Embedding = "embed_tokens.weight";
    private const string FinalNorm = "norm.weight";

    /// <summary>[V, D], <c>embed_tokens</c>.</summary>
    public required Tensor Embedding_VD { get; init; }

    /// <summary>The layers, lowest first.</summary>
    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    /// <summary>[D], the norm after the last layer.</summary>
    public required Tensor FinalNorm_D { get; init; }

    /// <summary>Builds the weights by asking for each tensor by name and shape.</summary>
    /// <param name="config">The decoder's shape.</param>
    /// <param name="take">Gives the tensor of a name (such as <c>layers.0.self_attn.q_proj.weight</c>, without the <c>model.</c> prefix) and shape.</param>
    public static BackboneWeights Build(BackboneConfig config, Func<string, long[], Tensor> take) => new()
    {
        Embedding_VD = take(Embedding, [config.VocabularySize, config.HiddenSize]),
        Layers = [.. Enumerable.Range(0, config.NumLayers).Select(layer => LayerWeights.Build(config, (name, shape) => take(InLayer(layer, name), shape)))],
        FinalNorm_D = take(FinalNorm, [config.HiddenSize]),
    };

    /// <summary>Every tensor with its checkpoint name, without the <c>model.</c> prefix; projections that a family stores as one are apart.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named() =>
    [
        (Embedding, Embedding_VD),
        .. Layers.SelectMany((weights, layer) => weights.Named().Select(pair => (InLayer(layer, pair.Name), pair.Tensor))),
        (FinalNorm, FinalNorm_D),
    ];

    /// <summary>The same structure with every tensor replaced by <paramref name="map"/> of it.</summary>
    public BackboneWeights Map(Func<string, Tensor, Tensor> map) => new()
    {
        Embedding_VD = map(Embedding, Embedding_VD),
        Layers = [.. Layers.Select((weights, layer) => weights.Map((name, tensor) => map(InLayer(layer, name), tensor)))],
        FinalNorm_D = map(FinalNorm, FinalNorm_D),
    };

    private static string InLayer(int layer, string name) => $"layers.{layer}.{name}";
}
