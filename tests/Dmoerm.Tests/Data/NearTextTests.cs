using Dmoerm.Data.Texts;

namespace Dmoerm.Tests.Data;

/// <summary>Sketches against the exact rule.</summary>
public sealed class NearTextTests
{
    [Fact]
    public void NearGroups_ShortTexts_AreThoseOfTheExactRule()
    {
        var texts = Texts(seed: 1, families: 60, least: 4, most: 120);
        var exact = NearDuplicates.Group(texts);
        var sketched = NearGroups.Of([.. texts.Select(TextSketch.Of)]);

        Assert.True(exact.Distinct().Count() < texts.Count - 30, "The texts are not alike enough to test anything.");
        Assert.Equal(Partition(exact), Partition(sketched));
    }

    [Fact]
    public void Similarity_ShortTexts_IsTheJaccardIndex()
    {
        var texts = Texts(seed: 2, families: 10, least: 12, most: 120);
        foreach (var (first, second) in texts.Zip(texts.Skip(1)))
        {
            Assert.Equal(NearDuplicates.Jaccard(NearDuplicates.Shingles(first), NearDuplicates.Shingles(second)), TextSketch.Similarity(TextSketch.Of(first), TextSketch.Of(second)), 12);
        }
    }

    [Fact]
    public void Similarity_LongTexts_IsNearTheJaccardIndex()
    {
        var random = new Random(3);
        var errors = new List<double>();
        for (var round = 0; round < 40; round++)
        {
            string[] words = [.. Enumerable.Range(0, 1000).Select(_ => $"w{random.Next(5000)}")];
            string[] changed = [.. words.Select(word => random.NextDouble() < 0.03 ? "other" + random.Next(5000) : word)];
            var (first, second) = (string.Join(' ', words), string.Join(' ', changed));
            errors.Add(TextSketch.Similarity(TextSketch.Of(first), TextSketch.Of(second)) - NearDuplicates.Jaccard(NearDuplicates.Shingles(first), NearDuplicates.Shingles(second)));
        }

        // One estimate has a deviation of at most 0.045; the mean of 40 of 0.007.
        Assert.InRange(errors.Average(), -0.025, 0.025);
        Assert.All(errors, error => Assert.InRange(error, -0.2, 0.2));
        Assert.Contains(errors, error => error != 0);
    }

    [Fact]
    public void NearIndex_Like_FindsWhatTheExactRuleFinds()
    {
        var kept = Texts(seed: 4, families: 30, least: 4, most: 100);
        var asked = Texts(seed: 4, families: 30, least: 4, most: 100, spoil: 5);
        var index = new NearIndex([.. kept.Select(TextSketch.Of)]);
        var found = 0;
        foreach (var text in asked)
        {
            var shingles = NearDuplicates.Shingles(text);
            int[] expected = [.. Enumerable.Range(0, kept.Count).Where(other => NearDuplicates.Jaccard(NearDuplicates.Shingles(kept[other]), shingles) >= NearDuplicates.Threshold)];
            Assert.Equal(expected, index.Like(TextSketch.Of(text)).Order());
            found += expected.Length;
        }

        Assert.True(found > 30);
    }

    [Fact]
    public void Sketch_TextOfFewWords_IsEmptyAndLikeNothing()
    {
        Assert.Empty(TextSketch.Of("nine words are too few to be like others"));
        Assert.Equal(0, TextSketch.Similarity([], []));
        Assert.Equal([0, 1], NearGroups.Of([[], []]));
        Assert.Empty(new NearIndex([[], []]).Like([]));
    }

    // Families of texts, each a few words away from its head.
    private static List<string> Texts(int seed, int families, int least, int most, int spoil = 0)
    {
        var (random, other) = (new Random(seed), new Random(seed + spoil + 100));
        var texts = new HashSet<string>();
        for (var family = 0; family < families; family++)
        {
            string[] head = [.. Enumerable.Range(0, random.Next(least, most)).Select(_ => $"w{random.Next(3000)}")];
            for (var member = 0; member < 3; member++)
            {
                var share = 0.03 * member;
                texts.Add(string.Join(' ', head.Select(word => other.NextDouble() < share ? $"x{other.Next(3000)}" : word)));
            }
        }

        return [.. texts];
    }

    private static IEnumerable<string> Partition(int[] groups) =>
        groups.Index().GroupBy(pair => pair.Item).Select(group => string.Join(',', group.Select(pair => pair.Index))).Order(StringComparer.Ordinal);
}
