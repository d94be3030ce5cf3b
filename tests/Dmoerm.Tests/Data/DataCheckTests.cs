using Dmoerm.Data.Checks;

namespace Dmoerm.Tests.Data;

/// <summary>Every finding in a file where it is planted, and none where nothing is.</summary>
public sealed class DataCheckTests : IDisposable
{
    private const string LongPrompt = "please tell me in a few words what the old man by the river said to the boy about the weather";
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_CleanRows_FindsNothing() =>
        Assert.Empty(Check(Clean(60)).Findings);

    [Fact]
    public void Run_CleanRows_CountsThem()
    {
        var category = Check([.. Clean(60), """{"prompt": "q", "responses": [{"text": "äö𝄞"}, {"text": "abc"}], "comparisons": [{"i": 0, "j": 1, "p": 0.5}, {"i": 1, "j": 0, "p": 1, "capability": "tone"}]}"""]).Categories["(no category)"];
        Assert.Equal((61, 61, 122L, 61L, 1L), (category.Rows, category.Prompts, category.Responses, category.Comparisons, category.Ties));
        // Rows alternate between the first and the second being better, and between the longer and the shorter.
        Assert.Equal((0.5, 0.5), (category.FirstListedWins, category.LongerWins));
        Assert.Equal(new CheckedCapability(1, 1, null), category.Capabilities["tone"]);
    }

    [Theory]
    [InlineData(FindingKind.Contradictions, """{"prompt": "p0", "responses": [{"text": "x0"}, {"text": " y0 longer"}], "comparisons": [{"i": 1, "j": 0, "p": 1}]}""", 1)]
    [InlineData(FindingKind.Duplicates, """{"prompt": " p0", "responses": [{"text": "y0 longer "}, {"text": "x0"}], "comparisons": [{"i": 1, "j": 0, "p": 0.9}]}""", 1)]
    [InlineData(FindingKind.IdenticalResponses, """{"prompt": "z", "responses": [{"text": "a"}, {"text": "a "}, {"text": "b"}], "comparisons": [{"i": 0, "j": 2, "p": 1}]}""", 1)]
    [InlineData(FindingKind.OtherScores, """{"prompt": "z", "responses": [{"text": "a", "score": 1}, {"text": "a", "score": 2}, {"text": "b", "score": 3}]}""", 1)]
    [InlineData(FindingKind.EmptyPrompts, """{"prompt": " ", "responses": [{"text": "a"}, {"text": "b"}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""", 1)]
    [InlineData(FindingKind.EmptyResponses, """{"prompt": "z", "responses": [{"text": "a"}, {"text": "\n"}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""", 1)]
    [InlineData(FindingKind.Uncompared, """{"prompt": "z", "responses": [{"text": "a"}, {"text": "b"}], "comparisons": [{"i": 0, "j": 1, "p": 1, "capability": "tone"}]}""", 1)]
    [InlineData(FindingKind.SmallCapability, """{"prompt": "z", "responses": [{"text": "a"}, {"text": "b"}], "comparisons": [{"i": 0, "j": 1, "p": 1}, {"i": 0, "j": 1, "p": 1, "capability": "tone"}]}""", 1)]
    [InlineData(FindingKind.SmallCategory, """{"category": "rare", "prompt": "z", "responses": [{"text": "a"}, {"text": "b"}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""", 1)]
    [InlineData(FindingKind.Uncategorised, """{"category": "rare", "prompt": "z", "responses": [{"text": "a"}, {"text": "b"}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""", 60)]
    [InlineData(FindingKind.NearPrompts, $$"""{"prompt": "{{LongPrompt}} today", "responses": [{"text": "a"}, {"text": "b"}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""", 1)]
    public void Run_PlantedRow_IsFoundWithItsPlace(FindingKind kind, string row, long count)
    {
        var report = Check([.. Clean(60), row]);
        var finding = Assert.Single(report.Findings, finding => finding.Kind == kind);
        Assert.Equal(count, finding.Count);
        Assert.True(finding.Examples.Count == 0 == (kind is FindingKind.SmallCapability or FindingKind.SmallCategory));
        Assert.All(finding.Examples, example => Assert.Contains(kind == FindingKind.Uncategorised ? ": 60" : "61", example, StringComparison.Ordinal));
    }

