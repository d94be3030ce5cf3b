using Dmoerm.Evaluation;

namespace Dmoerm.Training.Reports;

/// <summary>Puts methods beside each other on the same comparisons.</summary>
internal static class MethodComparison
{
    /// <summary>The last method minus each other.</summary>
    /// <param name="methods">Judgements of the same examples.</param>
    public static IReadOnlyList<DifferenceReport> Of(IReadOnlyList<(string Name, Judgement Judgement)> methods)
    {
        var own = methods[^1].Judgement.Overall;
        return [.. methods.SkipLast(1).Select(method => Against(method.Name, own, method.Judgement.Overall))];
    }

    private static DifferenceReport Against(string name, IReadOnlyList<JudgedComparison> own, IReadOnlyList<JudgedComparison> other)
    {
        var categories = own.Select(comparison => comparison.Category).OfType<string>().Distinct(StringComparer.Ordinal);
        return new DifferenceReport(
            name,
            categories.ToDictionary(category => category, category => Agreement.Difference(Of(own, category), Of(other, category))),
            Agreement.CategoryMeanDifference(own, other));
    }

    private static List<JudgedComparison> Of(IReadOnlyList<JudgedComparison> judged, string category) => [.. judged.Where(comparison => comparison.Category == category)];
}
