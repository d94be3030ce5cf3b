using System.Globalization;
using System.Xml.Linq;

namespace Dmoerm.Evaluation.Pages;

/// <summary>How often models prefer what people prefer: chart and tables.</summary>
internal static class AgreementSection
{
    /// <summary>Makes the section.</summary>
    /// <param name="methods">Models judged on the same comparisons; the last is the one that the page is of.</param>
    public static HtmlSection Create(IReadOnlyList<(string Name, EvaluationReport Evaluation)> methods)
    {
        var own = methods[^1].Evaluation;
        var content = new List<XElement>
        {
            Html.Paragraph("Share of the comparisons in which a model prefers the response that people prefer, with 95 % intervals from resampling units. Equal rewards count one half; comparisons in which people preferred neither side are left out. 50 % is chance."),
            Html.Table("Agreement in %", ["category", "comparisons", "longer response", .. methods.Select(method => method.Name), "given category"], Rows(methods)),
            Html.Paragraph("Longer response: the rule that the longer one is better. Given category: every response is scored by its row's own category instead of the router's choice."),
        };
        if (Chart(methods).Draw() is { } chart)
        {
            content.Insert(1, Html.Charts([chart]));
        }

        if (own.Categories.Values.Any(category => category.Capabilities.Count > 0))
        {
            content.Add(Html.Heading("Experts"));
            content.Add(Html.Paragraph("Each expert by its own reward, on what people said of its capability."));
            content.Add(Html.Table("Experts' agreement in %", ["expert", "comparisons", "longer response", "agreement"], own.Categories.SelectMany(Experts)));
        }

        return new HtmlSection("agreement", "Agreement with people", content);
    }

    private static IntervalChart Chart(IReadOnlyList<(string Name, EvaluationReport Evaluation)> methods)
    {
        var own = methods[^1].Evaluation;
        List<(string, IReadOnlyList<(string, double?, ConfidenceInterval?)>)> groups =
            [.. own.Categories.Keys.Select(name => (name, Rows(method => (method.Categories[name].Agreement, method.Categories[name].Interval))))];
        if (groups.Count != 1)
        {
            groups.Add(groups.Count == 0 ? ("all", Rows(method => (method.Agreement, method.Interval))) : ("mean of categories", Rows(method => (method.CategoryMean, method.CategoryMeanInterval))));
        }

        return new IntervalChart("agreement-chart", "Agreement by category and method", groups);

        IReadOnlyList<(string, double?, ConfidenceInterval?)> Rows(Func<EvaluationReport, (double? Share, ConfidenceInterval? Interval)> figure) =>
            [.. methods.Select(method => (method.Name, figure(method.Evaluation).Share, figure(method.Evaluation).Interval))];
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(IReadOnlyList<(string Name, EvaluationReport Evaluation)> methods)
    {
        var own = methods[^1].Evaluation;
        foreach (var (name, category) in own.Categories)
        {
            yield return
            [
                name, Count(category.Comparisons), Percentage.Of(category.LongerWins),
                .. methods.Select(method => Percentage.With(method.Evaluation.Categories[name].Agreement, method.Evaluation.Categories[name].Interval)),
                Percentage.Of(category.AgreementGivenCategory),
            ];
        }

        if (own.Categories.Count > 1)
        {
            yield return ["mean of categories", "", Percentage.Of(own.CategoryMeanLongerWins), .. methods.Select(method => Percentage.With(method.Evaluation.CategoryMean, method.Evaluation.CategoryMeanInterval)), ""];
        }

        yield return ["all", Count(own.Comparisons), Percentage.Of(own.LongerWins), .. methods.Select(method => Percentage.With(method.Evaluation.Agreement, method.Evaluation.Interval)), Percentage.Of(own.AgreementGivenCategory)];
    }

    private static IEnumerable<IReadOnlyList<string>> Experts(KeyValuePair<string, CategoryEvaluation> category) => category.Value.Capabilities.Select(capability => (IReadOnlyList<string>)
    [
        $"{category.Key}: {capability.Key}", Count(capability.Value.Comparisons), Percentage.Of(capability.Value.LongerWins), Percentage.With(capability.Value.Agreement, capability.Value.Interval),
    ]);

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
