using System.Xml.Linq;

namespace Dmoerm.Tests.Evaluation.Pages;

/// <summary>A written page, read back as XML, and what must hold of any.</summary>
internal sealed class HtmlFile
{
    private const string Doctype = "<!DOCTYPE html>\n";
    private readonly string _text;

    private HtmlFile(string text)
    {
        _text = text;
        Assert.StartsWith(Doctype, text, StringComparison.Ordinal);
        Root = XDocument.Parse(text[Doctype.Length..]).Root!;
    }

    public XElement Root { get; }

    public static HtmlFile Parse(string text) => new(text);

    /// <summary>One file, no network; every link and label leads somewhere; what HTML closes by itself is closed here too.</summary>
    public void AssertSound()
    {
        Assert.DoesNotContain("http", _text.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", _text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", _text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Root.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "embed" or "base");
        Assert.All(Root.DescendantsAndSelf().Attributes(), attribute => Assert.False(attribute.Name.LocalName is "src" or "style" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal), $"{attribute}"));
        string[] ids = [.. Root.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(), ids);
        var asked = Root.Descendants().Attributes("aria-labelledby").SelectMany(label => label.Value.Split(' ')).Concat(Root.Descendants("a").Select(link => Fragment(link.Attribute("href")!.Value)));
        Assert.Empty(asked.Except(ids));
        // A browser reads <td /> as an open cell; only void elements may end like that in HTML, and any in SVG.
        Assert.All(Root.Descendants().Where(element => element.IsEmpty && element.AncestorsAndSelf("svg").FirstOrDefault() is null), element => Assert.Equal("meta", element.Name.LocalName));
        AssertReadable();
    }

    /// <summary>The text of a cell.</summary>
    /// <param name="caption">The table's caption.</param>
    /// <param name="row">The row's heading.</param>
    /// <param name="column">The column's heading.</param>
    public string Cell(string caption, string row, string column)
    {
        var table = Root.Descendants("table").Single(candidate => candidate.Element("caption")!.Value == caption);
        var place = table.Element("thead")!.Element("tr")!.Elements("th").Select(heading => heading.Value).ToList().IndexOf(column);
        Assert.True(place >= 0, $"No column {column} in {caption}.");
        return table.Element("tbody")!.Elements("tr").Single(candidate => candidate.Element("th")!.Value == row).Elements().ElementAt(place).Value;
    }

    /// <summary>The drawing of that title.</summary>
    public XElement Chart(string title) => Root.Descendants("svg").Single(svg => svg.Element("title")?.Value == title);

    private static string Fragment(string link)
    {
        Assert.StartsWith("#", link, StringComparison.Ordinal);
        return link[1..];
    }

    // For those who hear the page: headings in order, tables with captions and headings, drawings with a name.
    private void AssertReadable()
    {
        Assert.Equal("en", Root.Attribute("lang")!.Value);
        Assert.Single(Root.Descendants("h1"));
        Assert.Single(Root.Descendants("main"));
        var levels = Root.Descendants().Where(element => element.Name.LocalName is "h1" or "h2" or "h3").Select(heading => heading.Name.LocalName[1] - '0').ToList();
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, "A level of headings is left out."));
        Assert.All(Root.Descendants("table"), table =>
        {
            Assert.NotEqual("", table.Element("caption")!.Value);
            var width = table.Element("thead")!.Element("tr")!.Elements("th").Count();
            Assert.All(table.Element("tbody")!.Elements("tr"), row => Assert.Equal(width, row.Elements().Count()));
            Assert.All(table.Descendants("th"), heading => Assert.NotNull(heading.Attribute("scope")));
        });
        Assert.All(Root.Descendants("svg"), svg => Assert.True(svg.Attribute("aria-hidden") is not null || (svg.Element("title")!.Value.Length > 0 && svg.Element("desc")!.Value.Length > 0)));
        Assert.All(Root.Descendants().Where(element => element.Attribute("class")?.Value == "scroll"), scroll => Assert.Equal(("0", "region"), (scroll.Attribute("tabindex")!.Value, scroll.Attribute("role")!.Value)));
    }
}
