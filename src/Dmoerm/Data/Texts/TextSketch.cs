namespace Dmoerm.Data.Texts;

/// <summary>What is kept of a text to find its near-duplicates among millions: its smallest shingle hashes.</summary>
/// <remarks>
/// The shingles are those of <see cref="NearDuplicates"/>. Of a text with at most <see cref="Size"/> of them (130 words) all are kept, and similarity is the exact
/// Jaccard index; of a longer one the <see cref="Size"/> smallest, and similarity is estimated from those below both sketches' ends: a random sample of the union, so at an index
/// of 0.8 the estimate has a standard deviation of 0.036. Source: ours, after the known bottom-k construction.
/// </remarks>
internal static class TextSketch
{
    /// <summary>Most hashes that are kept of a text: half a kilobyte.</summary>
    public const int Size = 128;

    private const int Bands = 32;
    private const int BandRows = 4;
    private static readonly ulong[] Salts = [.. Enumerable.Range(1, Bands * BandRows).Select(row => NearDuplicates.Mix((ulong)row))];

    /// <summary>How many keys a sketch has; near-duplicates share at least one, as in <see cref="NearDuplicates"/>.</summary>
    public static int NumBands => Bands;

    /// <summary>Sorted distinct hashes; none for a text that is too short to be a near-duplicate.</summary>
    /// <param name="text">Folded.</param>
    public static uint[] Of(string text)
    {
        var sketch = new List<uint>(Size);
        foreach (var hash in NearDuplicates.Shingles(text))
        {
            // The upper half keeps the order.
            var kept = (uint)(hash >> 32);
            if (sketch.Count == 0 || sketch[^1] != kept)
            {
                sketch.Add(kept);
            }

            if (sketch.Count == Size)
            {
                break;
            }
        }

        return [.. sketch];
    }

    /// <summary>Jaccard index of the two texts' shingles, exact or estimated; 0 for an empty sketch.</summary>
    public static double Similarity(uint[] first, uint[] second)
    {
        if (first.Length == 0 || second.Length == 0)
        {
            return 0;
        }

        var end = Math.Min(End(first), End(second));
        var (i, j, shared, all) = (0, 0, 0, 0);
        while ((i < first.Length && first[i] <= end) || (j < second.Length && second[j] <= end))
        {
            var (left, right) = (i < first.Length ? first[i] : ulong.MaxValue, j < second.Length ? second[j] : ulong.MaxValue);
            shared += left == right ? 1 : 0;
            i += left <= right ? 1 : 0;
            j += right <= left ? 1 : 0;
            all++;
        }

        return (double)shared / all;
    }

    /// <summary>One band's key: equal for two texts with probability (Jaccard index)^4.</summary>
    /// <param name="sketch">Not empty.</param>
    /// <param name="band">0 to <see cref="NumBands"/> - 1.</param>
    public static ulong BandKey(uint[] sketch, int band)
    {
        var key = (ulong)band;
        for (var row = 0; row < BandRows; row++)
        {
            var (salt, least) = (Salts[band * BandRows + row], ulong.MaxValue);
            foreach (var hash in sketch)
            {
                least = Math.Min(least, NearDuplicates.Mix(hash ^ salt));
            }

            key = NearDuplicates.Mix(key ^ least);
        }

        return key;
    }

    // A full sketch knows nothing of hashes behind its last one.
    private static uint End(uint[] sketch) => sketch.Length < Size ? uint.MaxValue : sketch[^1];
}
