using System.Text.Json.Serialization;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Experts;

/// <summary>The shape of an adapter.</summary>
public sealed record LoraSettings
{
    /// <summary>R, the rank.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The update is scaled by alpha / rank; null takes the rank, which is a scale of 1 (the official code's choice).</summary>
    public double? Alpha { get; init; }

    /// <summary>Share of an adapter's inputs that each training step zeroes; nothing is zeroed in use. The official code names 0.05, but never trains with it.</summary>
    public double Dropout { get; init; }

    /// <summary>The projections that are changed.</summary>
    public IReadOnlyList<Target> Targets { get; init; } = [Target.Query, Target.Value];

    /// <summary>The layers that are changed.</summary>
    public LayerChoice Layers { get; init; } = new(1);

    /// <summary>alpha / rank.</summary>
    [JsonIgnore]
    public double Scale => (Alpha ?? Rank) / Rank;

    /// <summary>How many weights one adapter has.</summary>
    public long Weights(BackboneConfig config) =>
        (long)(config.NumLayers - Layers.From(config)) * Targets.Sum(target => (long)Rank * (target.Widths(config).Inputs + target.Widths(config).Outputs));
}