    [Fact]
    public void Run_TextsInBothSplits_AreFoundWhicheverSideIsLarger()
    {
        string[] train = [.. Clean(40, "t")];
        string[] test =
        [
            .. Clean(4, "u"),
            """{"prompt": "T P3", "responses": [{"text": "new"}, {"text": "t x5"}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""",
            $$"""{"prompt": "well {{LongPrompt}} now", "responses": [{"text": "newer"}, {"text": "newest"}], "comparisons": [{"i": 0, "j": 1, "p": 1}]}""",
        ];
        foreach (var (main, other) in new[] { (train, test), (test, train) })
        {
            var findings = Check(main, other).Findings.ToDictionary(finding => finding.Kind);
            Assert.Equal(1, findings[FindingKind.PromptsInBoth].Count);
            Assert.Equal(1, findings[FindingKind.ResponsesInBoth].Count);
            Assert.Equal(1, findings[FindingKind.NearPromptsInBoth].Count);
            Assert.DoesNotContain(FindingKind.NearResponsesInBoth, findings.Keys);
            Assert.Contains("line 5", Assert.Single(findings[FindingKind.PromptsInBoth].Examples), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Run_OnePromptManyPairs_AsksForTextsAsUnits()
    {
        var report = Check(Enumerable.Range(0, 300).Select(row => $$"""{"prompt": "Which is funnier?", "topic": "t{{row % 12}}", "chosen": "joke {{row % 40}}", "rejected": "joke {{(row % 40) + 1 + (row / 40)}}"}"""));
        var finding = Assert.Single(report.Findings, finding => finding.Kind == FindingKind.FewPrompts);
        Assert.Contains("\"groupBy\": \"responses\" (or \"topic\", which has 12 values)", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FirstAndLongerAlwaysBetter_IsSaid()
    {
        var report = Check(Enumerable.Range(0, 60).Select(row => $$"""{"prompt": "p{{row}}", "responses": [{"text": "a long one {{row}}"}, {"text": "{{row}}"}], "comparisons": [{"i": {{(row % 5 == 0 ? 1 : 0)}}, "j": {{(row % 5 == 0 ? 0 : 1)}}, "p": 1}]}"""));
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Position && finding.Text.Contains("80.0 %", StringComparison.Ordinal));
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Length && finding.Text.Contains("80.0 %", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_RowsOfOneResponse_AreJoinedByPrompt()
    {
        var report = Check(Enumerable.Range(0, 120).Select(row => $$"""{"prompt": "p{{row / 2}}", "response": "r{{row}}", "helpfulness": {{row % 2 + (row / 2 % 3)}}, "correctness": {{row % 2}}}"""));
        var category = report.Categories.Values.Single();
        Assert.Equal((120, 60, 60L, 60L), (category.Rows, category.Prompts, category.Comparisons, category.Capabilities["correctness"].Comparisons));
        Assert.Equal(1, category.Capabilities["correctness"].AgreesWithPreference);
    }

    [Fact]
    public void Run_BrokenRow_Throws() =>
        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => Check([.. Clean(1), "{"])).Message, StringComparison.Ordinal);

    private static IEnumerable<string> Clean(int count, string mark = "")
    {
        var space = mark.Length > 0 ? mark + " " : "";
        for (var row = 0; row < count; row++)
        {
            var prompt = row == 7 ? LongPrompt : $"{space}p{row}";
            var (i, j) = row % 2 == 0 ? (0, 1) : (1, 0);
            var (first, second) = row % 4 < 2 ? ($"{space}x{row}", $"{space}y{row} longer") : ($"{space}x{row} longer", $"{space}y{row}");
            yield return $$"""{"prompt": "{{prompt}}", "responses": [{"text": "{{first}}"}, {"text": "{{second}}"}], "comparisons": [{"i": {{i}}, "j": {{j}}, "p": 1}]}""";
        }
    }

    private DataCheckReport Check(IEnumerable<string> rows, IEnumerable<string>? against = null)
    {
        var main = Path.Combine(_folder, "main.jsonl");
        var other = Path.Combine(_folder, "other.jsonl");
        File.WriteAllLines(main, rows);
        File.WriteAllLines(other, against ?? []);
        return new DataCheck().Run([main], against is null ? [] : [other]);
    }
}
