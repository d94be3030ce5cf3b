using System.Xml.Linq;

namespace Dmoerm.Evaluation.Pages;

/// <summary>Curves over a common axis.</summary>
/// <param name="Id">Unique in the page.</param>
/// <param name="Title">The chart's name.</param>
/// <param name="XName">What goes to the right.</param>
/// <param name="YName">What goes up.</param>
/// <param name="Series">The curves.</param>
internal sealed record LineChart(string Id, string Title, string XName, string YName, IReadOnlyList<Curve> Series)
{
    private const double Width = 340;
    private const double Height = 220;

    /// <summary>Draws it; null where no curve has a point.</summary>
    public XElement? Draw()
    {
        Curve[] shown = [.. Series.Select(curve => curve with { Points = [.. curve.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))] }).Where(curve => curve.Points.Count > 0)];
        if (shown.Length == 0)
        {
            return null;
        }

        var x = Axis.Around([0, .. shown.SelectMany(curve => curve.Points).Select(point => point.X)], 46, Width - 10);
        var y = Axis.Around([.. shown.SelectMany(curve => curve.Points).Select(point => point.Y)], Height - 34, 12);
        var svg = Drawing.Svg(
            Id, Title, $"{YName} over {XName}: {string.Join("; ", shown.Select(Describe))}.", Width, Height,
            Drawing.Below(x, 12, Height - 34, Axis.Write),
            Drawing.Beside(y, 46, Width - 10, Axis.Write),
            Drawing.Text((46 + Width - 10) / 2, Height - 4, XName, "middle"),
            shown.Select(curve => Draw(curve, x, y)));
        return Html.Figure(svg, Title, shown.Select(curve => Drawing.Key(curve.Look, curve.Name)));
    }

    private static IEnumerable<XElement> Draw(Curve curve, Axis x, Axis y)
    {
        if (curve.Points.Count > 1)
        {
            yield return Drawing.Path(curve.Look, curve.Points.Select(point => (x.Place(point.X), y.Place(point.Y))));
        }

        // One point makes no line; the kept step is worth a mark of its own.
        foreach (var (at, value) in curve.Points.Where(point => curve.Points.Count == 1 || point.X == curve.Mark))
        {
            yield return Drawing.Dot(curve.Look, x.Place(at), y.Place(value), 3.5, $"{curve.Name}: {Axis.Write(Math.Round(value, 4))} at {Axis.Write(Math.Round(at, 2))}");
        }
    }

    private static string Describe(Curve curve) => $"{curve.Name} from {Axis.Write(Math.Round(curve.Points[0].Y, 3))} to {Axis.Write(Math.Round(curve.Points[^1].Y, 3))}";
}

/// <summary>A curve of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Look">Its class in the page's style.</param>
/// <param name="Points">From left to right; what is no number is left out.</param>
/// <param name="Mark">The place of a point to mark; null marks none.</param>
internal sealed record Curve(string Name, string Look, IReadOnlyList<(double X, double Y)> Points, double? Mark = null);
