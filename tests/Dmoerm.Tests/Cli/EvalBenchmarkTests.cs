using System.Text.Json;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Tests.Evaluation.Benchmarks;
using Dmoerm.Tests.Evaluation.Pages;

namespace Dmoerm.Tests.Cli;

public sealed class EvalBenchmarkTests(TinyModelFolder tiny) : IClassFixture<TinyModelFolder>
{
    [Fact]
    public void Eval_EveryBenchmarkAtOnce_IsInTheJson()
    {
        string[] arguments = [.. BenchmarkRows.All.SelectMany(benchmark => new[] { "--benchmark", $"{benchmark.Name}={tiny.File(benchmark.Rows)}" })];
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run(["eval", tiny.Model, .. arguments, "--json"]));
        var json = JsonElement.Parse(streams.Out);
        Assert.Equal(["benchmarks"], json.EnumerateObject().Select(field => field.Name));
        var benchmarks = json.GetProperty("benchmarks");
        Assert.Equal(KnownBenchmarks.Names, benchmarks.EnumerateObject().Select(benchmark => benchmark.Name));
        Assert.All(benchmarks.EnumerateObject(), benchmark => Assert.Equal(["score", "items", "labelTies", "rewardTies", "notNumbers", "figures", "subsets", "notes"], benchmark.Value.EnumerateObject().Select(field => field.Name)));
        Assert.Equal(2, benchmarks.GetProperty("pandalm").GetProperty("labelTies").GetInt32());
        var natural = benchmarks.GetProperty("llmbar").GetProperty("subsets").GetProperty("Natural");
        Assert.Equal(["score", "items", "rewardTies"], natural.EnumerateObject().Select(field => field.Name));
        Assert.Contains("format rmb-pairs and rmb-best-of-n and pairs and best-of-n (recognised); read as RMB", streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_RewardBench_EqualsWhatScoreSays()
    {
        string[] subsets = ["alpacaeval-easy", "mt-bench-hard", "donotanswer", "hep-cpp", "math-prm"];
        var data = tiny.File([.. Enumerable.Range(0, 40).Select(k => $$"""{"id":{{k}},"prompt":"question {{k}}","chosen":"answer {{k * 7}}","rejected":"{{(k % 3 == 0 ? "short" : "a longer answer")}} {{k}}","subset":"{{subsets[k % 5]}}"}""")]);
        var scored = new CapturedStreams();
        Assert.Equal(0, scored.Run("score", tiny.Model, "--input", data));
        var wins = scored.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("rewards")).Select(pair => pair[0].GetDouble() > pair[1].GetDouble() ? 1.0 : 0).ToArray();
        var report = Eval("--benchmark", $"rewardbench1={data}").GetProperty("rewardbench1");
        double[] shares = [.. Enumerable.Range(0, 5).Select(subset => wins.Where((_, k) => k % 5 == subset).Average())];
        Assert.All(shares.Index(), share => Assert.Equal(share.Item, report.GetProperty("subsets").GetProperty(subsets[share.Index]).GetProperty("score").GetDouble(), 1e-12));
        // hep-cpp weighs 164, math-prm 984.
        var reasoning = (164 * shares[3] + 984 * shares[4]) / (164 + 984);
        Assert.Equal((shares[0] + shares[1] + shares[2] + reasoning) / 4, report.GetProperty("score").GetDouble(), 1e-12);
        Assert.NotEqual(0, wins.Sum());
        Assert.NotEqual(40, wins.Sum());
    }

    [Fact]
    public void Eval_FilesOfOneBenchmark_AreOneSet()
    {
        var rows = BenchmarkRows.All.Single(benchmark => benchmark.Name == "rm-bench").Rows;
        var (whole, first, second) = (tiny.File(rows), tiny.File(rows[..2]), tiny.File(rows[2..]));
        var once = Eval("--benchmark", $"rm-bench={whole}").GetRawText();
        Assert.Equal(once, Eval("--benchmark", $"rm-bench={first}", "--benchmark", $"rm-bench={second}").GetRawText());
        Assert.Equal(once, Eval("--benchmark", $"rm-bench={first}", $"rm-bench={second}").GetRawText());
    }

    [Fact]
    public void Eval_BesideData_LeavesItsFiguresAlone()
    {
        var data = tiny.File("""{"category":"stories","prompt":"p","chosen":"one","rejected":"two"}""");
        var alone = new CapturedStreams();
        Assert.Equal(0, alone.Run("eval", tiny.Model, "--data", data, "--json"));
        var both = new CapturedStreams();
        Assert.Equal(0, both.Run("eval", tiny.Model, "--data", data, "--benchmark", $"hh-rlhf={tiny.File(BenchmarkRows.All.Single(benchmark => benchmark.Name == "hh-rlhf").Rows)}", "--json"));
        Assert.DoesNotContain("benchmarks", alone.Out, StringComparison.Ordinal);
        Assert.Equal(alone.Out.TrimEnd()[..^2], both.Out[..both.Out.IndexOf(",\n  \"benchmarks\"", StringComparison.Ordinal)]);
        Assert.Equal(JsonValueKind.Number, JsonElement.Parse(both.Out).GetProperty("benchmarks").GetProperty("hh-rlhf").GetProperty("score").ValueKind);
    }

