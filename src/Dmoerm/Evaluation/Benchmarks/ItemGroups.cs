namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>Arithmetic that the benchmarks' rules share.</summary>
internal static class ItemGroups
{
    /// <summary>The plain mean; null of nothing.</summary>
    public static double? Mean(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return all.Length == 0 ? null : all.Sum() / all.Length;
    }

    /// <summary>The mean of numbers that must all be there; null where one is missing, or all.</summary>
    public static double? MeanOfAll(IEnumerable<double?> values)
    {
        double?[] all = [.. values];
        return all.Contains(null) ? null : Mean(all.OfType<double>());
    }

    /// <summary>The score of each subset, those of <paramref name="order"/> first, the others as they come. Label ties and items without a subset are passed over.</summary>
    /// <param name="items">The items.</param>
    /// <param name="subset">An item's subset; null for none.</param>
    /// <param name="score">The score of one subset's items.</param>
    /// <param name="order">Names in the benchmark's order.</param>
    public static IReadOnlyDictionary<string, BenchmarkSubset> Subsets(
        IEnumerable<BenchmarkItem<double>> items,
        Func<BenchmarkItem<double>, string?> subset,
        Func<IReadOnlyList<BenchmarkItem<double>>, double?> score,
        IReadOnlyList<string>? order = null)
    {
        var place = (order ?? []).Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        return items
            .Where(item => !item.IsLabelTie && subset(item) is not null)
            .GroupBy(item => subset(item)!)
            .OrderBy(group => place.GetValueOrDefault(group.Key, place.Count))
            .ToDictionary(group => group.Key, group => new BenchmarkSubset(score([.. group]), group.Count(), group.Count(HasTie)));
    }

    /// <summary>The score of a subset; null where it is not there.</summary>
    public static double? ScoreOf(IReadOnlyDictionary<string, BenchmarkSubset> subsets, string name) => subsets.GetValueOrDefault(name)?.Score;

    /// <summary>1 where every better reward lies above every other one, strictly; 0 otherwise, so also where one is not a number.</summary>
    public static double Win(BenchmarkItem<double> item) => item.Right.All(right => item.Wrong.All(wrong => right > wrong)) ? 1 : 0;

    /// <summary>The same for a pair, where equal rewards count one half.</summary>
    public static double WinOrHalf(BenchmarkItem<double> pair) => pair.Right[0] == pair.Wrong[0] ? 0.5 : Win(pair);

    /// <summary>A better and another one have equal rewards.</summary>
    public static bool HasTie(BenchmarkItem<double> item) => item.Right.Any(right => item.Wrong.Any(wrong => right == wrong));

    /// <summary>A reward is not a number.</summary>
    public static bool HasNaN(BenchmarkItem<double> item) => item.Right.Concat(item.Wrong).Any(double.IsNaN);
}
