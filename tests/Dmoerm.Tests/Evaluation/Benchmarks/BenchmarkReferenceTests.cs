using System.Globalization;
using System.Text.Json;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Evaluation.Benchmarks.Rules;
using static Dmoerm.Tests.Evaluation.Benchmarks.BenchmarkReference;

namespace Dmoerm.Tests.Evaluation.Benchmarks;

/// <summary>The other benchmarks against their own code, where there is any.</summary>
public sealed class BenchmarkReferenceTests
{
    [Fact]
    public void RmBench_FilesPooledSafetyAndTotal_AreTheOriginals()
    {
        var expected = Expected("rm-bench");
        var rows = Rows("rm-bench").Select(row => (Domain: Text(row, "domain"), Item: Item(Text(row, "domain").Split('-')[0], Numbers(row.GetProperty("score_chosen")), Numbers(row.GetProperty("score_rejected"))))).ToArray();
        string[] names = ["hard_acc", "normal_acc", "easy_acc"];
        var compared = 0;
        foreach (var file in expected.GetProperty("each_file_alone").EnumerateObject())
        {
            var own = RmBench.Accuracies([.. rows.Where(row => row.Domain == file.Name).Select(row => row.Item)]);
            compared += AssertAll(file.Value, name => own[Array.IndexOf(names, name)]);
        }

        var report = KnownBenchmarks.Score("rm-bench", [.. rows.Select(row => row.Item)]);
        compared += AssertAll(expected.GetProperty("safety_pooled"), name => report.Figures[$"safety: {name.Split('_')[0]}"]);
        compared += AssertAll(expected.GetProperty("total"), name => name == "total_avg_acc" ? report.Score : report.Subsets.TryGetValue(name, out var domain) ? domain.Score : report.Figures[name.Split('_')[0]]);
        foreach (var domain in expected.GetProperty("matrix_per_domain").EnumerateObject())
        {
            var own = RmBench.Matrix([.. rows.Where(row => row.Item.Subset == domain.Name).Select(row => row.Item)]);
            double[] flat = [.. domain.Value.EnumerateArray().SelectMany(Numbers)];
            Assert.All(flat.Index(), cell => Assert.Equal(cell.Item, own[cell.Index / 3, cell.Index % 3], 1e-12));
            compared += flat.Length;
        }

        Assert.Equal(15 + 3 + 8 + 36, compared);
        Assert.Equal(5, report.NotNumbers);
    }

