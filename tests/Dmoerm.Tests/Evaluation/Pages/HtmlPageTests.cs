using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Figures;
using Dmoerm.Evaluation.Pages;

namespace Dmoerm.Tests.Evaluation.Pages;

public sealed partial class HtmlPageTests
{
    private const string Nasty = "</script><b>&amp;\"'\u0001\ud800\ufffe \U0001F600 ]]>";

    [Fact]
    public void Evaluation_NastyNames_StayTextInAWellFormedPage()
    {
        var page = HtmlFile.Parse(EvaluationPage.Write(Nasty, Nasty, Report(Nasty)));
        page.AssertSound();
        // What no document may hold shows as unreadable, one sign each; the rest is what it was.
        const string Clean = "</script><b>&amp;\"'\ufffd\ufffd\ufffd \U0001F600 ]]>";
        Assert.Equal(Clean, page.Root.Descendants("h1").Single().Value);
        Assert.Contains(page.Root.Descendants("th"), heading => heading.Value == Clean);
        Assert.Empty(page.Root.Descendants("b"));
    }

    [Fact]
    public void Evaluation_SameReport_GivesTheSameText()
    {
        var report = Report("c");
        Assert.Equal(EvaluationPage.Write("t", "m", report), EvaluationPage.Write("t", "m", report));
        Assert.DoesNotContain('\r', EvaluationPage.Write("t", "m", report));
    }

    [Fact]
    public void Evaluation_NothingJudged_HasNoChartAndSaysSo()
    {
        var report = new Judgement { Overall = [], GivenCategory = [], Capabilities = [], Profiles = [], Router = null, Notes = ["nothing to judge"] }.Report();
        var page = HtmlFile.Parse(EvaluationPage.Write("t", "m", report));
        page.AssertSound();
        Assert.Empty(page.Root.Descendants("svg"));
        Assert.Contains(page.Root.Descendants("li"), line => line.Value == "nothing to judge");
    }

    [Fact]
    public void Evaluation_Figures_AreTheReports()
    {
        var report = Report("first", "second");
        var page = HtmlFile.Parse(EvaluationPage.Write("t", "model", report));
        page.AssertSound();
        foreach (var (name, category) in report.Categories)
        {
            Assert.Equal(Percentage.With(category.Agreement, category.Interval), page.Cell("Agreement in %", name, "model"));
            Assert.Equal(Percentage.Of(category.LongerWins), page.Cell("Agreement in %", name, "longer response"));
            Assert.Equal($"{category.Comparisons}", page.Cell("Agreement in %", name, "comparisons"));
            const string Calibration = "Calibration before and after the temperature";
            Assert.Equal(Percentage.Of(category.Calibration!.Before.Ece), page.Cell(Calibration, name, "ECE in % before"));
            Assert.Equal(Percentage.Of(category.Calibration.After.Ece), page.Cell(Calibration, name, "ECE in % after"));
            Assert.Equal(category.Calibration.After.Nll.ToString("0.000", CultureInfo.InvariantCulture), page.Cell(Calibration, name, "NLL after"));
            Assert.Equal("3", page.Cell("Prompts by own category and choice", name, name));
        }

        Assert.Equal(Percentage.With(report.CategoryMean, report.CategoryMeanInterval), page.Cell("Agreement in %", "mean of categories", "model"));
        Assert.Equal(Percentage.With(report.Agreement, report.Interval), page.Cell("Agreement in %", "all", "model"));
        Assert.Equal("-0.50", page.Cell("first: correlations over 9 responses", "kind", "cold"));
        Assert.Equal("0.90", page.Cell("first: correlations over 9 responses", "cold", "reward"));
        Assert.Equal("-", page.Cell("first: correlations over 9 responses", "cold", "cold"));
    }

    [Fact]
    public void Evaluation_Marks_LieWhereTheFiguresAre()
    {
        var report = Report("first", "second");
        var chart = HtmlFile.Parse(EvaluationPage.Write("t", "model", report)).Chart("Agreement by category and method");
        // Two ticks give the scale; each dot must lie on it where its share does.
        var ticks = chart.Elements("text").Where(text => text.Attribute("text-anchor")!.Value == "middle" && double.TryParse(text.Value, CultureInfo.InvariantCulture, out _))
            .Select(text => (Value: double.Parse(text.Value, CultureInfo.InvariantCulture) / 100, Place: Number(text, "x"))).ToArray();
        double Share(double place) => ticks[0].Value + (place - ticks[0].Place) / (ticks[^1].Place - ticks[0].Place) * (ticks[^1].Value - ticks[0].Value);
        double?[] shares = [.. report.Categories.Values.Select(category => category.Agreement), report.CategoryMean];
        var dots = chart.Elements("circle").ToArray();
        Assert.Equal(shares.Length, dots.Length);
        Assert.All(dots.Zip(shares), pair => Assert.Equal(pair.Second!.Value, Share(Number(pair.First, "cx")), 1e-3));
        ConfidenceInterval?[] intervals = [.. report.Categories.Values.Select(category => category.Interval), report.CategoryMeanInterval];
        var lines = chart.Elements("line").Where(line => line.Attribute("class")!.Value.EndsWith("whole", StringComparison.Ordinal)).ToArray();
        Assert.Equal(intervals.Length, lines.Length);
        Assert.All(lines.Zip(intervals), pair => Assert.Equal((pair.Second!.Value.Low, pair.Second.Value.High), (Share(Number(pair.First, "x1")), Share(Number(pair.First, "x2"))), Near));
    }

