using Dmoerm.Data;

namespace Dmoerm.Tests.Data.Formats;

/// <summary>Rows of well-known sets, read in place; their texts never enter the repository.</summary>
public sealed class SharedFormatsTests
{
    [Theory]
    [InlineData("hh-rlhf", "hh-rlhf", 400, 400, 0)]
    [InlineData("pandalm", "pandalm", 8, 8, 0)]
    [InlineData("judgebench", "judgebench", 8, 8, 0)]
    [InlineData("llmbar", "llmbar", 8, 8, 0)]
    [InlineData("rm-bench", "chosen-sets", 8, 72, 0)]
    [InlineData("auto-j", "auto-j", 8, 8, 1)]
    [InlineData("llmeval2", "llmeval2", 8, 8, 2)]
    [InlineData("finegrained-rlhf", "finegrained-rlhf", 8, 48, 7)]
    public void Rows_OfASet_AreRecognisedAndRead(string set, string format, int rows, int comparisons, int ties)
    {
        FileReport? report = null;
        PreferenceExample[] examples = [.. PreferenceReader.Read(SharedDataTests.FileOf($"formats/{set}", ".jsonl"), null, new CategorySource(), told => report = told)];
        var all = examples.SelectMany(example => example.Comparisons).ToList();
        Assert.Equal((format, rows, comparisons, ties), (report!.Format, examples.Length, all.Count, all.Count(comparison => comparison.P == 0.5)));
        Assert.All(examples, example => Assert.Equal("user", example.Prompt[^1].Role));
        Assert.All(examples.SelectMany(example => example.Responses), response => Assert.Equal("assistant", Assert.Single(response.Messages).Role));
    }

    [Fact]
    public void Directions_AreThoseThatTheRowsShow()
    {
        // Settled from the rows: Auto-J's row 5 has an empty first response and label 1; LLMBar's row 3 asks for grammar, and only output 2 (label 2) mends it.
        var autoJ = Rows("auto-j")[4];
        Assert.True(autoJ.Responses[0].Text.Length == 1 && autoJ.Comparisons[0].P == 0);
        Assert.Equal(0, Rows("llmbar")[2].Comparisons[0].P);
        // HH-RLHF's two sides differ in their last turn only.
        Assert.All(Rows("hh-rlhf"), example => Assert.True(example.Prompt.Count % 2 == 1 && example.Comparisons[0].P == 1));
    }

    private static PreferenceExample[] Rows(string set) => [.. PreferenceReader.Read(SharedDataTests.FileOf($"formats/{set}", ".jsonl"), null, new CategorySource())];
}
