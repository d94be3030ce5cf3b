using System.IO.Hashing;
using System.Text;

namespace Dmoerm.Data.Splits;

/// <summary>Examples in parts, no unit in two of them.</summary>
public sealed record PartitionResult
{
    /// <summary>The examples of each part, in the order they were given in.</summary>
    public required IReadOnlyList<IReadOnlyList<PreferenceExample>> Parts { get; init; }

    /// <summary>The number of units of each part.</summary>
    public required IReadOnlyList<int> Units { get; init; }

    /// <summary>How many comparisons stood between responses of two parts and are in none.</summary>
    public required int LeftOut { get; init; }
}

/// <summary>Cuts examples into parts between units.</summary>
public static class Partition
{
    /// <summary>Deals units out to parts.</summary>
    /// <remarks>
    /// Units are put in the order of a hash of (seed, unit), so the order of rows has no say, and cut there. With <c>responses</c> each text is dealt
    /// alone: an example is cut to each part's responses, and what is left without a comparison is dropped. With other rules parts hold whole examples.
    /// </remarks>
    /// <param name="examples">The examples.</param>
    /// <param name="groupBy">The unit: <c>prompt</c>, <c>responses</c> or the name of a text field.</param>
    /// <param name="shares">Each part's share of the units, above 0; taken by their sum. Every part gets at least one unit.</param>
    /// <param name="seed">Another seed, another deal.</param>
    /// <exception cref="ArgumentException">No share, or one that is not above 0.</exception>
    /// <exception cref="InvalidDataException">Fewer units than parts, a part without any comparison, or a row without the field.</exception>
    public static PartitionResult Split(IReadOnlyList<PreferenceExample> examples, string groupBy, IReadOnlyList<double> shares, long seed)
    {
        CheckShares(shares);
        var keys = UnitKeys.Of(examples, groupBy);
        string[] units = [.. keys.SelectMany(key => key).Distinct().OrderBy(unit => Draw(unit, seed)).ThenBy(unit => unit, StringComparer.Ordinal)];
        if (units.Length < shares.Count)
        {
            throw TooFew(groupBy, units.Length, $"{shares.Count} parts need at least one each");
        }

        var counts = Apportion(units.Length, shares);
        var partOf = units.Zip(counts.SelectMany((count, part) => Enumerable.Repeat(part, count))).ToDictionary(pair => pair.First, pair => pair.Second);
        return Deal(examples, keys, partOf, counts, groupBy);
    }

    /// <summary>Fails where there is no share, or one that is not above 0.</summary>
    internal static void CheckShares(IReadOnlyList<double> shares)
    {
        if (shares.Count == 0 || shares.Any(share => !(share > 0 && double.IsFinite(share))))
        {
            throw new ArgumentException($"Expected shares above 0, came [{string.Join(", ", shares)}].", nameof(shares));
        }
    }

    private static PartitionResult Deal(
        IReadOnlyList<PreferenceExample> examples,
        IReadOnlyList<IReadOnlyList<string>> keys,
        Dictionary<string, int> partOf,
        int[] counts,
        string groupBy)
    {
        List<PreferenceExample>[] parts = [.. counts.Select(_ => new List<PreferenceExample>())];
        var leftOut = 0;
        foreach (var (example, units) in examples.Zip(keys))
        {
            int[] partOfResponse = [.. units.Select(unit => partOf[unit])];
            leftOut += example.Comparisons.Count(comparison => partOfResponse[comparison.I] != partOfResponse[comparison.J]);
            foreach (var part in partOfResponse.Distinct())
            {
                var cut = Cut(example, partOfResponse, part);
                if (groupBy != UnitKeys.Responses || cut.Comparisons.Count > 0)
                {
                    parts[part].Add(cut);
                }
            }
        }

        var bare = Array.FindIndex(parts, part => part.Count == 0);
        return bare < 0
            ? new PartitionResult { Parts = parts, Units = counts, LeftOut = leftOut }
            : throw TooFew(groupBy, counts.Sum(), $"and part {bare + 1} of {counts.Length} is left without a comparison");
    }

    /// <summary>What of an example is one part's.</summary>
    internal static PreferenceExample Cut(PreferenceExample example, int[] partOfResponse, int part)
    {
        int[] kept = [.. Enumerable.Range(0, partOfResponse.Length).Where(response => partOfResponse[response] == part)];
        if (kept.Length == partOfResponse.Length)
        {
            return example;
        }

        var place = kept.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        return example with
        {
            Responses = [.. kept.Select(response => example.Responses[response])],
            Comparisons =
            [
                .. example.Comparisons
                    .Where(comparison => place.ContainsKey(comparison.I) && place.ContainsKey(comparison.J))
                    .Select(comparison => comparison with { I = place[comparison.I], J = place[comparison.J] }),
            ],
        };
    }

    /// <summary>How many units each part gets.</summary>
    // Largest remainders; a part that gets nothing takes one from the largest.
    internal static int[] Apportion(int numUnits, IReadOnlyList<double> shares)
    {
        var sum = shares.Sum();
        double[] exact = [.. shares.Select(share => share / sum * numUnits)];
        // The slack keeps a whole number whole: 0.1 + 0.2 of 10 units are 3, not 2.9999999999999996.
        int[] counts = [.. exact.Select(value => (int)Math.Floor(value + 1e-9))];
        foreach (var part in Enumerable.Range(0, counts.Length).OrderByDescending(part => exact[part] - counts[part]).Take(numUnits - counts.Sum()).ToArray())
        {
            counts[part]++;
        }

        while (Array.IndexOf(counts, 0) is >= 0 and var empty)
        {
            counts[Array.IndexOf(counts, counts.Max())]--;
            counts[empty]++;
        }

        return counts;
    }

    /// <summary>The error of units that do not suffice.</summary>
    internal static InvalidDataException TooFew(string groupBy, int numUnits, string lack) =>
        new($"Too few units to split: groupBy '{groupBy}' gives {numUnits}, {lack}; {Alternatives(groupBy)}.");

    private static string Alternatives(string groupBy) =>
        "bring more data or choose another groupBy: "
        + string.Join(" or ", new[] { UnitKeys.Prompt, UnitKeys.Responses }.Where(rule => rule != groupBy))
        + (UnitKeys.IsField(groupBy) ? "" : ", or a text field of the rows");

    /// <summary>A unit's place in the deal.</summary>
    internal static ulong Draw(string unit, long seed) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(unit), seed);
}
