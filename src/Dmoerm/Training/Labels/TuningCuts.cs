using Dmoerm.Data;
using Dmoerm.Data.Splits;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Labels;

/// <summary>Cuts of a training part by which penalties are chosen: each cut is held out once.</summary>
internal static class TuningCuts
{
    private const int MaxFolds = 4;

    /// <summary>Cuts a part between units.</summary>
    /// <param name="part">What is learnt from.</param>
    /// <param name="groupBy">The category's unit.</param>
    /// <param name="seed">The recipe's seed.</param>
    /// <param name="category">The category.</param>
    /// <returns>What to fit on, and what to measure the loss on; empty where there are too few units.</returns>
    public static IReadOnlyList<(IReadOnlyList<PreferenceExample> Fitted, IReadOnlyList<PreferenceExample> HeldOut)> Of(
        IReadOnlyList<PreferenceExample> part, string groupBy, long seed, string category)
    {
        var units = UnitKeys.Of(part, groupBy).SelectMany(keys => keys).Distinct().Take(MaxFolds).Count();
        if (units < 2)
        {
            return [];
        }

        try
        {
            var cuts = Partition.Split(part, groupBy, [.. Enumerable.Repeat(1.0, units)], Seed.Of(seed, $"{category}/tuning"));
            return [.. Enumerable.Range(0, units).Select(held => Cut(cuts, held))];
        }
        catch (InvalidDataException)
        {
            // So few texts that a part would hold no comparison: the default penalty is taken.
            return [];
        }
    }

    private static (IReadOnlyList<PreferenceExample> Fitted, IReadOnlyList<PreferenceExample> HeldOut) Cut(PartitionResult cuts, int held) =>
        ([.. cuts.Parts.Where((_, index) => index != held).SelectMany(cut => cut)], cuts.Parts[held]);
}
