namespace Dmoerm.Evaluation.Benchmarks.Rules;

/// <summary>JudgeBench: pairs of answers of which one is correct, from four sources.</summary>
/// <remarks>
/// A reward model is asked once, and says A>B only if A's reward is strictly higher: equal rewards, and rewards that are no numbers, are "B>A", right where the label is. The figure of both orders asks again with the answers swapped;
/// a pair is right there if more answers speak for the label than for its reverse, so never with equal rewards. The score is over all pairs. Source: ScalerLab/JudgeBench at e2c52c28, utils/metrics.py
/// (compute_final_metrics), utils/judges.py; values of that code, which gives percent.
/// </remarks>
internal static class JudgeBench
{
    private const string First = "A>B";
    private const string Second = "B>A";
    private static readonly string[] Sources = ["mmlu-pro", "livebench-reasoning", "livebench-math", "livecodebench"];

    /// <summary>A pair; its <c>source</c> begins with one of the four.</summary>
    public static IEnumerable<BenchmarkItem<ScoreRequest>> Read(BenchmarkRow row) => [row.Item(row.NameAtStart("source", Sources))];

    /// <summary>The report.</summary>
    public static BenchmarkReport Score(IReadOnlyList<BenchmarkItem<double>> items)
    {
        BenchmarkItem<double>[] counted = [.. items.Where(item => !item.IsLabelTie)];
        var subsets = ItemGroups.Subsets(counted, item => item.Subset, group => ItemGroups.Mean(group.Select(OneOrder)), Sources);
        return BenchmarkReport.Of(items, ItemGroups.Mean(counted.Select(OneOrder)), subsets) with
        {
            Figures = new Dictionary<string, double?> { ["both orders"] = ItemGroups.Mean(counted.Select(BothOrders)) },
        };
    }

    /// <summary>What a reward model says of two answers: the first is better, or the second.</summary>
    public static string Say(double first, double second) => first > second ? First : Second;

    /// <summary>Whether what was said in both orders speaks for the label.</summary>
    /// <param name="label">The better answer.</param>
    /// <param name="given">What was said of A and B; anything but the two verdicts counts for none.</param>
    /// <param name="swapped">What was said of B and A, as it was said: there its "A" is B.</param>
    public static bool IsRight(string label, string? given, string? swapped)
    {
        var turned = swapped switch { First => Second, Second => First, _ => null };
        return Vote(given, label) + Vote(turned, label) > 0;
    }

    private static int Vote(string? said, string label) => said == label ? 1 : said is First or Second ? -1 : 0;

    private static double OneOrder(BenchmarkItem<double> pair)
    {
        var (label, a, b) = Places(pair);
        return Say(a, b) == label ? 1 : 0;
    }

    private static double BothOrders(BenchmarkItem<double> pair)
    {
        var (label, a, b) = Places(pair);
        return IsRight(label, Say(a, b), Say(b, a)) ? 1 : 0;
    }

    private static (string Label, double A, double B) Places(BenchmarkItem<double> pair) =>
        pair.RightFirst ? (First, pair.Right[0], pair.Wrong[0]) : (Second, pair.Wrong[0], pair.Right[0]);
}
