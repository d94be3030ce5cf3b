using System.Globalization;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Pages;
using Dmoerm.Hub;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Reports;

/// <summary>A run's <c>report.html</c>: one file that needs nothing else. The same run gives the same bytes.</summary>
internal static class TrainingPage
{
    /// <summary>The file's name, in the run's folder and beside the model.</summary>
    public const string Name = "report.html";

    /// <summary>Writes the page.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="report">What the run reached; with times only where these may be seen.</param>
    /// <param name="looks">All evaluations of its fits.</param>
    /// <param name="mistakes">Comparisons to be shown with their texts; empty shows none.</param>
    public static string Write(TrainingRecipe recipe, TrainingReport report, IReadOnlyList<(string Stage, FitLook Look)> looks, IReadOnlyList<Mistake> mistakes)
    {
        (string, EvaluationReport)[] methods = [.. report.Methods.Select(method => (method.Name, method.Evaluation))];
        var judged = EvaluationPage.Sections(methods);
        HtmlSection?[] sections =
        [
            judged[0],
            report.Differences.Count > 0 ? Differences(report) : null,
            .. judged.Skip(1),
            CurvesSection.Create(looks),
            DataSection.Create(report),
            mistakes.Count > 0 ? MistakesSection.Create(mistakes) : null,
            EvaluationPage.Notes([.. report.Notes, .. report.Categories.SelectMany(category => category.Value.Notes.Select(note => $"{category.Key}: {note}"))]),
            new HtmlSection("recipe", "Recipe", [Html.Preformatted("Recipe", recipe.Portable().ToJson())]),
            report.Seconds is { } seconds ? Times(seconds) : null,
        ];
        return new HtmlPage(recipe.Name, Lead(recipe, report), [.. sections.OfType<HtmlSection>()]).Write();
    }

    private static IReadOnlyList<string> Lead(TrainingRecipe recipe, TrainingReport report)
    {
        var own = report.Methods[^1];
        return
        [
            $"A reward model of {(recipe.Categories.Count == 1 ? "one task category" : $"{recipe.Categories.Count.ToString(CultureInfo.InvariantCulture)} task categories")}, trained by dmoerm on {HubReference.Shown(recipe.Backbone.Folder)}.",
            $"{own.Name} agrees with people on {Percentage.With(own.Evaluation.CategoryMean, own.Evaluation.CategoryMeanInterval)} % of comparisons, as a mean over categories (measured on: {report.MeasuredOn}).",
        ];
    }

    private static HtmlSection Differences(TrainingReport report)
    {
        string[] categories = [.. report.Methods[^1].Evaluation.Categories.Keys];
        return new HtmlSection("differences", "Differences",
        [
            Html.Paragraph($"{report.Methods[^1].Name} minus each other method on the same comparisons, in points of agreement, with paired 95 % intervals. An interval that holds 0 leaves open which is better."),
            Html.Table("Differences in points", ["minus", .. categories, "mean of categories"], report.Differences.Select(difference => (IReadOnlyList<string>)
            [
                difference.Against, .. categories.Select(category => Percentage.Points(difference.Categories[category])), Percentage.Points(difference.Mean),
            ])),
        ]);
    }

    private static HtmlSection Times(IReadOnlyDictionary<string, double> seconds) => new("times", "Times",
    [
        Html.Table("Seconds of each stage", ["stage", "seconds"], seconds.Select(stage => (IReadOnlyList<string>)[stage.Key, stage.Value.ToString("0.0", CultureInfo.InvariantCulture)])),
    ]);
}
