namespace Dmoerm.Data.Texts;

/// <summary>Groups of near-duplicates among millions of texts, from their sketches alone.</summary>
/// <remarks>
/// The rule of <see cref="NearDuplicates"/>, band after band, so that beside the sketches a few bytes a text are held. Where more than <see cref="Neighbours"/> texts share a
/// band's key each is compared with so many of them: texts made from one template, alike but not near enough, would else be compared all with all.
/// </remarks>
internal static class NearGroups
{
    /// <summary>Most texts of equal key that one is compared with in a band.</summary>
    public const int Neighbours = 64;

    /// <summary>Each text's group, as the smallest index of its members.</summary>
    /// <param name="sketches">Sketches of distinct texts.</param>
    public static int[] Of(IReadOnlyList<uint[]> sketches)
    {
        var group = Enumerable.Range(0, sketches.Count).ToArray();
        var (keys, texts) = (new ulong[sketches.Count], new int[sketches.Count]);
        for (var band = 0; band < TextSketch.NumBands; band++)
        {
            var count = 0;
            for (var text = 0; text < sketches.Count; text++)
            {
                if (sketches[text].Length > 0)
                {
                    (keys[count], texts[count]) = (TextSketch.BandKey(sketches[text], band), text);
                    count++;
                }
            }

            Array.Sort(keys, texts, 0, count);
            Join(sketches, group, keys.AsSpan(0, count), texts);
        }

        return [.. group.Select(member => NearDuplicates.Root(group, member))];
    }

    private static void Join(IReadOnlyList<uint[]> sketches, int[] group, ReadOnlySpan<ulong> keys, int[] texts)
    {
        for (var place = 1; place < keys.Length; place++)
        {
            for (var before = place - 1; before >= 0 && before >= place - Neighbours && keys[before] == keys[place]; before--)
            {
                var (first, second) = (NearDuplicates.Root(group, texts[before]), NearDuplicates.Root(group, texts[place]));
                // Asking only where the groups differ changes no group: groups are connected parts.
                if (first != second && TextSketch.Similarity(sketches[texts[before]], sketches[texts[place]]) >= NearDuplicates.Threshold)
                {
                    group[Math.Max(first, second)] = Math.Min(first, second);
                }
            }
        }
    }
}
