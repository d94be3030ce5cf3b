namespace Dmoerm.Evaluation.Benchmarks.Rules;

/// <summary>Sets of pairs with people's verdict (HH-RLHF, PandaLM, Auto-J, LLMEval2): how often the higher reward is the answer that most people prefer.</summary>
/// <remarks>
/// Pairs in which people preferred neither, or in which no verdict has a majority, are left out and counted; equal rewards count one half, as in all of our agreement; what is not a number is wrong. Source: ours; PandaLM's majority
/// after data/compute_metrics.py of its repository, which however takes the first of three different votes.
/// </remarks>
internal static class HumanMajority
{
    /// <summary>A pair with one verdict.</summary>
    /// <param name="row">The row.</param>
    /// <param name="subset">The field of its subset, which may be missing.</param>
    public static IEnumerable<BenchmarkItem<ScoreRequest>> Read(BenchmarkRow row, string subset) => [row.Item(row.Fields.TextOrNull(subset))];

    /// <summary>A pair with three votes (<c>annotator1</c> to <c>annotator3</c>): 1 or 2 for an answer, 0 for neither. Two of three are the majority.</summary>
    public static IEnumerable<BenchmarkItem<ScoreRequest>> ReadVotes(BenchmarkRow row)
    {
        var item = row.Item(subset: null);
        // Where one vote is for neither, the format's mean of votes can prefer a side that only one person does.
        return [item with { IsLabelTie = Majority(row) == 0 }];
    }

    /// <summary>The report.</summary>
    public static BenchmarkReport Score(IReadOnlyList<BenchmarkItem<double>> items) => BenchmarkReport.Of(
        items,
        ItemGroups.Mean(items.Where(item => !item.IsLabelTie).Select(ItemGroups.WinOrHalf)),
        ItemGroups.Subsets(items, item => item.Subset, group => ItemGroups.Mean(group.Select(ItemGroups.WinOrHalf))));

    private static int Majority(BenchmarkRow row) => Enumerable.Range(1, 3)
        .Select(annotator => row.Fields.Choice($"annotator{annotator}", 0, 2))
        .GroupBy(vote => vote)
        .FirstOrDefault(votes => votes.Count() > 1)?.Key ?? 0;
}
