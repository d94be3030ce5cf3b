using System.IO.Compression;
using System.Text.Json;
using Dmoerm.Data;

namespace Dmoerm.Tests.Cli;

public sealed class ScoreCommandTests(TinyModelFolder tiny) : IClassFixture<TinyModelFolder>
{
    private const string One = """{"id": "a", "prompt": "tell me a story", "response": "once upon a time"}""";
    private const string Bad = """{"id": "b", "prompt": "tell me a story"}""";

    [Fact]
    public void Score_AllShapesOfOneConversation_GetTheModelsOwnReward()
    {
        var lines = Score(
            [
                One,
                """{"prompt": [{"role": "user", "content": "tell me a story"}], "response": "once upon a time"}""",
                """{"messages": [{"role": "user", "content": "tell me a story"}, {"role": "assistant", "content": "once upon a time"}]}""",
                """{"prompt": "tell me a story", "responses": ["no", "once upon a time", ""]}""",
                """{"prompt": "tell me a story", "chosen": "once upon a time", "rejected": "no"}""",
            ]);
        using var model = RewardModel.Load(tiny.Model);
        var expected = model.Score([Request("once upon a time"), Request("no"), Request("")]);
        foreach (var single in lines[..3])
        {
            AssertScored(expected[0], single.GetProperty("reward"), single);
        }

        AssertScored(expected[1], lines[3].GetProperty("rewards")[0]);
        AssertScored(expected[0], lines[3].GetProperty("rewards")[1]);
        AssertScored(expected[2], lines[3].GetProperty("rewards")[2]);
        AssertScored(expected[0], lines[4].GetProperty("rewards")[0]);
        AssertScored(expected[1], lines[4].GetProperty("rewards")[1]);
        Assert.Equal("a", lines[0].GetProperty("id").GetString());
        Assert.False(lines[1].TryGetProperty("id", out _));
        Assert.Equal(3, lines[3].GetProperty("category").GetArrayLength());
    }

    [Fact]
    public void Score_Explain_GivesEveryCapabilityOfTheCategory()
    {
        var lines = Score(["""{"category": "stories", "prompt": "p", "response": "r"}""", """{"category": "answers", "prompt": "p", "response": "r"}"""], "--explain");
        Assert.Equal(["style", "plot"], lines[0].GetProperty("capabilities").EnumerateObject().Select(capability => capability.Name));
        Assert.Equal(["reward", "percentile", "effect"], lines[0].GetProperty("capabilities").GetProperty("style").EnumerateObject().Select(field => field.Name));
        Assert.NotEqual(0, lines[0].GetProperty("capabilities").GetProperty("style").GetProperty("effect").GetDouble());
        Assert.Empty(lines[1].GetProperty("capabilities").EnumerateObject());
    }

    [Fact]
    public void Score_CategoryOfLineAndOption_OverrideTheRouter()
    {
        Assert.Equal(["answers"], Score(["""{"category": "answers", "prompt": "p", "response": "r"}"""]).Select(CategoryOf));
        Assert.Equal(["stories"], Score(["""{"category": "answers", "prompt": "p", "response": "r"}"""], "--category", "stories").Select(CategoryOf));
        var streams = new CapturedStreams();
        Assert.Equal(2, streams.Run(One, ["score", tiny.Model, "--category", "poems"]));
        Assert.Equal("error: The model has no category 'poems'; it has stories, answers.\n", streams.Error);
    }

    [Fact]
    public void Score_TooLong_IsCutOrRefusedAsAsked()
    {
        var longPrompt = $$"""{"prompt": "{{new string('x', 300)}}", "response": "yes"}""";
        var longResponse = $$"""{"prompt": "hello", "response": "{{new string('x', 300)}}"}""";
        var cut = Score([longPrompt], "--max-tokens", "120")[0];
        Assert.Equal("prompt", cut.GetProperty("truncated").GetString());
        Assert.InRange(cut.GetProperty("tokens").GetInt32(), 60, 120);
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run($"{One}\n{longResponse}\n{One}\n", ["score", tiny.Model, "--max-tokens", "120"]));
        Assert.Single(streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: line 2: ", streams.Error, StringComparison.Ordinal);
        Assert.Contains("limit is 120", streams.Error, StringComparison.Ordinal);
        Assert.Equal("response", Score([longResponse], "--max-tokens", "120", "--truncate")[0].GetProperty("truncated").GetString());
        Assert.Equal(JsonValueKind.False, Score([One])[0].GetProperty("truncated").ValueKind);
    }

