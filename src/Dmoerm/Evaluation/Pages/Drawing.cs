using System.Xml.Linq;

namespace Dmoerm.Evaluation.Pages;

/// <summary>Pieces of inline SVG. Colours are classes of the page's style, so that they follow light, dark and print.</summary>
internal static class Drawing
{
    /// <summary>Series that look different from each other; further ones start again.</summary>
    public const int Looks = 8;

    /// <summary>A drawing with what a reader who does not see it needs.</summary>
    /// <param name="id">Unique in the page.</param>
    /// <param name="title">Its name.</param>
    /// <param name="description">What it shows, in a sentence.</param>
    /// <param name="width">Width in its own units; it shrinks with the page.</param>
    /// <param name="height">Height likewise.</param>
    /// <param name="content">What is drawn.</param>
    public static XElement Svg(string id, string title, string description, double width, double height, params object?[] content) => new(
        "svg",
        new XAttribute("viewBox", $"0 0 {Axis.WritePlace(width)} {Axis.WritePlace(height)}"),
        new XAttribute("role", "img"),
        new XAttribute("aria-labelledby", $"{id}-title {id}-text"),
        new XElement("title", new XAttribute("id", $"{id}-title"), title),
        new XElement("desc", new XAttribute("id", $"{id}-text"), description),
        content);

    /// <summary>A straight line.</summary>
    public static XElement Line(string look, double x1, double y1, double x2, double y2) =>
        new("line", new XAttribute("class", look), At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2));

    /// <summary>A line through points.</summary>
    public static XElement Path(string look, IEnumerable<(double X, double Y)> points) =>
        new("polyline", new XAttribute("class", look), new XAttribute("points", string.Join(' ', points.Select(point => $"{Axis.WritePlace(point.X)},{Axis.WritePlace(point.Y)}"))));

    /// <summary>A dot; its words show where a mouse rests on it.</summary>
    public static XElement Dot(string look, double x, double y, double radius, string words) =>
        new("circle", new XAttribute("class", look), At("cx", x), At("cy", y), At("r", radius), new XElement("title", words));

    /// <summary>Words; <paramref name="anchor"/> is <c>start</c>, <c>middle</c> or <c>end</c>.</summary>
    public static XElement Text(double x, double y, string words, string anchor = "start", string look = "label") =>
        new("text", new XAttribute("class", look), At("x", x), At("y", y), new XAttribute("text-anchor", anchor), words);

    /// <summary>Ticks, their numbers and lines across, below a chart.</summary>
    public static IEnumerable<XElement> Below(Axis x, double top, double bottom, Func<double, string> label) =>
        x.Ticks.SelectMany(tick => new[] { Line("grid", x.Place(tick), top, x.Place(tick), bottom), Text(x.Place(tick), bottom + 14, label(tick), "middle") });

    /// <summary>The same to the left of a chart.</summary>
    public static IEnumerable<XElement> Beside(Axis y, double left, double right, Func<double, string> label) =>
        y.Ticks.SelectMany(tick => new[] { Line("grid", left, y.Place(tick), right, y.Place(tick)), Text(left - 5, y.Place(tick) + 4, label(tick), "end") });

    /// <summary>An entry of a legend: a piece of the line, and the series' name.</summary>
    public static XElement Key(string look, string name) => new(
        "li", new XElement("svg", new XAttribute("viewBox", "0 0 24 10"), new XAttribute("class", "key"), new XAttribute("aria-hidden", "true"), Line(look, 1, 5, 23, 5)), name);

    private static XAttribute At(string name, double place) => new(name, Axis.WritePlace(place));
}
