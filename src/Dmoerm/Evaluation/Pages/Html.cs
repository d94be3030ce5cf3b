using System.Xml.Linq;

namespace Dmoerm.Evaluation.Pages;

/// <summary>Elements that pages are made of.</summary>
internal static class Html
{
    /// <summary>A paragraph.</summary>
    public static XElement Paragraph(string text) => new("p", text);

    /// <summary>A heading inside a section.</summary>
    public static XElement Heading(string text) => new("h3", text);

    /// <summary>A list of sentences.</summary>
    public static XElement Lines(IEnumerable<string> lines) => new("ul", lines.Select(line => new XElement("li", line)));

    /// <summary>A table that scrolls inside itself where the page is narrow. The first cell of a row is its heading.</summary>
    public static XElement Table(string caption, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows) =>
        Table(caption, headings, rows.Select(row => (row[0], row.Skip(1).Select(cell => Cell(cell)))));

    /// <summary>The same with cells that have a look of their own.</summary>
    public static XElement Table(string caption, IReadOnlyList<string> headings, IEnumerable<(string Heading, IEnumerable<XElement> Cells)> rows) => new(
        "div",
        new XAttribute("class", "scroll"),
        new XAttribute("role", "region"),
        new XAttribute("aria-label", caption),
        new XAttribute("tabindex", "0"),
        new XElement(
            "table",
            new XElement("caption", caption),
            new XElement("thead", new XElement("tr", headings.Select(heading => new XElement("th", new XAttribute("scope", "col"), heading)))),
            new XElement("tbody", rows.Select(row => new XElement("tr", new XElement("th", new XAttribute("scope", "row"), row.Heading), row.Cells)))));

    /// <summary>A cell.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="shade">0 to 4: how dark it is; null leaves it as the page is.</param>
    public static XElement Cell(string text, int? shade = null) => new("td", shade is { } level ? new XAttribute("class", $"shade{level}") : null, text);

    /// <summary>Charts side by side where there is room.</summary>
    public static XElement Charts(IEnumerable<XElement> charts) => new("div", new XAttribute("class", "charts"), charts);

    /// <summary>A chart with its caption and, where it has several series, their names.</summary>
    public static XElement Figure(XElement svg, string caption, IEnumerable<XElement>? legend = null) =>
        new("figure", new XElement("figcaption", caption), svg, legend is null ? null : new XElement("ul", new XAttribute("class", "legend"), legend));

    /// <summary>A passage in the letters of a typewriter, which scrolls inside itself.</summary>
    public static XElement Preformatted(string label, string text) =>
        new("pre", new XAttribute("class", "scroll"), new XAttribute("role", "region"), new XAttribute("aria-label", label), new XAttribute("tabindex", "0"), text);
}
