using System.Globalization;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Evaluation.Pages;

/// <summary>Which categories the router takes for which.</summary>
internal static class RouterSection
{
    /// <summary>Makes the section.</summary>
    public static HtmlSection Create(RouterFigure router)
    {
        string[] chosen = [.. router.Confusion.Values.First().Keys];
        return new HtmlSection("router", "Router",
        [
            Html.Paragraph($"Right for {Percentage.Of(router.Accuracy)} % of {router.Prompts.ToString(CultureInfo.InvariantCulture)} distinct prompts. Rows: the prompts' own category; columns: the router's choice; darker: a larger share of the row."),
            Html.Table("Prompts by own category and choice", ["own category", .. chosen], router.Confusion.Select(own => (own.Key, chosen.Select(name => Cell(own.Value[name], own.Value.Values.Sum()))))),
        ]);
    }

    private static System.Xml.Linq.XElement Cell(int count, int sum) =>
        Html.Cell(count.ToString(CultureInfo.InvariantCulture), count == 0 ? 0 : Math.Min(4, 1 + (int)(4.0 * count / sum)));
}
