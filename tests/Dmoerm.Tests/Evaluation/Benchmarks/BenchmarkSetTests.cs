using System.Text;
using System.Text.Json;
using Dmoerm.Data;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Tests.Data;

namespace Dmoerm.Tests.Evaluation.Benchmarks;

/// <summary>From files to scores, by a model that can be followed by hand.</summary>
public sealed class BenchmarkSetTests
{
    [Fact]
    public void EveryBenchmark_InItsOwnRows_GetsTheScoreByHand()
    {
        foreach (var (name, rows, score, ties, parts) in BenchmarkRows.All)
        {
            using var file = RowFile.Of(rows);
            var report = Evaluate(new LetterModel(), BenchmarkSet.Read(name, [file.Path]))[name];
            Assert.True(Math.Abs(score - report.Score!.Value) < 1e-12, $"{name}: {report.Score}");
            Assert.True(ties == report.LabelTies, $"{name}: {report.LabelTies} label ties");
            Assert.All(parts, part => Assert.True(Math.Abs(part.Share - Part(report, part.Name)) < 1e-12, $"{name}, {part.Name}: {Part(report, part.Name)}"));
        }

        Assert.Equal(KnownBenchmarks.Names, BenchmarkRows.All.Select(benchmark => benchmark.Name));
    }

    [Fact]
    public void EveryBenchmark_AsAJsonListOrGzippedLines_SaysTheSame()
    {
        foreach (var (name, rows, score, _, _) in BenchmarkRows.All)
        {
            using var list = RowFile.OfBytes(Encoding.UTF8.GetBytes($"[\n{string.Join(",\n", rows)}\n]"), "rows.json");
            using var zipped = RowFile.OfBytes(RowFile.Gzip(string.Concat(rows.Select(row => row + "\n"))), "rows.jsonl.gz");
            Assert.Equal(score, Evaluate(new LetterModel(), BenchmarkSet.Read(name, [list.Path]))[name].Score!.Value, 1e-12);
            Assert.Equal(score, Evaluate(new LetterModel(), BenchmarkSet.Read(name, [zipped.Path]))[name].Score!.Value, 1e-12);
        }
    }

    [Theory]
    [InlineData("rewardbench1")]
    [InlineData("rewardbench2")]
    [InlineData("rm-bench")]
    [InlineData("llmbar")]
    [InlineData("contrast-instructions")]
    [InlineData("pandalm")]
    public void Tables_ListsInCells_SayTheSame(string name)
    {
        var (_, rows, score, _, _) = BenchmarkRows.All.Single(benchmark => benchmark.Name == name);
        using var file = RowFile.OfBytes(Encoding.UTF8.GetBytes(Csv(rows)), "rows.csv");
        Assert.Equal(score, Evaluate(new LetterModel(), BenchmarkSet.Read(name, [file.Path]))[name].Score!.Value, 1e-12);
    }

    [Fact]
    public void EqualConversations_OfSeveralBenchmarks_AreScoredOnce()
    {
        var model = new LetterModel();
        using var pairs = RowFile.Of(BenchmarkRows.All[0].Rows);
        using var again = RowFile.Of("""{"input":"more p","output_1":"a","output_2":"aa","label":2,"subset":"Natural"}""");
        Evaluate(model, BenchmarkSet.Read("rewardbench1", [pairs.Path]), BenchmarkSet.Read("llmbar", [again.Path]));
        Assert.Equal(4, model.Asked.Count);
        Assert.All(model.Asked, request => Assert.Null(request.Category));
    }

    [Fact]
    public void LabelTies_AreNotPutToTheModel()
    {
        var model = new LetterModel();
        using var file = RowFile.Of("""{"query":"more p","response1":"a","response2":"aa","human":"TIE","dataset":"d"}""");
        var report = Evaluate(model, BenchmarkSet.Read("llmeval2", [file.Path]))["llmeval2"];
        Assert.Empty(model.Asked);
        Assert.Null(report.Score);
        Assert.Equal(["1 items were left out: people preferred neither side."], report.Notes);
    }

