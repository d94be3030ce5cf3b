using System.Text.Json;
using Dmoerm.Evaluation;
using Dmoerm.Tests.Evaluation.Pages;

namespace Dmoerm.Tests.Cli;

public sealed class EvalCommandTests(TinyModelFolder tiny) : IClassFixture<TinyModelFolder>
{
    [Fact]
    public void Eval_Json_EqualsWhatScoreSays()
    {
        var output = Path.Combine(tiny.Folder, "comparisons.jsonl");
        var data = tiny.File([.. Rows(25)]);
        var report = Eval("--data", data, "--output", output);
        var scored = new CapturedStreams();
        Assert.Equal(0, scored.Run("score", tiny.Model, "--input", data, "--category", "stories"));
        // Rows prefer the first response; agreement given the category is how often score rewards it more.
        var rewards = scored.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("rewards")).ToList();
        Assert.Equal(25, rewards.Count);
        var right = rewards.Average(pair => pair[0].GetDouble() > pair[1].GetDouble() ? 1.0 : 0.0);
        Assert.Equal(right, report.GetProperty("agreementGivenCategory").GetDouble(), 1e-12);
        Assert.Equal(25, report.GetProperty("comparisons").GetInt32());
        Assert.Equal(2, report.GetProperty("interval").GetArrayLength());
        Assert.Equal(JsonValueKind.Number, report.GetProperty("router").GetProperty("accuracy").ValueKind);
        var lines = File.ReadLines(output).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(["id", "i", "j", "p", "rewards", "raw", "category", "right"], lines[0].EnumerateObject().Select(field => field.Name));
        Assert.Equal(report.GetProperty("agreement").GetDouble(), lines.Average(line => line.GetProperty("right").GetDouble()), 1e-12);
    }

    [Fact]
    public void Eval_LabelsTurnedAround_GiveOneMinus()
    {
        var (forth, back) = (Eval("--data", tiny.File([.. Rows(25)])), Eval("--data", tiny.File([.. Rows(25, swap: true)])));
        Assert.Equal(1 - forth.GetProperty("agreement").GetDouble(), back.GetProperty("agreement").GetDouble(), 1e-12);
        Assert.Equal(1 - forth.GetProperty("longerWins").GetDouble(), back.GetProperty("longerWins").GetDouble(), 1e-12);
    }

    [Fact]
    public void Eval_SeveralFiles_AreOneSet()
    {
        string[] rows = [.. Rows(30)];
        var whole = Eval("--data", tiny.File(rows));
        var parts = Eval("--data", tiny.File(rows[..7]), "--data", tiny.File(rows[7..]));
        Assert.Equal(whole.GetRawText(), parts.GetRawText());
        Assert.Equal(whole.GetRawText(), Eval("--data", tiny.File(rows[..7]), tiny.File(rows[7..])).GetRawText());
    }

    [Fact]
    public void Eval_Capabilities_AreJudgedByTheirExperts()
    {
        var report = Eval("--data", tiny.File(
            """{"category": "stories", "prompt": "p", "responses": [{"text": "one", "score": 2, "capabilities": {"style": 1, "plot": 2}}, {"text": "two", "score": 1, "capabilities": {"style": 2, "other": 1}}]}"""));
        var stories = report.GetProperty("categories").GetProperty("stories");
        Assert.Equal(["style"], stories.GetProperty("capabilities").EnumerateObject().Select(capability => capability.Name));
        var scored = new CapturedStreams();
        scored.Run("""{"category": "stories", "prompt": "p", "responses": ["one", "two"]}""", ["score", tiny.Model, "--explain"]);
        var style = JsonElement.Parse(scored.Out).GetProperty("capabilities").EnumerateArray().Select(response => response.GetProperty("style").GetProperty("reward").GetDouble()).ToArray();
        Assert.Equal(style[1] > style[0] ? 1 : 0, stories.GetProperty("capabilities").GetProperty("style").GetProperty("agreement").GetDouble());
    }

    [Fact]
    public void Eval_EveryFile_SaysOnStandardErrorHowItWasRead()
    {
        var (pairs, table) = (tiny.File([.. Rows(25)]), Path.Combine(tiny.Folder, "table.csv"));
        File.WriteAllText(table, "category,prompt,chosen,rejected\nstories,p,one,two\n");
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("eval", tiny.Model, "--data", pairs, table, "--json"));
        Assert.Contains($"{Path.GetFileName(pairs)}: 25 rows, format pairs (recognised)\ntable.csv: 1 row, format pairs (recognised)\n", streams.Error, StringComparison.Ordinal);
        Assert.Equal(26, JsonElement.Parse(streams.Out).GetProperty("comparisons").GetInt32());
    }

    [Fact]
    public void Eval_Html_ShowsTheFiguresOfTheJson()
    {
        var html = Path.Combine(tiny.Folder, "page.html");
        var data = tiny.File([.. Rows(25)]);
        var report = Eval("--data", data, "--html", html);
        var page = HtmlFile.Parse(File.ReadAllText(html));
        page.AssertSound();
        Assert.Equal($"tiny on {Path.GetFileName(data)}", page.Root.Descendants("h1").Single().Value);
        Assert.StartsWith(Percentage.Of(report.GetProperty("agreement").GetDouble()), page.Cell("Agreement in %", "all", "tiny"), StringComparison.Ordinal);
        Assert.Equal(Percentage.Of(report.GetProperty("calibration").GetProperty("after").GetProperty("ece").GetDouble()), page.Cell("Calibration before and after the temperature", "stories", "ECE in % after"));
        Assert.Equal($"{report.GetProperty("router").GetProperty("confusion").GetProperty("stories").GetProperty("answers").GetInt32()}", page.Cell("Prompts by own category and choice", "stories", "answers"));
        Assert.DoesNotContain("question 1", File.ReadAllText(html), StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_Table_IsPlainText()
    {
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("eval", tiny.Model, "--data", tiny.File([.. Rows(25)])));
        Assert.DoesNotContain('\u001b', streams.Out + streams.Error);
        Assert.Contains("\nstories ", streams.Out, StringComparison.Ordinal);
        Assert.Contains("router: right for", streams.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt": "p", "chosen": "a"}""", ", line 1: ")]
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": 5}""", ", line 1: field 'rejected'")]
    public void Eval_BadRow_SaysWhereAndLeavesNoFile(string row, string expected)
    {
        var (data, output) = (tiny.File(row), Path.Combine(tiny.Folder, $"{Guid.NewGuid():n}"));
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("eval", tiny.Model, "--data", data, "--output", output));
        Assert.Empty(streams.Out);
        Assert.Contains(data + expected, streams.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(tiny.Folder, Path.GetFileName(output) + "*"));
    }

    [Fact]
    public void Eval_UnitFieldMissing_NamesTheField()
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("eval", tiny.Model, "--data", tiny.File([.. Rows(2)]), "--resample-by", "topic"));
        Assert.Contains("field 'topic'", streams.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Rows(int count, bool swap = false) => Enumerable.Range(0, count).Select(k =>
    {
        var (first, second) = ($"answer {k * 7}", $"{(k % 3 == 0 ? "short" : "a longer answer")} {k}");
        return swap
            ? $$"""{"id": {{k}}, "category": "stories", "prompt": "question {{k}}", "chosen": "{{second}}", "rejected": "{{first}}"}"""
            : $$"""{"id": {{k}}, "category": "stories", "prompt": "question {{k}}", "chosen": "{{first}}", "rejected": "{{second}}"}""";
    });

    private JsonElement Eval(params string[] arguments)
    {
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run(["eval", tiny.Model, .. arguments, "--json"]));
        return JsonElement.Parse(streams.Out);
    }
}
