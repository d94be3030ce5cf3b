using Dmoerm.Data;
using Dmoerm.Data.Categories;

namespace Dmoerm.Tests.Data;

public class CategoryReaderTests
{
    [Fact]
    public void Read_EqualTexts_AreAveragedBeforeTheyAreCompared()
    {
        // "a" stands twice: (2 * 1 + 5 * 3) / 4 = 4.25 overall, (1 * 1 + 0 * 3) / 4 = 0.25 errors; against b: 4 and 0.5.
        // Row by row, 2 < 4 < 5 would contradict each other.
        var data = Read(
            new CategorySource { Capabilities = new Dictionary<string, CapabilitySource> { ["care"] = new() { Score = "errors", LowerIsBetter = true } } },
            """{"category":"c","prompt":"p","responses":[{"text":"a","overall":2,"ratings":1,"model":"m","capabilities":{"errors":1}},{"text":"b","overall":4,"capabilities":{"errors":0.5}},{"text":" a\n","overall":5,"ratings":3,"model":"n","capabilities":{"errors":0}}]}""");
        var example = Assert.Single(data.Examples);
        Assert.Equal(["a", "b"], example.Responses.Select(response => response.Text));
        Assert.Equal((4.25, -0.25, 4d, "m, n"), (example.Responses[0].Score!.Value, example.Responses[0].Capabilities["care"], example.Responses[0].Ratings, example.Responses[0].Model));
        Assert.Equal([new Comparison(0, 1, 1), new Comparison(0, 1, 1, "care")], example.Comparisons);
        Assert.Equal((1, 2, 1), (data.Report.Rows, data.Report.Responses, data.Report.MergedResponses));
    }

    [Fact]
    public void Read_AveragesThatRoundingParts_AreNoComparison()
    {
        // 0.1, 0.2 and 0.3 average to 0.20000000000000004 in one order; the true mean is 0.2.
        var data = Read(
            new CategorySource(),
            """{"prompt":"p","responses":[{"text":"a","overall":0.1},{"text":"a","overall":0.2},{"text":"a","overall":0.3},{"text":"b","overall":0.2}]}""");
        Assert.Empty(Assert.Single(data.Examples).Comparisons);
        Assert.Equal(1, data.Report.Uncompared);
    }

    [Fact]
    public void Read_PairsOfOnePrompt_BecomeOneExample()
    {
        var data = Read(
            new CategorySource(),
            """{"id":"1","category":"c","topic":"t","side":"x","prompt":"p  q","chosen":"a","rejected":"b","votes":[3,1]}""",
            """{"id":"2","category":"other","prompt":"p q","chosen":"a","rejected":"z"}""",
            """{"id":"3","topic":"t","side":"y","prompt":" p q\n","chosen":"c","rejected":"a","votes":[2,2]}""",
            """{"id":"4","category":"c","prompt":"r","chosen":"a","rejected":"a "}""",
            """{"id":"5","category":"c","topic":"t","prompt":"P q","chosen":"a","rejected":"b"}""");
        Assert.Equal(["1", "4", "5"], data.Examples.Select(example => example.Id));
        var first = data.Examples[0];
        Assert.Equal(["a", "b", "c"], first.Responses.Select(response => response.Text));
        Assert.Equal([new Comparison(0, 1, 0.75), new Comparison(2, 0, 0.5)], first.Comparisons);
        Assert.Equal([("topic", "t")], first.Fields.Select(field => (field.Key, field.Value)));
        Assert.All(data.Examples, example => Assert.Equal("c", example.Category));
        var report = data.Report;
        Assert.Equal((4, 3, 6, 2, 1), (report.Rows, report.Examples, report.Responses, report.MergedResponses, report.DroppedComparisons));
        Assert.Equal((3, 1, 1), (report.Comparisons, report.Ties, report.Uncompared));
        Assert.Equal([new("other", 1)], report.OtherRows);
    }

    [Fact]
    public void Read_OtherUnitField_KeepsExamplesApart()
    {
        string[] rows =
        [
            """{"topic":"t","judge":"j1","prompt":"p","chosen":"a","rejected":"b"}""",
            """{"topic":"u","judge":"j1","prompt":"p","chosen":"a","rejected":"b"}""",
            """{"topic":"u","judge":"j2","prompt":"p","chosen":"a","rejected":"b"}""",
        ];
        Assert.Single(Read(new CategorySource(), rows).Examples);
        Assert.Equal(2, Read(new CategorySource { GroupBy = "topic" }, rows).Examples.Count);
        Assert.Equal(3, Read(new CategorySource { GroupBy = "topic", ResampleBy = "judge" }, rows).Examples.Count);
        Assert.Single(Read(new CategorySource { GroupBy = "responses" }, rows).Examples);
    }

