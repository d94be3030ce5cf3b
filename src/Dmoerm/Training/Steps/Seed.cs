using System.IO.Hashing;
using System.Text;

namespace Dmoerm.Training.Steps;

/// <summary>Derives every random choice from the recipe's seed and its place in the run, so that nothing is carried along.</summary>
internal static class Seed
{
    /// <summary>A seed of its own for a place.</summary>
    /// <param name="seed">The recipe's seed.</param>
    /// <param name="place">What is seeded, such as <c>how_to/experts</c>.</param>
    /// <param name="number">Which of many, such as an epoch.</param>
    /// <returns>Not negative.</returns>
    public static long Of(long seed, string place, int number = 0)
    {
        var text = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}/{place}/{number}"));
        return (long)(XxHash3.HashToUInt64(text) >> 2);
    }
}
