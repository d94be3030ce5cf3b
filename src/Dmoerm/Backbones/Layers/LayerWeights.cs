using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Layers;

/// <summary>The weights of one decoder layer.</summary>
public sealed record LayerWeights
{
    /// <summary>[D] scale of the norm before attention.</summary>
    public required Tensor AttentionNorm_D { get; init; }

    /// <summary>[D] scale of the norm before the MLP.</summary>
    public required Tensor MlpNorm_D { get; init; }

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
}
