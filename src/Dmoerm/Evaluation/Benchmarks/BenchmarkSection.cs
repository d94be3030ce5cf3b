using System.Globalization;
using System.Xml.Linq;
using Dmoerm.Evaluation.Pages;

namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>Benchmarks in a page: a table each.</summary>
internal static class BenchmarkSection
{
    /// <summary>Makes the section.</summary>
    /// <param name="benchmarks">The reports by name.</param>
    public static HtmlSection Create(IReadOnlyDictionary<string, BenchmarkReport> benchmarks) => new("benchmarks", "Benchmarks",
    [
        Html.Paragraph("Each benchmark by its own rule, in %. Rules differ: in some equal rewards are losses, in others they count one half, and chance is not always 50 %."),
        .. benchmarks.SelectMany(benchmark => Of(benchmark.Key, benchmark.Value)),
    ]);

    private static IEnumerable<XElement> Of(string name, BenchmarkReport report)
    {
        yield return Html.Heading(name);
        yield return Html.Table($"{name}: score in %", ["", "items", "score", "equal rewards"], Rows(report));
        if (report.Notes.Count > 0)
        {
            yield return Html.Lines(report.Notes);
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(BenchmarkReport report)
    {
        yield return ["score", Count(report.Items), Percentage.Of(report.Score), Count(report.RewardTies)];
        foreach (var (figure, share) in report.Figures)
        {
            yield return [figure, "", Percentage.Of(share), ""];
        }

        foreach (var (subset, part) in report.Subsets)
        {
            yield return [$"subset {subset}", Count(part.Items), Percentage.Of(part.Score), Count(part.RewardTies)];
        }
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
