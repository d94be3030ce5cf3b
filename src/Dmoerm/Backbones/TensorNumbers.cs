namespace Dmoerm.Backbones;

/// <summary>The way from tensors to plain numbers.</summary>
internal static class TensorNumbers
{
    /// <summary>The elements of a tensor of any type on any device, in row-major order.</summary>
    public static double[] ToDoubles(this Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.to(ScalarType.Float64).cpu().data<double>().ToArray();
    }
}
