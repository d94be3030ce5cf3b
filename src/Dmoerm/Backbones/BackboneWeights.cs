using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Layers;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones;

/// <summary>All weights of a decoder, by the names that a Hugging Face checkpoint gives them.</summary>
public sealed record BackboneWeights
{
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
        Embedding_VD = take("embed_tokens.weight", [config.VocabularySize, config.HiddenSize]),
        Layers = [.. Enumerable.Range(0, config.NumLayers).Select(layer => BuildLayer(config, layer, take))],
        FinalNorm_D = take("norm.weight", [config.HiddenSize]),
    };

    /// <summary>Every tensor with its checkpoint name, without the <c>model.</c> prefix.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named()
    {
        yield return ("embed_tokens.weight", Embedding_VD);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var weights = Layers[layer];
            yield return ($"layers.{layer}.input_layernorm.weight", weights.AttentionNorm_D);
            yield return ($"layers.{layer}.post_attention_layernorm.weight", weights.MlpNorm_D);
            foreach (var target in Enum.GetValues<Target>())
            {
                var projection = weights[target];
                yield return ($"layers.{layer}.{target.ModulePath()}.weight", projection.Weight_OI);
                if (projection.Bias_O is not null)
                {
                    yield return ($"layers.{layer}.{target.ModulePath()}.bias", projection.Bias_O);
                }
            }
        }

        yield return ("norm.weight", FinalNorm_D);
    }

    /// <summary>The same structure with every tensor replaced by <paramref name="map"/> of it.</summary>
    public BackboneWeights Map(Func<string, Tensor, Tensor> map)
    {
        var replaced = Named().ToDictionary(pair => pair.Name, pair => map(pair.Name, pair.Tensor));
        return new BackboneWeights
        {
            Embedding_VD = replaced["embed_tokens.weight"],
            Layers = [.. Layers.Select((weights, layer) => MapLayer(weights, layer, replaced))],
            FinalNorm_D = replaced["norm.weight"],
        };
    }

    private static LayerWeights MapLayer(LayerWeights weights, int layer, Dictionary<string, Tensor> replaced)
    {
        var mapped = weights with
        {
            AttentionNorm_D = replaced[$"layers.{layer}.input_layernorm.weight"],
            MlpNorm_D = replaced[$"layers.{layer}.post_attention_layernorm.weight"],
        };
        return Enum.GetValues<Target>().Aggregate(mapped, (current, target) => current.With(target, new Projection(
            replaced[$"layers.{layer}.{target.ModulePath()}.weight"],
            replaced.GetValueOrDefault($"layers.{layer}.{target.ModulePath()}.bias"))));
    }

    private static LayerWeights BuildLayer(BackboneConfig config, int layer, Func<string, long[], Tensor> take)
    {
        Projection Take(Target target, long outputs, long inputs, bool bias)
        {
            var name = $"layers.{layer}.{target.ModulePath()}";
            return new Projection(take($"{name}.weight", [outputs, inputs]), bias ? take($"{name}.bias", [outputs]) : null);
        }

        var (hidden, inner) = (config.HiddenSize, config.IntermediateSize);
        return new LayerWeights
        {
            AttentionNorm_D = take($"layers.{layer}.input_layernorm.weight", [hidden]),
            MlpNorm_D = take($"layers.{layer}.post_attention_layernorm.weight", [hidden]),
            Query = Take(Target.Query, config.QueryWidth, hidden, config.QueryKeyValueBias),
            Key = Take(Target.Key, config.KeyValueWidth, hidden, config.QueryKeyValueBias),
            Value = Take(Target.Value, config.KeyValueWidth, hidden, config.QueryKeyValueBias),
            Output = Take(Target.Output, hidden, config.QueryWidth, config.OutputBias),
            Gate = Take(Target.Gate, inner, hidden, config.MlpBias),
            Up = Take(Target.Up, inner, hidden, config.MlpBias),
            Down = Take(Target.Down, hidden, inner, config.MlpBias),
        };
    }
}
