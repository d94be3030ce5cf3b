using System.Xml.Linq;

namespace Dmoerm.Evaluation.Pages;

/// <summary>Shares with their intervals, in groups below each other.</summary>
/// <param name="Id">Unique in the page.</param>
/// <param name="Title">The chart's name.</param>
/// <param name="Groups">Name of each group, and its rows: name, share, interval.</param>
internal sealed record IntervalChart(string Id, string Title, IReadOnlyList<(string Name, IReadOnlyList<(string Name, double? Share, ConfidenceInterval? Interval)> Rows)> Groups)
{
    private const double Width = 340;
    private const double Left = 112;
    private const double RowHeight = 17;
    private const double HeadHeight = 22;

    /// <summary>Draws it; null where nothing was measured.</summary>
    public XElement? Draw()
    {
        double[] values = [.. Groups.SelectMany(group => group.Rows).SelectMany(row => new[] { row.Share, row.Interval?.Low, row.Interval?.High }).OfType<double>()];
        if (values.Length == 0)
        {
            return null;
        }

        var height = Groups.Sum(group => HeadHeight + group.Rows.Count * RowHeight) + 40;
        // Chance stands in every chart, so that a short distance from it looks short.
        var x = Axis.Around([0.5, .. values], Left, Width - 12);
        return Html.Figure(
            Drawing.Svg(
                Id, Title, "A dot for each share, a line for its 95 % interval, a dashed line where chance lies (50 %). The table has the numbers.", Width, height,
                Drawing.Below(x, 4, height - 34, tick => Axis.Write(100 * tick)),
                Drawing.Line("chance", x.Place(0.5), 4, x.Place(0.5), height - 34),
                Drawing.Text((Left + Width - 12) / 2, height - 4, "agreement in %", "middle"),
                DrawGroups(x)),
            Title);
    }

    private IEnumerable<XElement> DrawGroups(Axis x)
    {
        var y = 0.0;
        foreach (var (name, rows) in Groups)
        {
            yield return Drawing.Text(0, y + 16, name, look: "label strong");
            y += HeadHeight;
            for (var row = 0; row < rows.Count; row++)
            {
                foreach (var piece in DrawRow(x, y + RowHeight / 2, name, rows[row], $"series{row % Drawing.Looks}"))
                {
                    yield return piece;
                }

                y += RowHeight;
            }
        }
    }

    private static IEnumerable<XElement> DrawRow(Axis x, double y, string group, (string Name, double? Share, ConfidenceInterval? Interval) row, string look)
    {
        yield return Drawing.Text(Left - 8, y + 4, row.Name, "end");
        if (row.Interval is { } ends)
        {
            yield return Drawing.Line($"{look} whole", x.Place(ends.Low), y, x.Place(ends.High), y);
        }

        if (row.Share is { } share)
        {
            yield return Drawing.Dot(look, x.Place(share), y, 4, $"{group}, {row.Name}: {Percentage.With(share, row.Interval)}");
        }
    }
}
