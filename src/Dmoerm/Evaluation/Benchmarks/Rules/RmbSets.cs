namespace Dmoerm.Evaluation.Benchmarks.Rules;

/// <summary>RMB: pairs, and lists of a best answer and its losers, in many scenarios of helpfulness and harmlessness.</summary>
/// <remarks>
/// A pair is won strictly; a list, if the best answer is strictly above every loser. Neither code nor wording for averages over files was to be had, so per kind both means stand in the figures: over all rows, and over files.
/// The score is the mean over the kinds that are there of the share over all rows (ours). Source: Zhou-Zoey/RMB-Reward-Model-Benchmark at 2be31808, my_run_rm.py (pairs), as the references name it; the lists' rule as the references state it.
/// </remarks>
internal static class RmbSets
{
    private const string Pairwise = "pairwise";
    private const string BestOfN = "best_of_n";
    private static readonly string[] Kinds = [Pairwise, BestOfN];
    private static readonly string[] Goals = ["Helpfulness", "Harmlessness"];

    /// <summary>A pair or a list in RMB's own rows (<c>category_path</c> names the scenario), or in pairs and best-of-n lists with <c>split</c>, <c>family</c> and perhaps <c>scenario</c>.</summary>
    public static IEnumerable<BenchmarkItem<ScoreRequest>> Read(BenchmarkRow row)
    {
        var kind = row.Format is "rmb-pairs" or "pairs" ? Pairwise : BestOfN;
        return [row.Item(row.Format.StartsWith("rmb-", StringComparison.Ordinal) ? OwnScenario(row) : Scenario(row)) with { Part = kind }];
    }

    /// <summary>The report.</summary>
    public static BenchmarkReport Score(IReadOnlyList<BenchmarkItem<double>> items)
    {
        var subsets = ItemGroups.Subsets(items, item => $"{item.Part}: {item.Subset}", Share);
        var figures = new Dictionary<string, double?>();
        foreach (var kind in Kinds)
        {
            BenchmarkItem<double>[] ofKind = [.. items.Where(item => item.Part == kind && !item.IsLabelTie)];
            if (ofKind.Length == 0)
            {
                continue;
            }

            figures.Add(kind, Share(ofKind));
            figures.Add($"{kind}, mean of files", ItemGroups.Mean(subsets.Where(subset => subset.Key.StartsWith($"{kind}: ", StringComparison.Ordinal)).Select(subset => subset.Value.Score!.Value)));
            foreach (var goal in ofKind.GroupBy(item => item.Subset!.Split('/')[0]))
            {
                figures.Add($"{kind}, {goal.Key}", Share([.. goal]));
            }
        }

        string[] missing = [.. Kinds.Where(kind => !figures.ContainsKey(kind))];
        return BenchmarkReport.Of(items, ItemGroups.Mean(Kinds.Where(figures.ContainsKey).Select(kind => figures[kind]!.Value)), subsets) with
        {
            Figures = figures,
            Notes = missing.Length == 0 ? [] : [$"Not there, and no part of the score: {string.Join(", ", missing)}."],
        };
    }

    private static double? Share(IReadOnlyList<BenchmarkItem<double>> items) => ItemGroups.Mean(items.Select(ItemGroups.Win));

    // Pairwise_set/Helpfulness/Chat/Discussion: what follows the set's own name.
    private static string OwnScenario(BenchmarkRow row)
    {
        var path = row.Fields.Text("category_path").Split('/');
        return path.Length > 1 && Goals.Contains(path[1])
            ? string.Join('/', path.Skip(1).Take(3))
            : throw row.Fields.Fault("category_path", "a path such as Pairwise_set/Helpfulness/Chat/Discussion or BoN_set/Harmlessness/S1", row.Fields.Find("category_path"));
    }

    private static string Scenario(BenchmarkRow row) =>
        string.Join('/', new[] { row.Name("split", Goals), row.Fields.Text("family"), row.Fields.TextOrNull("scenario") }.Where(part => part is not null));
}
