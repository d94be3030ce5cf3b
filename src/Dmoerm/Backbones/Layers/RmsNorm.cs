using Dmoerm.Backbones.Configs;

namespace Dmoerm.Backbones.Layers;

/// <summary>Root-mean-square normalisation in one ATen call.</summary>
/// <remarks>TorchSharp 0.107 has no binding for <c>rms_norm</c>; TorchScript reaches the operator, with autograd.</remarks>
internal static class RmsNorm
{
    private static readonly jit.CompilationUnit Script = jit.compile(
        """
        def rms(x, w, eps: float):
            return torch.rms_norm(x, [x.size(-1)], w, eps)

        def rms_offset(x, w, eps: float):
            return torch.rms_norm(x, [x.size(-1)], 1.0 + w, eps)

        """);

    /// <summary><c>x / sqrt(mean(x^2) + epsilon) * scale</c> over the last dimension.</summary>
    public static Tensor Apply(Tensor input, Tensor scale_D, double epsilon) =>
        (Tensor)Script.invoke("rms", input, scale_D, epsilon)!;

    /// <summary>The norm of a decoder, which may scale by 1 + w.</summary>
    public static Tensor Apply(Tensor input, Tensor weight_D, BackboneConfig config) =>
        (Tensor)Script.invoke(config.UnitOffsetNorms ? "rms_offset" : "rms", input, weight_D, config.NormEpsilon)!;
}
