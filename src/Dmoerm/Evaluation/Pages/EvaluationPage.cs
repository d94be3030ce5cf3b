using Dmoerm.Evaluation.Benchmarks;

namespace Dmoerm.Evaluation.Pages;

/// <summary>An evaluation as one HTML file, for people: figures and charts, no texts of the data, nothing from elsewhere.</summary>
public static class EvaluationPage
{
    /// <summary>Writes the page; the same figures give the same text.</summary>
    /// <param name="title">What was evaluated.</param>
    /// <param name="method">The model's name in charts.</param>
    /// <param name="report">The figures of comparisons; null where there are benchmarks alone.</param>
    /// <param name="benchmarks">Benchmarks by name; null where there are none.</param>
    public static string Write(string title, string method, EvaluationReport? report, IReadOnlyDictionary<string, BenchmarkReport>? benchmarks = null) => new HtmlPage(
        title,
        [],
        [
            .. report is null ? [] : Sections([(method, report)]),
            .. benchmarks is null ? [] : new[] { BenchmarkSection.Create(benchmarks) },
            Notes(report?.Notes ?? []),
        ]).Write();

    /// <summary>The sections of models that were judged on the same comparisons; the last is the one that the page is of.</summary>
    internal static IReadOnlyList<HtmlSection> Sections(IReadOnlyList<(string Name, EvaluationReport Evaluation)> methods)
    {
        var own = methods[^1].Evaluation;
        var correlations = own.Categories.Where(category => category.Value.Correlations is not null).Select(category => (category.Key, category.Value.Correlations!)).ToArray();
        HtmlSection?[] sections =
        [
            AgreementSection.Create(methods),
            own.Router is { Confusion.Count: > 0 } router ? RouterSection.Create(router) : null,
            correlations.Length > 0 ? ExpertSection.Create(correlations) : null,
            CalibrationSection.Create(own),
        ];
        return [.. sections.OfType<HtmlSection>()];
    }

    /// <summary>What a reader should know.</summary>
    internal static HtmlSection Notes(IEnumerable<string> notes)
    {
        string[] lines = [.. notes];
        return new HtmlSection("notes", "Notes and limits",
        [
            .. lines.Length > 0 ? [Html.Lines(lines)] : Array.Empty<System.Xml.Linq.XElement>(),
            Html.Paragraph("Rewards compare responses to one prompt; a difference between prompts means little. Figures hold for data like these. A reward model can be gamed: watch length and style when optimising against it."),
        ]);
    }
}
