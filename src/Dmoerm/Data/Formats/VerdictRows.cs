using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Formats;

/// <summary>Rows of judges' benchmarks: two answers (or four) and people's verdict between them.</summary>
internal static class VerdictRows
{
    /// <summary><c>llmbar</c>: label 1 or 2 is the better output. Source: LLMBar's README.</summary>
    public static RowContent LlmBar(RowFields row) => Two(row, row.Text("input"), "output_1", "output_2", row.Choice("label", 1, 2) == 1 ? 1 : 0);

    /// <summary><c>judgebench</c>: label <c>A&gt;B</c> or <c>B&gt;A</c>. Source: JudgeBench's README.</summary>
    public static RowContent JudgeBench(RowFields row) => Two(row, row.Text("question"), "response_A", "response_B", row.Text("label") switch
    {
        "A>B" => 1,
        "B>A" => 0,
        "A=B" or "B=A" => 0.5,
        _ => throw row.Fault("label", "A>B, B>A or A=B", row.Find("label")),
    });

    /// <summary><c>llmeval2</c>: <c>human</c> is <c>model1</c>, <c>model2</c> or <c>TIE</c>. Source: the rows.</summary>
    public static RowContent LlmEval2(RowFields row) => Two(row, row.Text("query"), "response1", "response2", row.Text("human").ToUpperInvariant() switch
    {
        "MODEL1" => 1,
        "MODEL2" => 0,
        "TIE" => 0.5,
        _ => throw row.Fault("human", "model1, model2 or TIE", row.Find("human")),
    });

    /// <summary><c>auto-j</c>: label 0 is the first response, 1 the second, 2 a tie. Source: the rows, and how its evaluation code turns labels round with the responses.</summary>
    public static RowContent AutoJ(RowFields row) => Two(row, row.Text("prompt"), "response 1", "response 2", row.Choice("label", 0, 2) switch { 0 => 1, 1 => 0, _ => 0.5 });

    /// <summary><c>pandalm</c>: three annotators, 1 or 2 for the better response, 0 for neither, which counts half for each. Source: PandaLM's README.</summary>
    public static RowContent PandaLm(RowFields row)
    {
        var votes = Enumerable.Range(1, 3).Select(annotator => row.Choice($"annotator{annotator}", 0, 2)).ToList();
        return Two(row, row.Task("instruction", "input"), "response1", "response2", votes.Sum(vote => vote switch { 1 => 1, 2 => 0, _ => 0.5 }) / votes.Count);
    }

    /// <summary><c>finegrained-rlhf</c>: six verdicts between four predictions (1 and 2, 1 and 3, 1 and 4, 2 and 3, 2 and 4, 3 and 4), 1 for the first, 2 for the second, 0 for neither.</summary>
    /// <remarks>The question and the passages that the answers rest on are the prompt. Source: README of the set's data folder.</remarks>
    public static RowContent FineGrained(RowFields row)
    {
        List<Response> responses = [.. Enumerable.Range(1, 4).Select(number => Response.FromText(row.Text($"prediction {number}")))];
        var verdicts = row.Numbers("preference");
        if (verdicts.Count != 6 || verdicts.Exists(verdict => verdict is not (0 or 1 or 2)))
        {
            throw row.Fault("preference", "six verdicts, each 0, 1 or 2", row.Find("preference"));
        }

        var pairs = from i in Enumerable.Range(0, 4) from j in Enumerable.Range(i + 1, 3 - i) select (I: i, J: j);
        var passages = row.Find("passages") is null ? [] : row.Lists("passages").Select(passage => string.Join(' ', passage));
        return new(
            [Message.User(string.Join("\n\n", [row.Text("question"), .. passages]))],
            responses,
            [.. pairs.Zip(verdicts, (pair, verdict) => new Comparison(pair.I, pair.J, verdict switch { 1 => 1, 2 => 0, _ => 0.5 }))]);
    }

    private static RowContent Two(RowFields row, string prompt, string first, string second, double p) =>
        new([Message.User(prompt)], [Response.FromText(row.Text(first)), Response.FromText(row.Text(second))], [new Comparison(0, 1, p)]);
}