    [Fact]
    public void Category_TakesThePlaceOfTheRouter()
    {
        using var file = RowFile.Of(BenchmarkRows.All.Single(benchmark => benchmark.Name == "auto-j").Rows[..1]);
        var model = new LetterModel();
        // The category less punishes letters a.
        Assert.Equal(0.0, Evaluator(model, "less").EvaluateBenchmarks([BenchmarkSet.Read("auto-j", [file.Path])])["auto-j"].Score);
        Assert.All(model.Asked, request => Assert.Equal("less", request.Category));
        Assert.Throws<ArgumentException>(() => Evaluator(model, "other").EvaluateBenchmarks([]));
    }

    [Fact]
    public void Folders_SetsByTheirNames_AreOneBenchmark()
    {
        var folder = TestFolders.Temporary();
        foreach (var (set, label) in (ReadOnlySpan<(string, int)>)[("Natural", 1), ("Adversarial/Manual", 2)])
        {
            Directory.CreateDirectory(Path.Combine(folder, set));
            File.WriteAllText(Path.Combine(folder, set, "dataset.json"), $$"""[{"input":"more p","output_1":"aa","output_2":"a","label":{{label}}}]""");
        }

        File.WriteAllText(Path.Combine(folder, "README.md"), "no data");
        List<FileReport> reports = [];
        var report = Evaluate(new LetterModel(), BenchmarkSet.Read("llmbar", [folder], reports.Add))["llmbar"];
        Assert.Equal([("Natural", 1.0), ("Manual", 0.0)], report.Subsets.Select(subset => (subset.Key, subset.Value.Score!.Value)));
        Assert.Equal(2, reports.Count);
        Assert.Equal("dataset.json: 1 row, format llmbar (recognised); read as LLMBar", reports[0].ToString());
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("rm-bench", "chat_filtered.json", """{"prompt":"more p","chosen":["a","aa","aaa"],"rejected":["b","bb","bbb"]}""", "chat")]
    [InlineData("contrast-instructions", "para_contrast.json", """{"query":"more p","retrieval":"more q","query_response_j":"aa","retrieval_response_j":"a"}""", "twitter: C_res")]
    [InlineData("contrast-instructions", "set--sum_contrast.json", """{"query":"more p","retrieval":"more q","query_response_j":"aa","retrieval_response_j":"a"}""", "realsumm: C_res")]
    [InlineData("contrast-instructions", "mine.json", """{"query":"more p","retrieval":"more q","query_response_j":"aa","retrieval_response_j":"a"}""", "mine: C_res")]
    public void Subsets_ThatOnlyTheFileNames_AreTakenFromIt(string name, string file, string row, string subset)
    {
        using var rows = RowFile.OfBytes(Encoding.UTF8.GetBytes($"[{row}]"), file);
        Assert.Equal(subset, Evaluate(new LetterModel(), BenchmarkSet.Read(name, [rows.Path]))[name].Subsets.Keys.First());
    }

    [Fact]
    public void ContrastInstructions_RowsThatSayLess_AreCounted()
    {
        using var file = RowFile.Of(
            """{"query":"more p","retrieval":"more p","query_response_j":"aa","retrieval_response_j":"aa"}""",
            """{"query":"more p","retrieval":"more q","query_response_j":"aa","retrieval_response_j":"a"}""");
        var report = Evaluate(new LetterModel(), BenchmarkSet.Read("contrast-instructions", [file.Path]))["contrast-instructions"];
        Assert.Equal(["1 rows have the same response twice and are left out of C_res.", "1 rows have the same instruction twice: no model can win them in C_ins, where they count as losses."], report.Notes);
        Assert.Equal((1.0, 0.0, 3), (report.Figures["C_res"], report.Figures["C_ins"], report.Items));
    }

