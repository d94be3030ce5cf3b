namespace Dmoerm.Evaluation;

/// <summary>Agreement of models with people, with intervals that resample units rather than comparisons.</summary>
/// <remarks>
/// Comparisons with p = 0.5 are left out and counted, equal rewards count one half. Intervals are 95 % percentile intervals of the
/// bootstrap over units; the same comparisons in another order give the same interval. Source: ours, the interval as numpy's percentiles.
/// </remarks>
public static class Agreement
{
    /// <summary>With fewer distinct units than this there is no interval: a handful of units says nothing of how others would differ.</summary>
    public const int MinUnits = 20;

    /// <summary>Resamples behind an interval, unless told otherwise.</summary>
    public const int DefaultResamples = 1000;

    /// <summary>Agreement on the given comparisons, all of them pooled.</summary>
    /// <param name="comparisons">What a model and people said, in any order.</param>
    /// <param name="resamples">Number of resamples behind the interval.</param>
    /// <param name="seed">Seed of the draws; the same seed gives the same interval.</param>
    /// <exception cref="ArgumentException">A reward is not a number.</exception>
    public static AgreementFigure Of(IReadOnlyList<JudgedComparison> comparisons, int resamples = DefaultResamples, int seed = 0)
    {
        var counted = Counted(comparisons);
        var table = Table(counted, Right);
        return new AgreementFigure
        {
            Comparisons = counted.Count,
            LabelTies = comparisons.Count - counted.Count,
            RewardTies = counted.Count(comparison => comparison.RewardI == comparison.RewardJ),
            Agreement = table.Mean,
            Interval = Interval([table], resamples, seed),
            LongerWins = Table(counted, RightByLength).Mean,
            Units = table.Units,
        };
    }

    /// <summary>The agreement alone, for figures that stand beside one with an interval.</summary>
    /// <param name="comparisons">What a model and people said.</param>
    /// <returns>Share in [0, 1]; null when nothing is counted.</returns>
    /// <exception cref="ArgumentException">A reward is not a number.</exception>
    public static double? Share(IReadOnlyList<JudgedComparison> comparisons)
    {
        var counted = Counted(comparisons);
        return counted.Count == 0 ? null : counted.Average(Right);
    }

    /// <summary>Agreement of one model minus that of another, paired: both are resampled together.</summary>
    /// <param name="first">The first model's judgements.</param>
    /// <param name="second">The second model's judgements of the same comparisons in the same order.</param>
    /// <param name="resamples">Number of resamples behind the interval.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">The two lists are not the same comparisons in the same order, or a reward is not a number.</exception>
    public static AgreementDifference Difference(
        IReadOnlyList<JudgedComparison> first, IReadOnlyList<JudgedComparison> second, int resamples = DefaultResamples, int seed = 0)
    {
        var pairs = Paired(first, second);
        var table = DifferenceTable(pairs);
        return new(table.Mean, Interval([table], resamples, seed), pairs.Count, table.Units);
    }

    /// <summary>The mean over categories of the agreement within each.</summary>
    /// <param name="comparisons">Judgements of several categories; those without a category are left out.</param>
    /// <param name="resamples">Number of resamples behind the interval; units are drawn within each category.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">A reward is not a number.</exception>
    public static CategoryMean CategoryMean(IReadOnlyList<JudgedComparison> comparisons, int resamples = DefaultResamples, int seed = 0)
    {
        var categories = ByCategory(Counted(comparisons), comparison => comparison);
        UnitTable[] tables = [.. categories.Select(category => Table(category, Right))];
        UnitTable[] lengths = [.. categories.Select(category => Table(category, RightByLength))];
        return new(MeanOf(tables), Interval(tables, resamples, seed), tables.Length, MeanOf(lengths));
    }

