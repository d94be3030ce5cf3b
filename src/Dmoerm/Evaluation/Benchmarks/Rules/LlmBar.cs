namespace Dmoerm.Evaluation.Benchmarks.Rules;

/// <summary>LLMBar: pairs of which one follows the instruction; a natural set, and four that mislead.</summary>
/// <remarks>
/// Every pair is asked about in both orders, and the score is the mean of both: with ratings, the first order says output 1 only if it is rated strictly higher, the second says output 2 only if that is. So equal ratings,
/// and ratings that are no numbers, count one half. Adversarial is the mean of the four sets that mislead. The score is the share over all pairs (ours: the code gives a share per set). The original's kappa compares labels that never
/// meet, and is not given. Source: princeton-nlp/LLMBar at 900616bf, LLMEvaluator/evaluate.py; values of that program.
/// </remarks>
internal static class LlmBar
{
    private static readonly string[] Adversarial = ["Neighbor", "GPTInst", "GPTOut", "Manual"];
    private static readonly string[] Names = ["Natural", .. Adversarial];

    /// <summary>A pair; the set is the end of <c>subset</c> (<c>Adversarial/Neighbor</c>), or the name of the folder (the set's own files are all called dataset.json).</summary>
    /// <exception cref="InvalidDataException">No set.</exception>
    public static IEnumerable<BenchmarkItem<ScoreRequest>> Read(BenchmarkRow row)
    {
        var stated = row.Fields.TextOrNull("subset")?.Split('/')[^1];
        var name = stated is not null ? Names.FirstOrDefault(known => known == stated) : row.NameInPath(Names, (part, known) => part == known);
        return [row.Item(name ?? row.Name("subset", Names))];
    }

    /// <summary>The report.</summary>
    public static BenchmarkReport Score(IReadOnlyList<BenchmarkItem<double>> items)
    {
        var subsets = ItemGroups.Subsets(items, item => item.Subset, group => ItemGroups.Mean(group.Select(Share)), Names);
        string[] missing = [.. Adversarial.Where(name => !subsets.ContainsKey(name))];
        return BenchmarkReport.Of(items, ItemGroups.Mean(items.Where(item => !item.IsLabelTie).Select(Share)), subsets) with
        {
            Figures = new Dictionary<string, double?> { ["Adversarial"] = ItemGroups.MeanOfAll(Adversarial.Select(name => ItemGroups.ScoreOf(subsets, name))) },
            Notes = missing.Length == 0 ? [] : [$"No mean of the adversarial sets: {string.Join(", ", missing)} not there."],
        };
    }

    /// <summary>Which output is named better in the given order, and with the outputs swapped; where a rating is no number, the one that is shown first in each.</summary>
    public static (int Given, int Swapped) Said(double first, double second) =>
        double.IsNaN(first) || double.IsNaN(second) ? (1, 2) : (first > second ? 1 : 2, second > first ? 2 : 1);

    /// <summary>Share of the two orders that name the better output; an order that says nothing usable is wrong.</summary>
    public static double Share(int label, int? given, int? swapped) => ((given == label ? 1 : 0) + (swapped == label ? 1 : 0)) / 2.0;

    private static double Share(BenchmarkItem<double> pair)
    {
        var (first, second) = pair.RightFirst ? (pair.Right[0], pair.Wrong[0]) : (pair.Wrong[0], pair.Right[0]);
        var (given, swapped) = Said(first, second);
        return Share(pair.RightFirst ? 1 : 2, given, swapped);
    }
}
