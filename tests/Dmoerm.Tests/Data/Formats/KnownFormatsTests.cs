using System.Text;
using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Formats;
using Dmoerm.Tests.House;

namespace Dmoerm.Tests.Data.Formats;

public sealed class KnownFormatsTests
{
    private static readonly CategorySource Source = new() { Capabilities = new Dictionary<string, CapabilitySource> { ["honesty"] = new(), ["correctness"] = new() } };

    [Fact]
    public void EveryFormat_ARowOfIt_IsRecognisedAndReadBothWays()
    {
        foreach (var (format, row, expected) in FormatRows.All)
        {
            using var file = RowFile.Of(row);
            FileReport? report = null;
            var example = Assert.Single(PreferenceReader.Read(file.Path, null, Source, told => report = told));
            Assert.Equal((format, expected), (report!.Format, FormatRows.Line(example)));
            Assert.True(report.Recognised);
            Assert.Equal(expected, FormatRows.Line(Assert.Single(PreferenceReader.Read(file.Path, format, Source))));
        }

        Assert.Equal(PreferenceReader.Formats.Order(), FormatRows.All.Select(row => row.Format).Distinct().Order());
    }

    [Fact]
    public void EveryFormat_AsATable_SaysTheSame()
    {
        foreach (var (format, row, expected) in FormatRows.All)
        {
            var fields = JsonElement.Parse(row).EnumerateObject().ToList();
            string Cell(JsonElement value) => "\"" + (value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()).Replace("\"", "\"\"") + "\"";
            var table = string.Join(',', fields.Select(field => field.Name)) + "\n" + string.Join(',', fields.Select(field => Cell(field.Value))) + "\n";
            using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes(table), "rows.csv");
            FileReport? report = null;
            var example = Assert.Single(PreferenceReader.Read(file.Path, null, Source, told => report = told));
            Assert.Equal((format, expected), (report!.Format, FormatRows.Line(example)));
        }
    }

    [Fact]
    public void Document_ListsEveryFormatAsItIs()
    {
        var listed = Repository.Read("docs/formats.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));
        static string Names(IEnumerable<string> fields) => string.Join(", ", fields.Select(field => $"`{field}`"));
        Assert.Equal(KnownFormats.All.Select(format => $"| `{format.Name}` | {Names(format.Fields)} | {Names(format.Optional)} | {format.Direction} |"), listed);
    }

    [Fact]
    public void Ranks_TurnedRound_TurnEveryComparison()
    {
        foreach (var (format, row, _) in FormatRows.All.Where(row => KnownFormats.Named(row.Format).Ranked is not null))
        {
            using var file = RowFile.Of(row);
            double[] P(RankOrder? order) => [.. PreferenceReader.Read(file.Path, null, Source with { RankOrder = order }).Single().Comparisons.Select(comparison => comparison.P)];
            Assert.Equal(P(null), P(RankOrder.LowerIsBetter));
            Assert.Equal(P(null).Select(p => 1 - p), P(RankOrder.HigherIsBetter));
        }
    }

    [Fact]
    public void Report_SaysFormatRowsAndDirection()
    {
        Assert.Equal("rows.jsonl: 2 rows, format trl (recognised)", Report("trl", null, null, """{"chosen":"A","rejected":"B"}""", """{"prompt":"P","chosen":"A","rejected":"B"}"""));
        Assert.Equal("rows.jsonl: 1 row, format pairs (as named)", Report("pairs", "pairs", null, """{"prompt":"P","chosen":"A","rejected":"B"}"""));
        Assert.Equal("rows.jsonl: 1 row, format pairs (recognised); score_chosen and score_rejected are not taken as margins", Report("pairs", null, null, """{"prompt":"P","chosen":"A","rejected":"B","score_chosen":2,"score_rejected":1}"""));
        const string Three = """{"src":["U"],"response":["A","B","C"],"rank":[1,2,3]}""";
        const string Two = """{"src":["U"],"tgt":["T"],"response":["A","B"],"rank":[1,2]}""";
        Assert.Equal("rows.jsonl: 1 row, format mtmc (recognised); 3 responses a row, the lowest rank is best (rankOrder turns it round)", Report("mtmc", null, null, Three));
        Assert.Equal(
            "rows.jsonl: 2 rows, format mtmc (recognised); 2 to 3 responses a row, the highest rank is best, as rankOrder says; in 1 rows the last turn of tgt answers what the responses answer and is not read",
            Report("mtmc", null, RankOrder.HigherIsBetter, Three, Two));
    }

    [Fact]
    public void Rows_OfOnePrompt_JoinTheirScores()
    {
        var unpaired = Category(new CategorySource(), """{"prompt":"P","completion":"A","label":true}""", """{"prompt":"P","completion":"B","label":false}""", """{"prompt":"P","completion":"C","label":true}""", """{"prompt":"Q","completion":"D","label":false}""");
        Assert.Equal(["user P / A / B / C / 0>1 1<2", "user Q / D / "], unpaired.Examples.Select(FormatRows.Line));
        var helpful = Category(
            Source with { Capabilities = new Dictionary<string, CapabilitySource> { ["correctness"] = new(), ["terse"] = new() { Score = "verbosity", LowerIsBetter = true } } },
            """{"prompt":"P","response":"A","helpfulness":3,"correctness":4,"coherence":4,"complexity":1,"verbosity":2}""",
            """{"prompt":"P","response":"B","helpfulness":1,"correctness":4,"coherence":4,"complexity":1,"verbosity":1}""");
        Assert.Equal("user P / A / B / 0>1 terse:0<1", FormatRows.Line(Assert.Single(helpful.Examples)));
    }

    [Fact]
    public void Mtmc_Labels_AreTheTaxonomysNames()
    {
        Assert.Equal(27, MtmcTaxonomy.Categories.Sum(category => category.Capabilities.Count));
        Assert.Equal([6, 5, 5, 6, 5], MtmcTaxonomy.Categories.Select(category => category.Capabilities.Count));
        Assert.Equal("chat", MtmcTaxonomy.NameOf("闲聊"));
        Assert.Null(MtmcTaxonomy.NameOf("其他"));
        var data = Category("chat", new CategorySource(), """{"label":"闲聊","src":["U"],"response":["A","B"],"rank":[1,2]}""", """{"label":"其他","src":["U"],"response":["A","B"],"rank":[1,2]}""");
        Assert.Equal(("chat", 1), (Assert.Single(data.Examples).Category, data.Report.OtherRows["其他"]));
    }

    [Fact]
    public void RankOrder_WhereNothingIsRanked_IsAnError()
    {
        var error = Assert.Throws<InvalidDataException>(() => Category(new CategorySource { RankOrder = RankOrder.HigherIsBetter }, """{"prompt":"P","chosen":"A","rejected":"B"}"""));
        Assert.Contains("expected rows with ranks, because rankOrder is set, came only formats whose direction is fixed (pairs)", error.Message);
    }

    private static string Report(string format, string? named, RankOrder? order, params string[] rows)
    {
        using var file = RowFile.Of(rows);
        FileReport? report = null;
        Assert.Equal(rows.Length, PreferenceReader.Read(file.Path, named, new CategorySource { RankOrder = order }, told => report = told).Count());
        Assert.Equal((format, rows.Length, file.Path), (report!.Format, report.Rows, report.Path));
        return report.ToString();
    }

    private static CategoryData Category(CategorySource source, params string[] rows) => Category("c", source, rows);

    private static CategoryData Category(string name, CategorySource source, params string[] rows)
    {
        using var file = RowFile.Of(rows);
        return CategoryReader.Read(name, source, [file.Path]);
    }
}