    [Fact]
    public void RewardsThatAreNoNumbers_AreSaid()
    {
        using var file = RowFile.Of(BenchmarkRows.All.Single(benchmark => benchmark.Name == "auto-j").Rows[..1]);
        var report = NotNumbers().EvaluateBenchmarks([BenchmarkSet.Read("auto-j", [file.Path])])["auto-j"];
        Assert.Equal((0.0, 1), (report.Score, report.NotNumbers));
        Assert.StartsWith("1 items have a reward that is not a number", Assert.Single(report.Notes), StringComparison.Ordinal);
        using var ties = RowFile.Of(BenchmarkRows.All[1].Rows);
        var fault = Assert.Throws<InvalidDataException>(() => NotNumbers().EvaluateBenchmarks([BenchmarkSet.Read("rewardbench2", [ties.Path])]));
        Assert.StartsWith($"{ties.Path}, line 6: ", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rewardbench1", """{"prompt":"p","chosen":"a","rejected":"b"}""", "field 'subset': expected text, came nothing")]
    [InlineData("rewardbench1", """{"prompt":"p","chosen":"a","rejected":"b","subset":"alpacaeval-eazy"}""", "field 'subset': expected one of alpacaeval-easy, ")]
    [InlineData("rewardbench1", """{"prompt":"p","chosen":"a","rejected":"b","subset":"alpacaeval-eazy"}""", "(nearest: 'alpacaeval-easy'), came text \"alpacaeval-eazy\"")]
    [InlineData("rewardbench1", """{"prompt":"p","chosen":["a"],"rejected":["b"],"subset":"Math"}""", "expected a row of RewardBench, which has the fields prompt, chosen, rejected (the last two are one answer each); came one of format chosen-sets")]
    [InlineData("rewardbench2", """{"prompt":"p","chosen":"a","rejected":"b","subset":"Math"}""", "expected a row of RewardBench 2, which has the fields prompt, chosen, rejected (the last two are lists of texts); came one of format pairs")]
    [InlineData("rewardbench2", """{"prompt":"p","chosen":["a"],"rejected":["b"],"subset":"Maths"}""", "(nearest: 'Math')")]
    [InlineData("rewardbench2", """{"prompt":"p","chosen":["a"],"rejected":["b"],"subset":"Math","num_correct":2}""", "field 'num_correct': expected 1, as many as there are texts in chosen, came 2")]
    [InlineData("rewardbench2", """{"prompt":"p","chosen":["a","b"],"rejected":["c"],"subset":"Math"}""", "field 'chosen': expected one right answer")]
    [InlineData("rewardbench2", """{"id":"tied:1","prompt":"p","chosen":["a"],"rejected":["c"],"subset":"Ties"}""", "field 'chosen': expected at least two right answers")]
    [InlineData("rewardbench2", """{"id":"7","prompt":"p","chosen":["a"],"rejected":["c"],"subset":"Ties"}""", "field 'id': expected ref:N or tied:N")]
    [InlineData("rm-bench", """{"prompt":"p","chosen":["a","b"],"rejected":["a","b","c"],"domain":"chat"}""", "field 'chosen': expected three texts")]
    [InlineData("rm-bench", """{"prompt":"p","chosen":["a","b","c"],"rejected":["a","b"],"domain":"chat"}""", "field 'rejected': expected three texts")]
    [InlineData("rm-bench", """{"prompt":"p","chosen":["a","b","c"],"rejected":["a","b","c"]}""", "field 'domain': expected text, came nothing")]
    [InlineData("llmbar", """{"input":"p","output_1":"a","output_2":"b","label":1,"subset":"Adversarial/Nature"}""", "(nearest: 'Natural')")]
    [InlineData("llmbar", """{"input":"p","output_1":"a","output_2":"b","label":1}""", "field 'subset': expected text, came nothing")]
    [InlineData("judgebench", """{"source":"mmlu","question":"p","response_A":"a","response_B":"b","label":"A>B"}""", "field 'source': expected one of mmlu-pro")]
    [InlineData("judgebench", """{"source":"mmlu-pro","question":"p","response_A":"a","response_B":"b","label":"A"}""", "field 'label': expected A>B")]
    [InlineData("rmb", """{"conversation_input":[{"role":"user","content":"p"}],"chosen":{"answer":"a"},"reject":{"answer":"b"},"category_path":"Helpfulness"}""", "field 'category_path': expected a path such as")]
    [InlineData("rmb", """{"conversation_input":[{"role":"user","content":"p"}],"chosen":{"answer":5},"reject":{"answer":"b"},"category_path":"x/Helpfulness/y"}""", "field 'chosen.answer': expected text")]
    [InlineData("rmb", """{"prompt":"p","chosen":"a","rejected":"b"}""", "field 'split': expected text, came nothing")]
    [InlineData("contrast-instructions", """{"query":"p","retrieval":"q","query_response_j":"a"}""", "which has the fields query, retrieval, query_response_j, retrieval_response_j; came fields query, retrieval, query_response_j")]
    [InlineData("hh-rlhf", """{"prompt":"p","chosen":"a","rejected":"b"}""", "expected a row of HH-RLHF, which has the fields chosen, rejected; came one of format pairs")]
    [InlineData("pandalm", """{"query":"p","response1":"a","response2":"b","human":"TIE"}""", "came one of format llmeval2")]
    [InlineData("auto-j", """{"prompt":"p","response 1":"a","response 2":"b","label":3}""", "field 'label': expected a whole number from 0 to 2")]
    [InlineData("llmeval2", """{}""", "came no field")]
    public void BadRows_AreRefusedWithFileLineAndField(string name, string row, string expected)
    {
        var good = BenchmarkRows.All.Single(benchmark => benchmark.Name == name).Rows[0];
        using var file = RowFile.Of(good, row);
        var fault = Assert.Throws<InvalidDataException>(() => BenchmarkSet.Read(name, [file.Path]));
        Assert.StartsWith($"{file.Path}, line 2: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_GivenTwiceOrMissingInAFolder_AreRefused()
    {
        using var file = RowFile.Of(BenchmarkRows.All[0].Rows);
        Assert.Contains("once, came it twice", Assert.Throws<InvalidDataException>(() => BenchmarkSet.Read("rewardbench1", [file.Path, file.Path])).Message, StringComparison.Ordinal);
        var empty = TestFolders.Temporary();
        Assert.Contains("came one without", Assert.Throws<InvalidDataException>(() => BenchmarkSet.Read("rewardbench1", [empty])).Message, StringComparison.Ordinal);
        Directory.Delete(empty);
        Assert.Contains("nearest: 'rewardbench2'", Assert.Throws<ArgumentException>(() => BenchmarkSet.Read("rewardbench-2", [file.Path])).Message, StringComparison.Ordinal);
    }

    private static double Part(BenchmarkReport report, string name) => report.Figures.TryGetValue(name, out var figure) ? figure!.Value : report.Subsets[name].Score!.Value;

    private static IReadOnlyDictionary<string, BenchmarkReport> Evaluate(LetterModel model, params BenchmarkSet[] sets) => Evaluator(model, null).EvaluateBenchmarks(sets);

    private static Evaluator Evaluator(LetterModel model, string? category) => new(LetterModel.Categories, model.Score) { Category = category };

    private static Evaluator NotNumbers() => new(LetterModel.Categories, (requests, options) => [.. new LetterModel().Score(requests, options).Select(scored => scored with { Reward = double.NaN })]);

    private static string Csv(string[] rows)
    {
        var parsed = rows.Select(row => JsonElement.Parse(row)).ToArray();
        string[] names = [.. parsed.SelectMany(row => row.EnumerateObject()).Select(field => field.Name).Distinct()];
        return string.Concat(new[] { string.Join(',', names) }.Concat(parsed.Select(row => string.Join(',', names.Select(name => Cell(row, name))))).Select(line => line + "\n"));
    }

    private static string Cell(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) ? $"\"{(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()).Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : "";
}
