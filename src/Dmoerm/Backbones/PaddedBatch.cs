namespace Dmoerm.Backbones;

// Dimensions: B = batch, T = tokens.

/// <summary>Batches that others padded, on whichever side.</summary>
/// <remarks>Rotary attention sees differences of positions only, so moving a row to the left changes no state of a real token.</remarks>
public static class PaddedBatch
{
    /// <summary>The same rows padded on the right, as <see cref="Backbone"/> takes them.</summary>
    /// <param name="ids_BT">[B, T] int64.</param>
    /// <param name="mask_BT">[B, T], 1 for real tokens and 0 for padding on the left or on the right.</param>
    /// <returns>[B, T] ids with each row's real tokens first, and [B] int64 how many they are.</returns>
    /// <exception cref="ArgumentException">The shapes differ, a row has no real token, or padding inside.</exception>
    public static (Tensor Ids_BT, Tensor Length_B) ToRight(Tensor ids_BT, Tensor mask_BT)
    {
        using var scope = NewDisposeScope();
        if (!ids_BT.shape.SequenceEqual(mask_BT.shape))
        {
            throw new ArgumentException($"Expected a mask of [{string.Join(", ", ids_BT.shape)}], as the ids, got [{string.Join(", ", mask_BT.shape)}].", nameof(mask_BT));
        }

        var real_BT = mask_BT.ne(0).to(ScalarType.Int64);
        var (length_B, first_B) = (real_BT.sum(1), real_BT.argmax(1));
        var tokens = ids_BT.shape[1];
        var place_BT = arange(tokens, dtype: ScalarType.Int64, device: ids_BT.device).unsqueeze(0) + first_B.unsqueeze(1);
        var inside_BT = place_BT < (first_B + length_B).unsqueeze(1);
        if ((length_B == 0).any().item<bool>() || !(real_BT.gather(1, place_BT.remainder(tokens)).ne(0) == inside_BT).all().item<bool>())
        {
            throw new ArgumentException("Expected rows with at least one real token and padding on the left or on the right only.", nameof(mask_BT));
        }

        return (ids_BT.gather(1, place_BT.remainder(tokens)).MoveToOuterDisposeScope(), length_B.MoveToOuterDisposeScope());
    }
}
