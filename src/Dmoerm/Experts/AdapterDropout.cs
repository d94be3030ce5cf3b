using System.IO.Hashing;
using System.Runtime.InteropServices;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Experts;

/// <summary>What one training step of adapters with dropout needs to know.</summary>
/// <param name="Seeds">One seed per expert, of its own step: experts trained together or alone draw the same.</param>
/// <param name="Rows">The token ids of the conversations of the batch, in its order.</param>
public sealed record AdapterDropout(IReadOnlyList<long> Seeds, IReadOnlyList<int[]> Rows)
{
    /// <summary>The dropout of one projection's adapters: each projection draws its own.</summary>
    internal InputDropout At(int layer, Target target, double share)
    {
        var seeds = new ulong[Seeds.Count, Rows.Count];
        for (var row = 0; row < Rows.Count; row++)
        {
            var conversation = (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes<int>(Rows[row]));
            for (var expert = 0; expert < Seeds.Count; expert++)
            {
                ReadOnlySpan<long> place = [Seeds[expert], conversation, layer, (long)target];
                seeds[expert, row] = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(place));
            }
        }

        return new InputDropout(share, seeds, [.. Rows.Select(row => row.Length)]);
    }
}
