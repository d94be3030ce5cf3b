namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>Puts benchmarks to a model: every distinct conversation is scored once, whatever benchmarks ask for it.</summary>
/// <param name="scores">Scores conversations.</param>
internal sealed class BenchmarkJudge(ConversationScores scores)
{
    /// <summary>Scores all of them.</summary>
    /// <param name="sets">The benchmarks.</param>
    /// <param name="category">The category for all conversations; null lets the router choose.</param>
    /// <returns>The reports by the benchmarks' names.</returns>
    public IReadOnlyDictionary<string, BenchmarkReport> Judge(IReadOnlyList<BenchmarkSet> sets, string? category)
    {
        var asked = sets.Select(set => (Set: set, Items: set.Items.Select(Ask).ToArray())).ToArray();
        scores.Score(category);
        return asked.ToDictionary(one => one.Set.Name, one => Report(one.Set, one.Items));
    }

    // Nothing depends on the rewards of a label tie.
    private BenchmarkItem<int> Ask(BenchmarkItem<ScoreRequest> item) =>
        (item.IsLabelTie ? item with { Right = [], Wrong = [] } : item).Map(request => scores.Ask(request.Prompt, request.Response, request.Tools, own: null, item.Origin));

    private BenchmarkReport Report(BenchmarkSet set, BenchmarkItem<int>[] items)
    {
        var report = set.Benchmark.Score([.. items.Select(item => item.Map(conversation => scores.Routed(conversation).Reward))]);
        ScoredResponse[] scored = [.. items.SelectMany(item => item.Right.Concat(item.Wrong)).Distinct().Select(scores.Routed)];
        return report with { Notes = [.. set.Notes, .. report.Notes, .. NotesOn(report), .. NotesOn(scored)] };
    }

    private static IEnumerable<string> NotesOn(BenchmarkReport report)
    {
        if (report.LabelTies > 0)
        {
            yield return $"{report.LabelTies} items were left out: people preferred neither side.";
        }

        if (report.NotNumbers > 0)
        {
            yield return $"{report.NotNumbers} items have a reward that is not a number; they count as the benchmark's own rule has it (docs/benchmarks.md).";
        }
    }

    private static IEnumerable<string> NotesOn(ScoredResponse[] scored)
    {
        foreach (var cut in scored.Where(one => one.Truncated is not null).GroupBy(one => one.Truncated!).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            yield return $"{cut.Count()} conversations were longer than the model takes: {cut.Key} cut.";
        }

        if (scored.Count(one => one.Fallback == true) is > 0 and var unsure)
        {
            yield return $"The router was unsure of {unsure} of {scored.Length} conversations: their rewards mix the two most probable categories.";
        }
    }
}
