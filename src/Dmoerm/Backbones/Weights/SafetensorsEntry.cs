namespace Dmoerm.Backbones.Weights;

/// <summary>Where and how a safetensors file stores a tensor.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Its shape; empty for a single number.</param>
/// <param name="Offset">First byte, counted from the end of the header.</param>
/// <param name="Bytes">Number of bytes.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>How many numbers it holds.</summary>
    public long Numbers => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>It holds numbers with a fraction, as weights are, and not whole ones.</summary>
    public bool HoldsWeights => Type != ScalarType.Int64;

    /// <summary>The shape as text, such as <c>[64, 8]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