    [Fact]
    public void Read_RowsWithoutPrompt_StayAlone()
    {
        var data = Read(new CategorySource(), """{"chosen":"a","rejected":"b"}""", """{"chosen":"a","rejected":"b"}""");
        Assert.Equal(2, data.Examples.Count);
    }

    [Fact]
    public void Read_StatedComparisons_DoNotSilenceAnotherRowsScores()
    {
        var data = Read(
            new CategorySource(),
            """{"prompt":"p","responses":[{"text":"a"},{"text":"b"}],"comparisons":[{"i":1,"j":0,"p":1}]}""",
            """{"prompt":"p","responses":[{"text":"a","score":2},{"text":"b","score":1},{"text":"c","score":0}]}""");
        Assert.Equal(4, data.Report.Comparisons);
    }

    [Fact]
    public void Read_RowCategory_IsTakenUnderTheCategorysName()
    {
        var data = Read(new CategorySource { RowCategory = "Open QA" }, """{"category":"Open QA","prompt":"p","chosen":"a","rejected":"b"}""", """{"category":"c","prompt":"p","chosen":"a","rejected":"b"}""");
        Assert.Equal("c", Assert.Single(data.Examples).Category);
        Assert.Equal([new("c", 1)], data.Report.OtherRows);
    }

    [Fact]
    public void Read_NoRowOfTheCategory_NamesTheSeenOnes() => AssertFails(
        new CategorySource { RowCategory = "mail" },
        ["'c'", "'mail'", "came categories letter, post"],
        """{"category":"post","prompt":"p","chosen":"a","rejected":"b"}""",
        """{"category":"letter","prompt":"p","chosen":"a","rejected":"b"}""");

    [Fact]
    public void Read_NoFile_IsAnError() =>
        Assert.Contains("'c' has no data", Assert.Throws<InvalidDataException>(() => CategoryReader.Read("c", new CategorySource(), [])).Message);

    [Fact]
    public void Read_CapabilityOfNoRow_NamesItsFieldAndTheSeenOnes()
    {
        const string Row = """{"prompt":"p","responses":[{"text":"a","overall":2,"capabilities":{"detail":1,"style":null,"clarity":2}}]}""";
        AssertFails(Capability(new() { Score = "clearness" }), ["capability 'k'", "score field 'clearness'", "seen score fields: clarity, detail;"], Row);
        AssertFails(Capability(new()), ["score field 'k'"], Row);
        AssertFails(
            Capability(new() { Reasons = ["o1", "o2"] }),
            ["reasons o1, o2", "seen score fields: none", "seen reasons: o7"],
            """{"prompt":"p","chosen":"a","rejected":"b","reasons":["o7"]}""");
    }

    [Fact]
    public void Read_RowWithoutUnitField_IsNamed()
    {
        foreach (var source in new[] { new CategorySource { GroupBy = "topic" }, new CategorySource { ResampleBy = "topic" } })
        {
            AssertFails(
                source,
                ["rows.jsonl, line 2: field 'topic'", "prompt, responses, stance"],
                """{"topic":"t","prompt":"p","chosen":"a","rejected":"b"}""",
                """{"stance":"s","prompt":"p","chosen":"a","rejected":"b"}""");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Read_BadGap_IsAnError(double gap)
    {
        AssertFails(new CategorySource { Gap = gap }, ["gap of 'c'"], "{}");
        AssertFails(Capability(new() { Gap = gap }), ["gap of 'k'"], "{}");
    }

    private static CategorySource Capability(CapabilitySource capability) =>
        new() { Capabilities = new Dictionary<string, CapabilitySource> { ["k"] = capability } };

    private static CategoryData Read(CategorySource source, params string[] rows)
    {
        using var file = RowFile.Of(rows);
        return CategoryReader.Read("c", source, [file.Path]);
    }

    private static void AssertFails(CategorySource source, string[] parts, params string[] rows)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(source, rows));
        Assert.All(parts, part => Assert.Contains(part, error.Message));
    }
}
