namespace Dmoerm.Backbones.Weights;

/// <summary>The way from tensors to plain numbers.</summary>
internal static class TensorNumbers
{
    /// <summary>The elements of a tensor of any type on any device, in row-major order.</summary>
    public static double[] ToDoubles(this Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    /// <summary>No element is NaN or infinite.</summary>
    /// <remarks>A sum takes one pass and no memory, and a finite one settles it; only where it is not, because a number is not or because the sum overflowed, all are looked at.</remarks>
    public static bool IsFinite(this Tensor value)
    {
        using var scope = NewDisposeScope();
        return !value.is_floating_point() || double.IsFinite(value.sum().to(ScalarType.Float64).item<double>()) || value.isfinite().all().item<bool>();
    }
}
