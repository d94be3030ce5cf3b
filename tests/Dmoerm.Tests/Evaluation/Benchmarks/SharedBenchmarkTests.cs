using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Benchmarks;

namespace Dmoerm.Tests.Evaluation.Benchmarks;

/// <summary>Rows of the real sets, read in place; their texts never enter the repository.</summary>
public sealed class SharedBenchmarkTests
{
    [Theory]
    [InlineData("rm-bench", "formats/rm-bench.jsonl", 8, 0)]
    [InlineData("llmbar", "formats/llmbar.jsonl", 8, 0)]
    [InlineData("judgebench", "formats/judgebench.jsonl", 8, 0)]
    [InlineData("hh-rlhf", "formats/hh-rlhf.jsonl", 400, 0)]
    [InlineData("pandalm", "formats/pandalm.jsonl", 8, 0)]
    [InlineData("auto-j", "formats/auto-j.jsonl", 8, 1)]
    [InlineData("llmeval2", "formats/llmeval2.jsonl", 8, 2)]
    [InlineData("rmb", "assistant/dev.jsonl.gz", 2275, 0)]
    [InlineData("rmb", "assistant/best-of-n-dev.jsonl.gz", 400, 0)]
    public void Rows_OfTheSet_AreReadAndScored(string name, string file, int rows, int ties)
    {
        var report = Evaluate(name, file);
        Assert.Equal((rows - ties, ties, 0), (report.Items, report.LabelTies, report.NotNumbers));
    }

    [Theory]
    [InlineData("para", "twitter", 289, 0)]
    [InlineData("sum", "realsumm", 36, 16)]
    [InlineData("wmt", "wmt", 612, 0)]
    public void ContrastInstructions_Rows_AreReadAndScored(string file, string set, int rows, int equal)
    {
        var report = Evaluate("contrast-instructions", $"contrast/contrast_instructions--{file}_contrast.jsonl.gz");
        Assert.Equal((rows - equal, rows), (report.Subsets[$"{set}: C_res"].Items, report.Subsets[$"{set}: C_ins"].Items));
        Assert.Equal(equal > 0 ? 2 : 0, report.Notes.Count);
    }

    /// <summary>What settles which response is preferred: the same pairs among the human preferences of the set, where j has the higher score.</summary>
    [Fact]
    public void ContrastInstructions_ResponseJ_IsWhatPeoplePrefer()
    {
        var better = TestFolders.Shared("data", "contrast", "human_preferences--twitter--data.jsonl.gz");
        var scores = Lines(better).ToLookup(row => (row.GetProperty("question").GetString(), row.GetProperty("response_j").GetString(), row.GetProperty("response_k").GetString()), row => row.GetProperty("response_j_score").GetDouble() - row.GetProperty("response_k_score").GetDouble());
        var rows = Lines(TestFolders.Shared("data", "contrast", "contrast_instructions--para_contrast.jsonl.gz"));
        Assert.All(rows, row => Assert.All(["query", "retrieval"], side =>
            Assert.All(scores[(row.GetProperty(side).GetString(), row.GetProperty($"{side}_response_j").GetString(), row.GetProperty($"{side}_response_k").GetString())].DefaultIfEmpty(-1), difference => Assert.True(difference > 0))));
        Assert.Equal(289, rows.Length);
    }

    // Which model scores does not matter here: one that counts the letter a.
    private static BenchmarkReport Evaluate(string name, string file) =>
        new Evaluator(LetterModel.Categories, new LetterModel().Score).EvaluateBenchmarks([BenchmarkSet.Read(name, [TestFolders.Shared(["data", .. file.Split('/')])])])[name];

    private static System.Text.Json.JsonElement[] Lines(string path)
    {
        using var text = new StreamReader(new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress));
        return [.. text.ReadToEnd().Split('\n').Where(line => line.Length > 0).Select(line => System.Text.Json.JsonElement.Parse(line))];
    }
}
