using System.Globalization;
using System.Xml.Linq;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Evaluation.Pages;

/// <summary>How much experts say the same.</summary>
internal static class ExpertSection
{
    /// <summary>Makes the section.</summary>
    /// <param name="categories">Name and correlations.</param>
    public static HtmlSection Create(IReadOnlyList<(string Name, ExpertCorrelations Correlations)> categories) => new("correlations", "Correlations of experts",
    [
        Html.Paragraph("Pearson correlation of the experts' rewards over distinct responses, and of each with the category's reward. Near 1, two experts say the same; near 0, they see different things. Darker: further from 0."),
        .. categories.Select(category => Table(category.Name, category.Correlations)),
    ]);

    private static XElement Table(string category, ExpertCorrelations correlations) => Html.Table(
        string.Create(CultureInfo.InvariantCulture, $"{category}: correlations over {correlations.Responses} responses"),
        ["expert", .. correlations.Capabilities, "reward"],
        correlations.Capabilities.Select((name, expert) => (name, correlations.Matrix[expert].Append(correlations.WithReward[expert]).Select(Cell))));

    private static XElement Cell(double? value) => value is { } correlation
        ? Html.Cell(correlation.ToString("0.00", CultureInfo.InvariantCulture), Math.Min(4, (int)(5 * Math.Abs(correlation))))
        : Html.Cell("-");
}
