using Dmoerm.Backbones.Configs;

namespace Dmoerm.Backbones.Updates;

/// <summary>The names that checkpoints and adapter files give the projections.</summary>
public static class TargetNames
{
    /// <summary>The last part of the module's path, such as <c>q_proj</c>.</summary>
    public static string ModuleName(this Target target) => target switch
    {
        Target.Query => "q_proj",
        Target.Key => "k_proj",
        Target.Value => "v_proj",
        Target.Output => "o_proj",
        Target.Gate => "gate_proj",
        Target.Up => "up_proj",
        Target.Down => "down_proj",
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a projection."),
    };

    /// <summary>The path inside a layer, such as <c>self_attn.q_proj</c>.</summary>
    public static string ModulePath(this Target target) =>
        (target < Target.Gate ? "self_attn." : "mlp.") + target.ModuleName();

    /// <summary>Input and output width of a projection.</summary>
    public static (int Inputs, int Outputs) Widths(this Target target, BackboneConfig config) => target switch
    {
        Target.Query => (config.HiddenSize, config.QueryWidth),
        Target.Key or Target.Value => (config.HiddenSize, config.KeyValueWidth),
        Target.Output => (config.QueryWidth, config.HiddenSize),
        Target.Gate or Target.Up => (config.HiddenSize, config.IntermediateSize),
        Target.Down => (config.IntermediateSize, config.HiddenSize),
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a projection."),
    };
}
