using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Layers;

/// <summary>The weights of one decoder layer.</summary>
public sealed record LayerWeights
{
    private const string Before = "input_layernorm.weight";
    private const string AfterAttention = "post_attention_layernorm.weight";
    private const string BeforeMlp = "pre_feedforward_layernorm.weight";
    private const string AfterMlp = "post_feedforward_layernorm.weight";
    private const string OfQueries = "self_attn.q_norm.weight";
    private const string OfKeys = "self_attn.k_norm.weight";

    /// <summary>[D] scale of the norm before attention.</summary>
    public required Tensor AttentionNorm_D { get; init; }

    /// <summary>[D] scale of the norm before the MLP; most families call it <c>post_attention_layernorm</c>.</summary>
    public required Tensor MlpNorm_D { get; init; }

    /// <summary>[D] scale of the norm of what attention gives; null where there is none.</summary>
    public Tensor? AttentionPostNorm_D { get; init; }

    /// <summary>[D] scale of the norm of what the MLP gives; null where there is none.</summary>
    public Tensor? MlpPostNorm_D { get; init; }

    /// <summary>[K] scale of the norm of each head's query; null where there is none.</summary>
    public Tensor? QueryNorm_K { get; init; }

    /// <summary>[K] scale of the norm of each head's key; null where there is none.</summary>
    public Tensor? KeyNorm_K { get; init; }

    /// <summary><c>q_proj</c>, D to H x K.</summary>
    public required Projection Query { get; init; }

    /// <summary><c>k_proj</c>.</summary>
    public required Projection Key { get; init; }

    /// <summary><c>v_proj</c>.</summary>
    public required Projection Value { get; init; }

    /// <summary><c>o_proj</c>, H x K to D.</summary>
    public required Projection Output { get; init; }

    /// <summary><c>gate_proj</c>, D to F.</summary>
    public required Projection Gate { get; init; }

    /// <summary><c>up_proj</c>, D to F.</summary>
    public required Projection Up { get; init; }

    /// <summary><c>down_proj</c>, F to D.</summary>
    public required Projection Down { get; init; }

    /// <summary>The projection that a target names.</summary>
    public Projection this[Target target] => target switch
    {
        Target.Query => Query,
        Target.Key => Key,
        Target.Value => Value,
        Target.Output => Output,
        Target.Gate => Gate,
        Target.Up => Up,
        Target.Down => Down,
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a projection."),
    };

    /// <summary>Builds the weights by asking for each tensor by its name inside the layer and its shape.</summary>
    public static LayerWeights Build(BackboneConfig config, Func<string, long[], Tensor> take)
    {
        Projection Take(Target target, bool bias)
        {
            var (inputs, outputs) = target.Widths(config);
            return new Projection(take($"{target.ModulePath()}.weight", [outputs, inputs]), bias ? take($"{target.ModulePath()}.bias", [outputs]) : null);
        }

        long[] hidden = [config.HiddenSize];
        return new LayerWeights
        {
            AttentionNorm_D = take(Before, hidden),
            MlpNorm_D = take(config.PostNorms ? BeforeMlp : AfterAttention, hidden),
            AttentionPostNorm_D = config.PostNorms ? take(AfterAttention, hidden) : null,
            MlpPostNorm_D = config.PostNorms ? take(AfterMlp, hidden) : null,
            QueryNorm_K = config.QueryKeyNorm ? take(OfQueries, [config.HeadSize]) : null,
            KeyNorm_K = config.QueryKeyNorm ? take(OfKeys, [config.HeadSize]) : null,
            Query = Take(Target.Query, config.QueryKeyValueBias),
            Key = Take(Target.Key, config.QueryKeyValueBias),
            Value = Take(Target.Value, config.QueryKeyValueBias),
            Output = Take(Target.Output, config.OutputBias),
            Gate = Take(Target.Gate, config.MlpBias),
            Up = Take(Target.Up, config.MlpBias),
            Down = Take(Target.Down, config.MlpBias),
        };
    }

    /// <summary>Every tensor with its name inside the layer, such as <c>self_attn.q_proj.weight</c>.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named()
    {
        foreach (var (name, norm) in Norms())
        {
            if (norm is not null)
            {
                yield return (name, norm);
            }
        }

        foreach (var target in Enum.GetValues<Target>())
        {
            var projection = this[target];
            yield return ($"{target.ModulePath()}.weight", projection.Weight_OI);
            if (projection.Bias_O is not null)
            {
                yield return ($"{target.ModulePath()}.bias", projection.Bias_O);
            }
        }
    }

    /// <summary>The same structure with every tensor replaced by what <paramref name="map"/> makes of its name and itself.</summary>
    public LayerWeights Map(Func<string, Tensor, Tensor> map)
    {
        Tensor? Other(string name, Tensor? tensor) => tensor is null ? null : map(name, tensor);
        var mapped = this with
        {
            AttentionNorm_D = map(Before, AttentionNorm_D),
            MlpNorm_D = map(MlpNormName, MlpNorm_D),
            AttentionPostNorm_D = Other(AfterAttention, AttentionPostNorm_D),
            MlpPostNorm_D = Other(AfterMlp, MlpPostNorm_D),
            QueryNorm_K = Other(OfQueries, QueryNorm_K),
            KeyNorm_K = Other(OfKeys, KeyNorm_K),
        };
        return Enum.GetValues<Target>().Aggregate(mapped, (current, target) => current.With(target, new Projection(
            map($"{target.ModulePath()}.weight", this[target].Weight_OI),
            Other($"{target.ModulePath()}.bias", this[target].Bias_O))));
    }

    /// <summary>These weights with one projection replaced.</summary>
    public LayerWeights With(Target target, Projection projection) => target switch
    {
        Target.Query => this with { Query = projection },
        Target.Key => this with { Key = projection },
        Target.Value => this with { Value = projection },
        Target.Output => this with { Output = projection },
        Target.Gate => this with { Gate = projection },
        Target.Up => this with { Up = projection },
        Target.Down => this with { Down = projection },
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a projection."),
    };

    // The norm before the MLP is "after attention" where nothing else is.
    private string MlpNormName => AttentionPostNorm_D is null ? AfterAttention : BeforeMlp;

    private (string Name, Tensor? Norm)[] Norms() =>
    [
        (Before, AttentionNorm_D), (MlpNormName, MlpNorm_D), (AfterAttention, AttentionPostNorm_D), (AfterMlp, MlpPostNorm_D), (OfQueries, QueryNorm_K), (OfKeys, KeyNorm_K),
    ];
}
