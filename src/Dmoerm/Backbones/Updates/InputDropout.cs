namespace Dmoerm.Backbones.Updates;

// Dimensions: E = experts, B = batch, N = rows of a product (B, or B x T tokens), I = input width.

/// <summary>Zeroes a share of what an adapter reads in one training step, and scales up the rest; the projection itself reads everything.</summary>
/// <remarks>
/// Each conversation draws from a seed of its own, and its padding draws nothing: the mask does not depend on what else is in the
/// batch. Source: dropout on the input of A, as PEFT places it.
/// </remarks>
/// <param name="share">Share in [0, 1) that is zeroed.</param>
/// <param name="seeds">[E, B] one seed for each expert and conversation.</param>
/// <param name="lengths">[B] real tokens of each conversation.</param>
public sealed class InputDropout(double share, ulong[,] seeds, IReadOnlyList<int> lengths)
{
    /// <summary>The input with zeros in it.</summary>
    /// <param name="input_eNI">[1 or E, N, I]; N is B for the last tokens alone, else B x T, padded on the right.</param>
    /// <returns>[E, N, I], an expectation equal to the input.</returns>
    public Tensor Apply(Tensor input_eNI)
    {
        using var scope = NewDisposeScope();
        return (input_eNI * Mask((int)(input_eNI.shape[1] / lengths.Count), input_eNI.shape[2]).to(input_eNI.dtype, input_eNI.device)).MoveToOuterDisposeScope();
    }

    private Tensor Mask(int tokens, long width)
    {
        var (experts, batch) = (seeds.GetLength(0), seeds.GetLength(1));
        var mask_EBTI = zeros(experts, batch, tokens, width);
        for (var expert = 0; expert < experts; expert++)
        {
            for (var row = 0; row < batch; row++)
            {
                using var rowScope = NewDisposeScope();
                using var random = new Generator(seeds[expert, row]);
                var real = Math.Min(tokens, lengths[row]);
                mask_EBTI[expert, row].narrow(0, 0, real).copy_(rand([real, width], generator: random) >= share);
            }
        }

        return mask_EBTI.div_(1 - share).view(experts, batch * tokens, width);
    }
}
