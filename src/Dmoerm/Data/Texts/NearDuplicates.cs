using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Dmoerm.Data.Texts;

/// <summary>Which texts are almost the same.</summary>
/// <remarks>
/// Texts of at least <see cref="MinWords"/> words whose sets of three-word shingles have a Jaccard index of at least <see cref="Threshold"/>;
/// MinHash bands propose pairs, the exact index decides. At the threshold a pair is missed with probability (1 - 0.8^4)^32, below 1e-7.
/// Chains count: a text like one like a third is in one group with it. Source: ours, after MinHash's known construction.
/// </remarks>
internal static class NearDuplicates
{
    /// <summary>Shorter texts are never near-duplicates: one word more or less may change what they say.</summary>
    public const int MinWords = 10;

    /// <summary>Jaccard index from which two texts share a group.</summary>
    public const double Threshold = 0.8;

    private const int ShingleWords = 3;
    private const int Bands = 32;
    private const int BandRows = 4;

    /// <summary>Each text's group, as the index of one of its members.</summary>
    /// <param name="texts">Distinct texts, folded.</param>
    public static int[] Group(IReadOnlyList<string> texts)
    {
        var group = Enumerable.Range(0, texts.Count).ToArray();
        ulong[][] shingles = [.. texts.Select(Shingles)];
        var buckets = new Dictionary<(int Band, UInt128 Key), List<int>>();
        for (var text = 0; text < texts.Count; text++)
        {
            foreach (var key in BandKeys(shingles[text]))
            {
                ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(buckets, key, out _);
                bucket ??= [];
                foreach (var other in bucket)
                {
                    // Asking only where the groups differ changes no group: groups are connected parts.
                    if (Root(group, other) != Root(group, text) && Jaccard(shingles[other], shingles[text]) >= Threshold)
                    {
                        group[Root(group, text)] = Root(group, other);
                    }
                }

                bucket.Add(text);
            }
        }

        return [.. group.Select(member => Root(group, member))];
    }

    /// <summary>Hashes of a text's shingles, sorted and distinct; none for a short text.</summary>
    public static ulong[] Shingles(string text)
    {
        var words = NormalText.Words(text);
        if (words.Count < MinWords)
        {
            return [];
        }

        var hashes = new ulong[words.Count - ShingleWords + 1];
        for (var start = 0; start < hashes.Length; start++)
        {
            var shingle = string.Join(' ', words[start], words[start + 1], words[start + 2]);
            hashes[start] = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(shingle.AsSpan()));
        }

        Array.Sort(hashes);
        return [.. Distinct(hashes)];
    }

    /// <summary>Shared shingles by all shingles, of sorted distinct hashes; 0 for two empty sets.</summary>
    public static double Jaccard(ulong[] first, ulong[] second)
    {
        var (i, j, shared) = (0, 0, 0);
        while (i < first.Length && j < second.Length)
        {
            var order = first[i].CompareTo(second[j]);
            shared += order == 0 ? 1 : 0;
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return shared == 0 ? 0 : (double)shared / (first.Length + second.Length - shared);
    }

    /// <summary>Where a chain of members ends: one place for all texts of a group.</summary>
    public static int Root(int[] group, int member)
    {
        while (group[member] != member)
        {
            member = group[member] = group[group[member]];
        }

        return member;
    }

    /// <summary>The finaliser of SplitMix64: one of the many permutations that MinHash needs, chosen by a salt.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static IEnumerable<ulong> Distinct(ulong[] sorted) => sorted.Where((hash, place) => place == 0 || hash != sorted[place - 1]);

    private static IEnumerable<(int Band, UInt128 Key)> BandKeys(ulong[] shingles)
    {
        for (var band = 0; band < Bands && shingles.Length > 0; band++)
        {
            var mins = new ulong[BandRows];
            for (var row = 0; row < BandRows; row++)
            {
                var salt = Mix((ulong)(band * BandRows + row + 1));
                mins[row] = shingles.Min(shingle => Mix(shingle ^ salt));
            }

            yield return (band, XxHash128.HashToUInt128(MemoryMarshal.AsBytes(mins.AsSpan())));
        }
    }
}