    [Fact]
    public void Style_EveryColour_ContrastsWithItsPaper()
    {
        var style = HtmlFile.Parse(EvaluationPage.Write("t", "m", Report("c"))).Root.Descendants("style").Single().Value;
        var palettes = Root().Matches(style).Select(root => Colour().Matches(root.Groups[1].Value).ToDictionary(colour => colour.Groups[1].Value, colour => Luminance(colour.Groups[2].Value))).ToArray();
        // Light, dark, print.
        Assert.Equal(3, palettes.Length);
        Assert.True(palettes[1]["paper"] < 0.05 && palettes[0]["paper"] == 1 && palettes[2]["paper"] == 1);
        foreach (var palette in palettes)
        {
            // WCAG 2: 4.5 for text, 3 for what charts draw. Shaded cells hold text.
            Assert.All(palette.Where(colour => colour.Key is "ink" or "quiet" or "link"), colour => AssertContrast(colour.Value, palette["paper"], 4.5, colour.Key));
            Assert.All(palette.Where(colour => colour.Key.StartsWith("series", StringComparison.Ordinal)), colour => AssertContrast(colour.Value, palette["paper"], 3, colour.Key));
            Assert.All(palette.Where(colour => colour.Key.StartsWith("shade", StringComparison.Ordinal)), colour => AssertContrast(palette["ink"], colour.Value, 4.5, colour.Key));
        }
    }

    [Theory]
    [InlineData(0.5, 1, new[] { 0.5, 0.6, 0.7, 0.8, 0.9, 1 })]
    [InlineData(0.31, 0.86, new[] { 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(7, 7, new[] { 6.0, 8 })]
    [InlineData(0.666, 0.761, new[] { 0.66, 0.68, 0.7, 0.72, 0.74, 0.76, 0.78 })]
    [InlineData(0, 40, new[] { 0.0, 10, 20, 30, 40 })]
    public void Axis_Values_StandBetweenRoundNumbers(double low, double high, double[] ticks)
    {
        var axis = Axis.Around([low, high], 0, 100);
        Assert.Equal(ticks, axis.Ticks.Select(tick => Math.Round(tick, 9)));
        Assert.InRange(axis.Place(low), 0, 100);
        Assert.InRange(axis.Place(high), 0, 100);
    }

    private static bool Near((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) < 1e-3 && Math.Abs(x.Item2 - y.Item2) < 1e-3;

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static void AssertContrast(double first, double second, double least, string name)
    {
        var ratio = (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
        Assert.True(ratio >= least, $"{name} has a contrast of {ratio:0.00}, {least} is needed.");
    }

    // WCAG 2's relative luminance of an sRGB colour.
    private static double Luminance(string hex)
    {
        double Channel(int at) => int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0 is var value && value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        return 0.2126 * Channel(0) + 0.7152 * Channel(2) + 0.0722 * Channel(4);
    }

    private static EvaluationReport Report(params string[] categories) => new Judgement
    {
        Overall = [.. categories.SelectMany((category, seed) => Judgements.Random(240, seed, category).Select((judged, k) => judged with { RawI = judged.RewardI, RawJ = judged.RewardJ + k % 3, Temperature = 2 }))],
        GivenCategory = [],
        Capabilities = [.. Judgements.Random(90, 7, categories[0]).Select(judged => judged with { Capability = "kind" })],
        Profiles = [.. categories.Select(category => new CategoryProfile { Name = category, Capabilities = ["kind", "cold"], Source = new Dmoerm.Data.CategorySource(), Temperature = 2 })],
        Router = RouterFigure.Of(categories, [.. categories.SelectMany(category => Enumerable.Repeat((category, category), 3))]),
        Correlations = new Dictionary<string, ExpertCorrelations> { [categories[0]] = new(9, ["kind", "cold"], [[1, -0.5], [-0.5, null]], [0.2, 0.9]) },
        Notes = [$"a note on {categories[0]}"],
    }.Report();

    [GeneratedRegex(@":root \{([^}]*)\}")]
    private static partial Regex Root();

    [GeneratedRegex(@"--(\w+): #([0-9a-f]{6});")]
    private static partial Regex Colour();
}
