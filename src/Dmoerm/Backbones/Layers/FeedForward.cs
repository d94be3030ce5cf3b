using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using TorchSharp.Modules;

namespace Dmoerm.Backbones.Layers;

// Dimensions: E = experts (e: 1 or E), X = any dimensions, N = their rows, D = hidden size, F = inner width.

/// <summary>The gated MLP of a layer, with its norms and its place in the residual stream.</summary>
internal static class FeedForward
{
    /// <summary>The state after the MLP.</summary>
    /// <param name="hidden_eXD">[..., D] with experts first; the rows between are flattened for the products.</param>
    /// <param name="run">The layer.</param>
    public static Tensor Apply(Tensor hidden_eXD, LayerRun run)
    {
        using var scope = NewDisposeScope();
        var normed_eND = run.Norm(hidden_eXD, run.Weights.MlpNorm_D).view(hidden_eXD.shape[0], -1, run.Config.HiddenSize);
        var gate_eNF = Activate(run.Project(Target.Gate, normed_eND), run.Config.Activation);
        var inner_eNF = gate_eNF * run.Project(Target.Up, normed_eND);
        var output_eND = run.Norm(run.Project(Target.Down, inner_eNF), run.Weights.MlpPostNorm_D);
        long[] shape = [output_eND.shape[0], .. hidden_eXD.shape[1..]];
        return (hidden_eXD + output_eND.view(shape)).MoveToOuterDisposeScope();
    }

    private static Tensor Activate(Tensor input, Activation activation) => activation switch
    {
        Activation.Silu => nn.functional.silu(input),
        Activation.GeluTanh => input.gelu(GELU.Approximate.tanh),
        _ => input.gelu(),
    };
}
