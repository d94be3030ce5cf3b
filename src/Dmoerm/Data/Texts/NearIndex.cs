namespace Dmoerm.Data.Texts;

/// <summary>Many texts, asked which of them are near-duplicates of another: a quarter of a kilobyte a text beside its sketch.</summary>
internal sealed class NearIndex
{
    private readonly IReadOnlyList<uint[]> _sketches;
    private readonly (uint[] Keys, int[] Texts)[] _bands;

    /// <summary>Sorts the band keys of all texts.</summary>
    /// <param name="sketches">Sketches of distinct texts; kept.</param>
    public NearIndex(IReadOnlyList<uint[]> sketches)
    {
        _sketches = sketches;
        int[] grown = [.. Enumerable.Range(0, sketches.Count).Where(text => sketches[text].Length > 0)];
        _bands = new (uint[], int[])[TextSketch.NumBands];
        for (var band = 0; band < _bands.Length; band++)
        {
            uint[] keys = [.. grown.Select(text => Key(sketches[text], band))];
            int[] texts = [.. grown];
            Array.Sort(keys, texts);
            _bands[band] = (keys, texts);
        }
    }

    /// <summary>The texts with a Jaccard index of at least <see cref="NearDuplicates.Threshold"/>, each once.</summary>
    /// <param name="sketch">The text's own sketch; an empty one is like none.</param>
    public IReadOnlyCollection<int> Like(uint[] sketch)
    {
        var (seen, like) = (new HashSet<int>(), new List<int>());
        for (var band = 0; band < _bands.Length && sketch.Length > 0; band++)
        {
            var (keys, texts) = _bands[band];
            var key = Key(sketch, band);
            var found = FirstOf(keys, key);
            for (var place = found; place < keys.Length && keys[place] == key && place < found + NearGroups.Neighbours; place++)
            {
                if (seen.Add(texts[place]) && TextSketch.Similarity(_sketches[texts[place]], sketch) >= NearDuplicates.Threshold)
                {
                    like.Add(texts[place]);
                }
            }
        }

        return like;
    }

    private static uint Key(uint[] sketch, int band) => (uint)(TextSketch.BandKey(sketch, band) >> 32);

    private static int FirstOf(uint[] keys, uint key)
    {
        var (low, high) = (0, keys.Length);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            (low, high) = keys[middle] < key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