    [Theory]
    [InlineData("stop", 1)]
    [InlineData("line", 3)]
    public void Score_BadLine_ExitsOneWithWhatOnErrorSays(string onError, int expectedLines)
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run($"{One}\n{Bad}\n{One}\n", ["score", tiny.Model, "--on-error", onError]));
        Assert.Equal(expectedLines, streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("line 2: expected prompt and response", onError == "stop" ? streams.Error : streams.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_Files_ReadsGzipAndNamesItselfWhenComplete()
    {
        var (input, output) = (Path.Combine(tiny.Folder, "in.jsonl.gz"), Path.Combine(tiny.Folder, "out.jsonl"));
        using (var writer = new StreamWriter(new GZipStream(File.Create(input), CompressionLevel.Fastest)))
        {
            writer.Write($"{One}\n{One}");
        }

        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("score", tiny.Model, "--input", input, "--output", output));
        Assert.Empty(streams.Out);
        Assert.Equal(2, File.ReadAllLines(output).Length);
        Assert.False(File.Exists(output + ".partial"));
    }

    [Fact]
    public void Score_BadLineIntoFile_KeepsEarlierAnswersUnderThePartialName()
    {
        var (input, output) = (tiny.File(One, Bad), Path.Combine(tiny.Folder, "stopped.jsonl"));
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("score", tiny.Model, "--input", input, "--output", output));
        Assert.False(File.Exists(output));
        Assert.Single(File.ReadAllLines(output + ".partial"));
        Assert.Contains($"{input}, line 2: ", streams.Error, StringComparison.Ordinal);
        var first = Path.Combine(tiny.Folder, "nothing.jsonl");
        Assert.Equal(1, new CapturedStreams().Run("score", tiny.Model, "--input", tiny.File(Bad), "--output", first));
        Assert.False(File.Exists(first + ".partial"));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(3000)]
    public void Score_GzipCutOff_SaysSoAfterTheEarlierAnswers(int bytes)
    {
        using var whole = new MemoryStream();
        using (var writer = new StreamWriter(new GZipStream(whole, CompressionLevel.Fastest, leaveOpen: true)))
        {
            var random = new Random(1);
            writer.Write(string.Concat(Enumerable.Range(0, 400).Select(_ => $$"""{"prompt": "p", "response": "{{random.NextInt64()}}"}""" + "\n")));
        }

        Assert.InRange(whole.Length, bytes + 100, int.MaxValue);
        var input = Path.Combine(tiny.Folder, $"cut-{bytes}.jsonl.gz");
        File.WriteAllBytes(input, whole.ToArray()[..bytes]);
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("score", tiny.Model, "--input", input));
        Assert.StartsWith($"error: {input}: broken gzip after line {streams.Out.Count(letter => letter == '\n')}: ", streams.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", streams.Error, StringComparison.Ordinal);
    }

    private static string? CategoryOf(JsonElement line) => line.GetProperty("category").GetString();

    private static ScoreRequest Request(string response) => new([Message.User("tell me a story")], [Message.Assistant(response)]);

    private static void AssertScored(ScoredResponse expected, JsonElement reward, JsonElement? line = null)
    {
        Assert.Equal(expected.Reward, reward.GetDouble(), 1e-5);
        if (line is { } single)
        {
            Assert.Equal(expected.Raw, single.GetProperty("raw").GetDouble(), 1e-5);
            Assert.Equal(expected.Category, CategoryOf(single));
            Assert.Equal(expected.Tokens, single.GetProperty("tokens").GetInt32());
            Assert.Equal(1, single.GetProperty("route").EnumerateObject().Sum(route => route.Value.GetDouble()), 1e-6);
        }
    }

    private JsonElement[] Score(string[] input, params string[] options)
    {
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run(string.Join('\n', input), ["score", tiny.Model, .. options]));
        var lines = streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(input.Length, lines.Length);
        return lines;
    }
}
