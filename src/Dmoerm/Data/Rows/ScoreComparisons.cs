namespace Dmoerm.Data.Rows;

/// <summary>Comparisons that follow from scores.</summary>
internal static class ScoreComparisons
{
    // Averages of equal scores may differ in the last bits; that is no preference.
    private const double Rounding = 1e-12;

    /// <summary>Adds, for the overall preference and each named capability that the example states no comparison of, those of its scores.</summary>
    public static PreferenceExample Add(PreferenceExample example, CategorySource source)
    {
        var comparisons = new List<Comparison>(example.Comparisons);
        AddSubject(comparisons, example, null, [.. example.Responses.Select(response => response.Score)], source.Gap);
        foreach (var (name, capability) in source.Capabilities)
        {
            double?[] scores = [.. example.Responses.Select(response => response.Capabilities.TryGetValue(name, out var score) ? score : (double?)null)];
            AddSubject(comparisons, example, name, scores, capability.Gap);
        }

        return example with { Comparisons = comparisons };
    }

    private static void AddSubject(List<Comparison> comparisons, PreferenceExample example, string? capability, double?[] scores, double gap)
    {
        if (example.Comparisons.Any(stated => stated.Capability == capability))
        {
            return;
        }

        for (var i = 0; i < scores.Length; i++)
        {
            for (var j = i + 1; j < scores.Length; j++)
            {
                if (scores[i] is { } first && scores[j] is { } second && Differ(first, second, gap))
                {
                    comparisons.Add(new Comparison(i, j, first > second ? 1 : 0, capability));
                }
            }
        }
    }

    private static bool Differ(double first, double second, double gap)
    {
        var slack = Rounding * Math.Max(Math.Abs(first), Math.Abs(second));
        var difference = Math.Abs(first - second);
        return difference > slack && difference >= gap - slack;
    }
}