    [Fact]
    public void Eval_Category_TakesThePlaceOfTheRouter()
    {
        var file = tiny.File([.. Enumerable.Range(0, 30).Select(k => $$"""{"query":"question {{k}}","response1":"answer {{k}}","response2":"{{k}} more words","human":"model1","dataset":"d"}""")]);
        double Score(params string[] more) => Eval(["--benchmark", $"llmeval2={file}", .. more]).GetProperty("llmeval2").GetProperty("score").GetDouble();
        var scored = new CapturedStreams();
        Assert.Equal(0, scored.Run("score", tiny.Model, "--input", file, "--category", "answers"));
        var share = scored.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("rewards")).Average(pair => pair[0].GetDouble() > pair[1].GetDouble() ? 1.0 : 0);
        Assert.Equal(share, Score("--category", "answers"), 1e-12);
        Assert.True(Score("--category", "stories") != share || Score() != share, "Both categories and the router agree in all 30 pairs: this shows nothing.");
    }

    [Fact]
    public void Eval_TableAndPage_ShowTheFiguresOfTheJson()
    {
        var html = Path.Combine(tiny.Folder, "benchmarks.html");
        string[] arguments = ["eval", tiny.Model, "--benchmark", .. BenchmarkRows.All.Select(benchmark => $"{benchmark.Name}={tiny.File(benchmark.Rows)}")];
        var (table, json) = (new CapturedStreams(), new CapturedStreams());
        Assert.Equal(0, table.Run([.. arguments, "--html", html]));
        Assert.Equal(0, json.Run([.. arguments, "--json"]));
        var benchmarks = JsonElement.Parse(json.Out).GetProperty("benchmarks");
        var page = HtmlFile.Parse(File.ReadAllText(html));
        page.AssertSound();
        Assert.Equal($"tiny on {string.Join(", ", KnownBenchmarks.Names)}", page.Root.Descendants("h1").Single().Value);
        foreach (var benchmark in benchmarks.EnumerateObject())
        {
            var score = benchmark.Value.GetProperty("score");
            var share = Percentage.Of(score.ValueKind == JsonValueKind.Null ? null : score.GetDouble());
            Assert.Equal(share, page.Cell($"{benchmark.Name}: score in %", "score", "score"));
            Assert.Contains(table.Out.Split('\n'), line => line.StartsWith($"{benchmark.Name} ", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2] == share);
        }

        Assert.Contains("\n  subset Natural ", table.Out, StringComparison.Ordinal);
        Assert.Contains("\npandalm: 2 items were left out: people preferred neither side.\n", table.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table.Out + table.Error);
        Assert.DoesNotContain("more p", File.ReadAllText(html), StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_LongConversations_AreCutAndCounted()
    {
        var file = tiny.File($$"""{"query":"{{string.Concat(Enumerable.Repeat("word ", 60))}}","response1":"one","response2":"two","human":"model1","dataset":"d"}""");
        var notes = Eval("--benchmark", $"llmeval2={file}", "--max-tokens", "40").GetProperty("llmeval2").GetProperty("notes");
        Assert.Contains(notes.EnumerateArray(), note => note.GetString()!.StartsWith("2 conversations were longer than the model takes: prompt", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(2, "--benchmark: expected NAME=FILE, came 'llmbar'.", "--benchmark", "llmbar")]
    [InlineData(2, "'lmbar' is not known: expected one of rewardbench1, rewardbench2, rm-bench, llmbar, judgebench, rmb, contrast-instructions, hh-rlhf, pandalm, auto-j, llmeval2 (nearest: 'llmbar')", "--benchmark", "lmbar=x.json")]
    [InlineData(2, "nowhere.json: no such file or folder; rows of llmbar were expected there.", "--benchmark", "llmbar=nowhere.json")]
    [InlineData(2, "--format is about --data", "--benchmark", "llmbar=FILE", "--format", "pairs")]
    [InlineData(2, "--output is about --data", "--benchmark", "llmbar=FILE", "--output", "out.jsonl")]
    [InlineData(1, ", line 1: expected a row of RewardBench, which has the fields prompt, chosen, rejected; came one of format llmbar.", "--benchmark", "rewardbench1=FILE")]
    public void Eval_WrongUse_IsOneSentence(int code, string expected, params string[] arguments)
    {
        var file = tiny.File(BenchmarkRows.All.Single(benchmark => benchmark.Name == "llmbar").Rows);
        var streams = new CapturedStreams();
        Assert.Equal(code, streams.Run(["eval", tiny.Model, .. arguments.Select(argument => argument.Replace("FILE", file, StringComparison.Ordinal))]));
        Assert.Empty(streams.Out);
        Assert.Contains(expected, streams.Error, StringComparison.Ordinal);
        Assert.Single(streams.Error.TrimEnd().Split('\n'));
    }

    private JsonElement Eval(params string[] arguments)
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run(["eval", tiny.Model, .. arguments, "--json"]) == 0, streams.Error);
        return JsonElement.Parse(streams.Out).GetProperty("benchmarks");
    }
}
