using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Dmoerm.Evaluation.Pages;

/// <summary>One HTML file that needs nothing else: no script, no font, no image, no network. The same content gives the same bytes.</summary>
/// <remarks>Built as XML, so that every text is escaped and every element closed, whatever names and notes hold; browsers read it as HTML.</remarks>
/// <param name="Title">The heading.</param>
/// <param name="Lead">Paragraphs below it.</param>
/// <param name="Sections">The rest; a list of links leads to them.</param>
internal sealed record HtmlPage(string Title, IReadOnlyList<string> Lead, IReadOnlyList<HtmlSection> Sections)
{
    private const string StyleName = "page.css";

    /// <summary>The file's text.</summary>
    public string Write()
    {
        var page = new XElement("html", new XAttribute("lang", "en"), Head(), Body());
        foreach (var text in page.DescendantNodes().OfType<XText>())
        {
            text.Value = Clean(text.Value);
        }

        foreach (var attribute in page.Descendants().Attributes())
        {
            attribute.Value = Clean(attribute.Value);
        }

        var written = new StringBuilder("<!DOCTYPE html>\n");
        using (var writer = XmlWriter.Create(written, new XmlWriterSettings { OmitXmlDeclaration = true, Indent = true, IndentChars = " ", NewLineChars = "\n" }))
        {
            page.Save(writer);
        }

        return written.Append('\n').ToString();
    }

    private XElement Head() => new(
        "head",
        new XElement("meta", new XAttribute("charset", "utf-8")),
        new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
        new XElement("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
        new XElement("title", Title),
        new XElement("style", Style()));

    private XElement Body() => new(
        "body",
        new XElement("header", new XElement("h1", Title), Lead.Select(paragraph => new XElement("p", paragraph))),
        new XElement(
            "nav",
            new XAttribute("aria-label", "Sections"),
            new XElement("ul", Sections.Select(section => new XElement("li", new XElement("a", new XAttribute("href", $"#{section.Id}"), section.Title))))),
        new XElement("main", Sections.Select(section => section.ToElement())));

    private static string Style()
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream(typeof(HtmlPage), StyleName)!;
        using var reader = new StreamReader(stream);
        return "\n" + reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    // What no XML text may hold, such as control characters and halves of surrogate pairs, becomes the sign for an unreadable one.
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString());
        }

        return clean.ToString();
    }
}

/// <summary>A part of a page.</summary>
/// <param name="Id">The target of links.</param>
/// <param name="Title">The heading.</param>
/// <param name="Content">Elements.</param>
internal sealed record HtmlSection(string Id, string Title, IReadOnlyList<XElement> Content)
{
    /// <summary>The section as an element.</summary>
    public XElement ToElement() => new("section", new XAttribute("aria-labelledby", Id), new XElement("h2", new XAttribute("id", Id), Title), Content);
}