    /// <summary>The mean over categories of one model minus that of another, paired.</summary>
    /// <param name="first">The first model's judgements.</param>
    /// <param name="second">The second model's judgements of the same comparisons in the same order.</param>
    /// <param name="resamples">Number of resamples behind the interval; units are drawn within each category.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <exception cref="ArgumentException">The two lists are not the same comparisons in the same order, or a reward is not a number.</exception>
    public static AgreementDifference CategoryMeanDifference(
        IReadOnlyList<JudgedComparison> first, IReadOnlyList<JudgedComparison> second, int resamples = DefaultResamples, int seed = 0)
    {
        var categories = ByCategory(Paired(first, second), pair => pair.First);
        UnitTable[] tables = [.. categories.Select(DifferenceTable)];
        return new(
            MeanOf(tables), Interval(tables, resamples, seed), categories.Sum(category => category.Count), tables.Select(table => table.Units).DefaultIfEmpty(0).Min());
    }

    private static List<JudgedComparison> Counted(IReadOnlyList<JudgedComparison> comparisons)
    {
        foreach (var comparison in comparisons)
        {
            if (double.IsNaN(comparison.RewardI) || double.IsNaN(comparison.RewardJ))
            {
                throw new ArgumentException($"The rewards of example {comparison.Id}, responses {comparison.I} and {comparison.J}, must be numbers, not NaN.", nameof(comparisons));
            }
        }

        return [.. comparisons.Where(comparison => !comparison.IsLabelTie)];
    }

    private static List<(JudgedComparison First, JudgedComparison Second)> Paired(IReadOnlyList<JudgedComparison> first, IReadOnlyList<JudgedComparison> second)
    {
        if (first.Count != second.Count)
        {
            throw new ArgumentException($"Paired judgements must be of the same comparisons: there are {first.Count} and {second.Count}.", nameof(second));
        }

        for (var k = 0; k < first.Count; k++)
        {
            if (Identity(first[k]) != Identity(second[k]))
            {
                throw new ArgumentException($"Paired judgements must be of the same comparisons in the same order: number {k} is {Identity(first[k])} in one and {Identity(second[k])} in the other.", nameof(second));
            }
        }

        return [.. Counted(first).Zip(Counted(second))];
    }

    private static (string, string?, string?, int, int, double, string, string) Identity(JudgedComparison comparison) =>
        (comparison.Id, comparison.Category, comparison.Capability, comparison.I, comparison.J, comparison.P, comparison.UnitI, comparison.UnitJ);

    private static List<List<T>> ByCategory<T>(List<T> counted, Func<T, JudgedComparison> comparison) =>
        [.. counted
            .Where(entry => comparison(entry).Category is not null)
            .GroupBy(entry => comparison(entry).Category!, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.ToList())];

    private static double Right(JudgedComparison comparison) => comparison.Right!.Value;

    private static double RightByLength(JudgedComparison comparison) => comparison.ByLength().Right!.Value;

    private static UnitTable Table(List<JudgedComparison> counted, Func<JudgedComparison, double> value) =>
        new([.. counted.Select(comparison => (comparison.UnitI, comparison.UnitJ))], [.. counted.Select(value)]);

    private static UnitTable DifferenceTable(List<(JudgedComparison First, JudgedComparison Second)> pairs) =>
        new([.. pairs.Select(pair => (pair.First.UnitI, pair.First.UnitJ))], [.. pairs.Select(pair => Right(pair.First) - Right(pair.Second))]);

    private static double? MeanOf(UnitTable[] tables) => tables.Length == 0 ? null : tables.Average(table => table.Mean);

    // One stream of draws for all tables: their resamples must be independent of each other.
    private static ConfidenceInterval? Interval(UnitTable[] tables, int resamples, int seed)
    {
        if (tables.Length == 0 || tables.Any(table => table.Units < MinUnits))
        {
            return null;
        }

        var random = new Random(seed);
        return ConfidenceInterval.Percentile(Enumerable.Range(0, resamples).Select(_ => tables.Average(table => table.Replicate(random))));
    }
}
