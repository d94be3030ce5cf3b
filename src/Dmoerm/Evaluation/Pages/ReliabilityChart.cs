using System.Xml.Linq;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Evaluation.Pages;

/// <summary>Accuracy over confidence, before and after the temperature: where probabilities hold, dots lie on the diagonal.</summary>
internal static class ReliabilityChart
{
    private const double Width = 340;
    private const double Height = 260;
    private const double Left = 42;
    private const double Bottom = Height - 36;

    /// <summary>Draws it.</summary>
    /// <param name="id">Unique in the page.</param>
    /// <param name="title">The chart's name.</param>
    /// <param name="report">The figures.</param>
    public static XElement Draw(string id, string title, CalibrationReport report)
    {
        var x = new Axis(0.5, 1, Left, Width - 10);
        var y = new Axis(0, 1, Bottom, 10);
        var most = report.Before.Bins.Concat(report.After.Bins).Max(bin => bin.Count);
        return Html.Figure(
            Drawing.Svg(
                id, title, $"Accuracy over confidence in bins. {Describe("before", report.Before)} {Describe("after", report.After)} On the dashed diagonal both are the same; a larger dot stands for more comparisons.", Width, Height,
                Drawing.Below(x, 10, Bottom, tick => Axis.Write(100 * tick)),
                Drawing.Beside(y, Left, Width - 10, tick => Axis.Write(100 * tick)),
                Drawing.Line("chance", x.Place(0.5), y.Place(0.5), x.Place(1), y.Place(1)),
                Drawing.Text((Left + Width - 10) / 2, Height - 4, "confidence in %", "middle"),
                Series(report.Before, "before", "series1", x, y, most),
                Series(report.After, "after", "series0", x, y, most)),
            title,
            [Drawing.Key("series1", "before the temperature"), Drawing.Key("series0", "after it")]);
    }

    private static IEnumerable<XElement> Series(CalibrationFigure figure, string name, string look, Axis x, Axis y, int most)
    {
        yield return Drawing.Path(look, figure.Bins.Select(bin => (x.Place(bin.Confidence), y.Place(bin.Accuracy))));
        foreach (var bin in figure.Bins)
        {
            var words = $"{name}: confidence {Percentage.Of(bin.Confidence)} %, accuracy {Percentage.Of(bin.Accuracy)} %, {bin.Count} comparisons";
            yield return Drawing.Dot(look, x.Place(bin.Confidence), y.Place(bin.Accuracy), 2 + 5 * Math.Sqrt((double)bin.Count / most), words);
        }
    }

    private static string Describe(string name, CalibrationFigure figure) =>
        $"{char.ToUpperInvariant(name[0])}{name[1..]} the temperature: {string.Join(", ", figure.Bins.Select(bin => $"{Percentage.Of(bin.Confidence)} % gives {Percentage.Of(bin.Accuracy)} %"))}.";
}
