using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Tests.Cli;

/// <summary><c>data check</c>, <c>data convert</c> and <c>data split</c> at the command line.</summary>
public sealed class DataCommandTests : IDisposable
{
    private static readonly string Sample = Path.Combine(TestFolders.Root, "samples", "feedback.jsonl");
    private static readonly string Backbone = Path.Combine(TestFolders.Root, "recipes", "debug", "backbone");
    private readonly string _folder = TestFolders.Temporary();
    private readonly CapturedStreams _streams = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Check_Sample_PrintsCountsAndFindingsWithoutTexts()
    {
        Assert.Equal(0, _streams.Run("data", "check", Sample, "--backbone", Backbone, "--max-tokens", "64"));
        Assert.Contains("243 rows of format dmoerm", _streams.Out, StringComparison.Ordinal);
        Assert.Matches(@"\nstory +122 +121 +365 ", _streams.Out);
        Assert.Matches(@"\nstory: vividness +\d+ ", _streams.Out);
        Assert.Contains("Tokens of 728 conversations: median ", _streams.Out, StringComparison.Ordinal);
        Assert.Contains("1 row holds the same response twice", _streams.Out, StringComparison.Ordinal);
        Assert.Contains("feedback.jsonl, line 241", _streams.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("river", _streams.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_Json_IsOneObjectWithEverything()
    {
        Assert.Equal(0, _streams.Run("data", "check", Sample, "--against", Sample, "--backbone", Backbone, "--json"));
        var report = JsonElement.Parse(_streams.Out);
        Assert.Equal([false, true], report.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("against").GetBoolean()));
        Assert.Equal(120 + 1, report.GetProperty("categories").GetProperty("advice").GetProperty("rows").GetInt32());
        Assert.Contains("promptsInBoth", report.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("kind").GetString()));
        Assert.Equal(1024, report.GetProperty("lengths").GetProperty("maxTokens").GetInt32());
    }

    [Theory]
    [InlineData("{\"prompt\": 1}", 1, "line 1")]
    [InlineData(null, 2, "no such file")]
    public void Check_UnreadableFile_FailsWithOneSentence(string? content, int code, string expected)
    {
        var path = Path.Combine(_folder, "bad.jsonl");
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }

        Assert.Equal(code, _streams.Run("data", "check", path));
        Assert.Empty(_streams.Out);
        Assert.Contains(expected, Assert.Single(_streams.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_ToOwnRowsAndBack_KeepsEveryCount()
    {
        var copy = Path.Combine(_folder, "copy.jsonl.gz");
        Assert.Equal(0, _streams.Run("data", "convert", Sample, "--output", copy));
        Assert.Empty(_streams.Out);
        Assert.Contains("243 rows read, 243 written.", _streams.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(copy + ".partial"));
        using var unzipped = new StreamReader(new GZipStream(File.OpenRead(copy), CompressionMode.Decompress));
        // Capabilities are written in one order for all rows.
        Assert.All(
            File.ReadAllLines(Sample).Zip(unzipped.ReadToEnd().Split('\n')),
            pair => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(pair.First), JsonNode.Parse(pair.Second)), pair.First));
    }

    [Fact]
    public void Convert_ToTrl_WritesPreferencesAndCountsTheRest()
    {
        var rows = Write(
            """{"prompt": "p", "responses": [{"text": "a"}, {"text": "b"}], "comparisons": [{"i": 0, "j": 1, "p": 0.75}, {"i": 0, "j": 1, "p": 0.5}, {"i": 0, "j": 1, "p": 1, "capability": "tone"}]}""",
            """{"prompt": "q", "responses": [{"text": "c", "score": 1}, {"text": "d", "score": 3}, {"text": "d ", "score": 2}]}""");
        Assert.Equal(0, _streams.Run("data", "convert", rows, "--to", "trl", "--output", "-"));
        var lines = _streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(["a>b", "d>c", "d >c"], lines.Select(line => $"{line.GetProperty("chosen")[0].GetProperty("content")}>{line.GetProperty("rejected")[0].GetProperty("content")}"));
        foreach (var expected in new[] { "2 rows read, 3 written.", "ties left out: 1", "comparisons of capabilities left out: 1", "probabilities made plain preferences: 1", "comparisons of equal texts left out: 1" })
        {
            Assert.Contains(expected, _streams.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Convert_PairsWithReasonsAndNumbers_SaysWhatOurRowsCannotHold()
    {
        var rows = Write("""{"prompt": "p", "chosen": "a", "rejected": "b", "votes": [3, 1], "reasons": ["r1", "r2"], "topic": "t", "rank": 4}""");
        Assert.Equal(0, _streams.Run("data", "convert", rows, "--output", "-"));
        Assert.Equal(
            """{"id":"rows.jsonl:1","prompt":"p","topic":"t","responses":[{"text":"a"},{"text":"b"}],"comparisons":[{"i":0,"j":1,"p":0.75},{"i":0,"j":1,"p":1,"capability":"r1"},{"i":0,"j":1,"p":1,"capability":"r2"}]}""" + "\n",
            _streams.Out);
        Assert.Contains("field 'rank' left out, which is no text: 1", _streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_BadRowAtTheEnd_LeavesNoFileAndTheOldOneAsItWas()
    {
        var rows = Write("""{"prompt": "p", "chosen": "a", "rejected": "b"}""", "{");
        var output = Path.Combine(_folder, "out.jsonl");
        File.WriteAllText(output, "old");
        Assert.Equal(1, _streams.Run("data", "convert", rows, "--output", output));
        Assert.Equal("old", File.ReadAllText(output));
        Assert.False(File.Exists(output + ".partial"));
        Assert.Equal(2, _streams.Run("data", "convert", rows, "--output", rows));
        Assert.Equal(2, _streams.Run("data", "convert", rows, "--output", Path.Combine(_folder, "out.txt")));
    }

    [Fact]
    public void Split_Sample_WritesPartsWithoutACommonPrompt()
    {
        var parts = Path.Combine(_folder, "parts") + Path.DirectorySeparatorChar;
        Assert.Equal(0, _streams.Run("data", "split", Sample, "--parts", "train=0.8,test=0.2", "--output", parts));
        Assert.Contains("Comparisons between parts, left out: 0.", _streams.Out, StringComparison.Ordinal);
        var (train, test) = (File.ReadAllLines(parts + "train.jsonl"), File.ReadAllLines(parts + "test.jsonl"));
        Assert.Equal(File.ReadAllLines(Sample).Order(StringComparer.Ordinal), train.Concat(test).Order(StringComparer.Ordinal));
        Assert.InRange(test.Length, 42, 56);

        Assert.Equal(0, _streams.Run("data", "check", parts + "train.jsonl", "--against", parts + "test.jsonl"));
        Assert.DoesNotContain("both splits", _streams.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_ExistingFile_IsNeverWrittenOver()
    {
        File.WriteAllText(Path.Combine(_folder, "x-test.jsonl"), "old");
        Assert.Equal(2, _streams.Run("data", "split", Sample, "--parts", "train=0.8,test=0.2", "--output", Path.Combine(_folder, "x")));
        Assert.Contains("x-test.jsonl exists already", _streams.Error, StringComparison.Ordinal);
        Assert.Equal(["x-test.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("train=0.8", "at least two parts")]
    [InlineData("train=0.8,test", "'test'")]
    [InlineData("train=0.8,test=0", "above 0")]
    [InlineData("a=1,A=1", "each name once")]
    [InlineData("a=1,../b=1", "'../b=1'")]
    public void Split_WrongParts_IsWrongUse(string parts, string expected)
    {
        Assert.Equal(2, _streams.Run("data", "split", Sample, "--parts", parts, "--output", _folder));
        Assert.Contains(expected, _streams.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chek", "nearest: 'check'", "dmoerm data --help")]
    [InlineData("check a.jsonl --agianst", "nearest: '--against'", "dmoerm data check --help")]
    [InlineData("check a.jsonl --max-tokens 5", "at least 8", "dmoerm data check --help")]
    public void Data_WrongUse_NamesTheVerbToAsk(string line, string expected, string help)
    {
        Assert.Equal(2, _streams.Run([.. "data".Split(' '), .. line.Split(' ')]));
        Assert.Contains(expected, _streams.Error, StringComparison.Ordinal);
        Assert.Contains(help, _streams.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("writing/train.jsonl.gz", "104 rows hold the same response twice")]
    [InlineData("humour/train.jsonl.gz", "9855 preferences from 1 prompt")]
    public void Check_SharedData_FindsWhatIsKnownOfThem(string file, string expected)
    {
        Assert.Equal(0, _streams.Run("data", "check", TestFolders.Shared(["data", .. file.Split('/')])));
        Assert.Contains(expected, _streams.Out, StringComparison.Ordinal);
    }

    private string Write(params string[] rows)
    {
        var path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllLines(path, rows);
        return path;
    }
}