    [Fact]
    public void RmBench_ADomainMissing_HasNoScoreButItsSubsets()
    {
        var report = KnownBenchmarks.Score("rm-bench", [Item("chat", [1, 2, 3], [1, 2, 3])]);
        Assert.Null(report.Score);
        Assert.Null(report.Figures["easy"]);
        Assert.Equal((1.0, 0.0, 0.0), (report.Figures["chat: easy"], report.Figures["chat: normal"], report.Figures["chat: hard"]));
        Assert.Equal(1.0 / 3, report.Subsets["chat"].Score!.Value, 1e-12);
        Assert.Contains("math, code, safety not there", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void JudgeBench_OneOrderAndBoth_AreTheOriginals()
    {
        var expected = Expected("judgebench");
        var rows = Rows("judgebench", "reward_scores.jsonl");
        var report = KnownBenchmarks.Score("judgebench", [.. rows.Select(JudgePair)]);
        var compared = AssertAll(expected.GetProperty("reward_scores_one_order"), name => name == "overall" ? report.Score : report.Subsets[name].Score, unit: 100);
        compared += AssertShares("reward_scores_both_orders", rows, row =>
        {
            var (given, swapped) = (Numbers(row.GetProperty("first_call")), Numbers(row.GetProperty("swapped_call")));
            return JudgeBench.IsRight(Text(row, "label"), JudgeBench.Say(given[0], given[1]), JudgeBench.Say(swapped[1], swapped[0]));
        });
        var judges = Rows("judgebench", "judge_decisions.jsonl");
        compared += AssertShares("judge_decisions_both_orders", judges, row => JudgeBench.IsRight(Text(row, "label"), row.GetProperty("decision_first").GetString(), row.GetProperty("decision_swapped").GetString()));
        compared += AssertShares("judge_decisions_one_order_without_the_missing", [.. judges.Where(row => row.GetProperty("decision_first").ValueKind != JsonValueKind.Null)], row => Text(row, "decision_first") == Text(row, "label"));
        Assert.Equal(20, compared);

        int AssertShares(string name, JsonElement[] of, Func<JsonElement, bool> isRight) => AssertAll(
            expected.GetProperty(name),
            source => of.Where(row => source == "overall" || Text(row, "source").StartsWith(source, StringComparison.Ordinal)).Average(row => isRight(row) ? 1.0 : 0),
            unit: 100);
    }

    [Fact]
    public void JudgeBench_ModelThatAnswersAlikeInBothOrders_IsRightOnlyAbove()
    {
        var report = KnownBenchmarks.Score("judgebench", [Item("mmlu-pro", [2], [1]), Item("mmlu-pro", [1], [1], rightFirst: false), Item("mmlu-pro", [1], [1]), Item("mmlu-pro", [double.NaN], [1], rightFirst: false), Item("mmlu-pro", [1], [2], rightFirst: false)]);
        Assert.Equal(3.0 / 5, report.Score!.Value, 1e-12);
        Assert.Equal(1.0 / 5, report.Figures["both orders"]!.Value, 1e-12);
        Assert.Equal((2, 1), (report.RewardTies, report.NotNumbers));
    }

    [Fact]
    public void LlmBar_RatingsAndComparisons_AreTheOriginals()
    {
        var expected = Expected("llmbar");
        var rows = Rows("llmbar");
        var report = KnownBenchmarks.Score("llmbar", [.. rows.Select(row => RatedPair(row))]);
        Assert.Equal(5, AssertAll(expected.GetProperty("rating_correct_average_percent"), name => report.Subsets[name].Score, unit: 100));
        Assert.Equal(expected.GetProperty("own_arithmetic_adversarial_mean_of_four_percent").GetDouble() / 100, report.Figures["Adversarial"]!.Value, 1e-12);
        Assert.Equal(report.Subsets.Values.Sum(subset => subset.Items * subset.Score!.Value) / rows.Length, report.Score!.Value, 1e-12);
        AssertOrders("rating", row => LlmBar.Said(Number(row, "score_1"), Number(row, "score_2")));
        // With the outputs swapped, the first one shown, a, is output 2.
        AssertOrders("comparison", row => (row.GetProperty("choice").GetString() switch { "a" => 1, "b" => 2, _ => null }, row.GetProperty("choice_swapped").GetString() switch { "a" => 2, "b" => 1, _ => null }));

        void AssertOrders(string kind, Func<JsonElement, (int? Given, int? Swapped)> said)
        {
            foreach (var subset in expected.GetProperty(kind).EnumerateObject())
            {
                var verdicts = rows.Where(row => Text(row, "subset") == subset.Name).Select(row => (Label: row.GetProperty("label").GetInt32(), Said: said(row))).ToArray();
                AssertPercent(subset.Value, "correct_False", verdicts.Average(verdict => verdict.Said.Given == verdict.Label ? 1.0 : 0));
                AssertPercent(subset.Value, "correct_True", verdicts.Average(verdict => verdict.Said.Swapped == verdict.Label ? 1.0 : 0));
                AssertPercent(subset.Value, "correct_both", verdicts.Average(verdict => verdict.Said.Given == verdict.Label && verdict.Said.Swapped == verdict.Label ? 1.0 : 0));
                AssertPercent(subset.Value, "equal", verdicts.Average(verdict => verdict.Said.Given == verdict.Said.Swapped ? 1.0 : 0));
                AssertPercent(subset.Value, "correct_average", verdicts.Average(verdict => LlmBar.Share(verdict.Label, verdict.Said.Given, verdict.Said.Swapped)));
            }
        }
    }

    [Fact]
    public void ContrastInstructions_BothCounts_AreTheOriginals()
    {
        var compared = 0;
        var rows = Rows("contrast-instructions");
        foreach (var set in Expected("contrast-instructions").EnumerateObject())
        {
            var report = KnownBenchmarks.Score("contrast-instructions", [.. rows.Where(row => set.Name == "all" || Text(row, "subset") == set.Name).SelectMany(Contrast)]);
            compared += AssertAll(set.Value, name => report.Figures[name.Replace("own_arithmetic_", "", StringComparison.Ordinal).Replace("_ties_half", ", ties one half", StringComparison.Ordinal)]);
            Assert.Equal((report.Figures["C_res"] + report.Figures["C_ins"]) / 2, report.Score);
            if (set.Name != "all")
            {
                Assert.Equal((report.Figures["C_res"], report.Figures["C_ins"]), (report.Subsets[$"{set.Name}: C_res"].Score, report.Subsets[$"{set.Name}: C_ins"].Score));
            }
        }

        Assert.Equal(20, compared);
    }

    [Fact]
    public void Rmb_FilesGoalsAndAll_AreTheReferences()
    {
        var expected = Expected("rmb");
        BenchmarkItem<double>[] items =
        [
            .. Rows("rmb", "pairs.jsonl").Select(row => Item(Scenario(row), [Number(row, "chosen_reward")], [Number(row, "reject_reward")], "pairwise")),
            .. Rows("rmb", "best_of_n.jsonl").Select(row => Item(Scenario(row), [Number(row, "best_reward")], Numbers(row.GetProperty("loser_rewards")), "best_of_n")),
        ];
        var report = KnownBenchmarks.Score("rmb", items);
        var compared = 0;
        foreach (var kind in (string[])["pairwise", "best_of_n"])
        {
            var of = expected.GetProperty(kind);
            compared += AssertAll(of.GetProperty("per_file"), name => report.Subsets[$"{kind}: {name}"].Score);
            compared += AssertAll(of.GetProperty("per_goal_pooled"), name => report.Figures[$"{kind}, {name}"]);
            Assert.Equal(of.GetProperty("all_pooled").GetDouble(), report.Figures[kind]!.Value, 1e-12);
            Assert.Equal(of.GetProperty("per_file").EnumerateObject().Average(file => file.Value.GetDouble()), report.Figures[$"{kind}, mean of files"]!.Value, 1e-12);
        }

        Assert.Equal(14, compared);
        Assert.Equal((report.Figures["pairwise"] + report.Figures["best_of_n"]) / 2, report.Score);
        var pairs = KnownBenchmarks.Score("rmb", [.. items.Where(item => item.Part == "pairwise")]);
        Assert.Equal(report.Figures["pairwise"], pairs.Score);
        Assert.Contains("best_of_n", Assert.Single(pairs.Notes), StringComparison.Ordinal);

        static string Scenario(JsonElement row) => string.Join('/', Text(row, "category_path").Split('/')[1..]);
    }

    [Fact]
    public void HumanMajority_TiesOfPeopleAndOfRewards_AreCountedApart()
    {
        // Right, half, wrong, not a number; two on which people did not agree.
        var report = KnownBenchmarks.Score(
            "auto-j", [Item("a", [2], [1]), Item("a", [1], [1]), Item("b", [1], [2]), Item("b", [double.NaN], [2]), Item("b", [1], [2]) with { IsLabelTie = true }, Item("c", [], []) with { IsLabelTie = true }]);
        Assert.Equal((1.5 / 4, 4, 2, 1, 1), (report.Score, report.Items, report.LabelTies, report.RewardTies, report.NotNumbers));
        Assert.Equal([("a", 0.75), ("b", 0.0)], report.Subsets.Select(subset => (subset.Key, subset.Value.Score!.Value)));
    }

    [Fact]
    public void EveryBenchmark_WithoutItems_HasNoScore() => Assert.All(KnownBenchmarks.Names, name =>
    {
        var report = KnownBenchmarks.Score(name, []);
        Assert.Null(report.Score);
        Assert.Equal((0, 0), (report.Items, report.Subsets.Count));
    });

    private static BenchmarkItem<double> JudgePair(JsonElement row)
    {
        var (scores, source) = (Numbers(row.GetProperty("first_call")), Text(row, "source"));
        var prefix = new[] { "mmlu-pro", "livebench-reasoning", "livebench-math", "livecodebench" }.Single(known => source.StartsWith(known, StringComparison.Ordinal));
        return Text(row, "label") == "A>B" ? Item(prefix, [scores[0]], [scores[1]]) : Item(prefix, [scores[1]], [scores[0]], rightFirst: false);
    }

    private static BenchmarkItem<double> RatedPair(JsonElement row)
    {
        double first = Number(row, "score_1"), second = Number(row, "score_2");
        return row.GetProperty("label").GetInt32() == 1 ? Item(Text(row, "subset"), [first], [second]) : Item(Text(row, "subset"), [second], [first], rightFirst: false);
    }

    private static BenchmarkItem<double>[] Contrast(JsonElement row) =>
    [
        Item(Text(row, "subset"), [Number(row, "R(I,r)")], [Number(row, "R(I,r')")], "C_res"),
        Item(Text(row, "subset"), [Number(row, "R(I,r)")], [Number(row, "R(I',r)")], "C_ins"),
    ];

    // "5 / 12 = 41.66666666666667%", or the percentage alone.
    private static void AssertPercent(JsonElement subset, string field, double share) =>
        Assert.Equal(double.Parse(Text(subset, field).Split(' ')[^1].TrimEnd('%'), CultureInfo.InvariantCulture), 100 * share, 1e-12);
}
