using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Layers;

// Dimensions: E = experts (e: 1 or E), T = tokens, K = head size, I = input width, O = output width, N = rows.

/// <summary>One layer with everything that its arithmetic depends on.</summary>
/// <param name="Config">The decoder's settings.</param>
/// <param name="Weights">The layer's weights.</param>
/// <param name="Updates">Low-rank updates, or null.</param>
/// <param name="Layer">The layer's index, to find its updates and its window.</param>
/// <param name="Cosine_TK">[T, K] of the rotary embedding.</param>
/// <param name="Sine_TK">[T, K] likewise.</param>
internal sealed record LayerRun(BackboneConfig Config, LayerWeights Weights, LowRankSet? Updates, int Layer, Tensor Cosine_TK, Tensor Sine_TK)
{
    /// <summary>How many tokens attention sees, the current one included; null for all.</summary>
    public int? Window => Config.WindowOf(Layer);

    /// <summary>The update of one of the projections, or null.</summary>
    public LowRank? Update(Target target) => Updates?[Layer, target];

    /// <summary>A projection with its update: [1 or E, N, I] to [1 or E, N, O].</summary>
    public Tensor Project(Target target, Tensor input_eNI) => Weights[target].Apply(input_eNI, Update(target));

    /// <summary>A norm over the last dimension; without a scale the input itself.</summary>
    public Tensor Norm(Tensor input, Tensor? scale) => scale is null ? input : RmsNorm.Apply(input, scale, Config);
}
