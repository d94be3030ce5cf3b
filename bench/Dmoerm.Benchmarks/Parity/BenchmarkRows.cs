using System.Text.Json;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Evaluation.Benchmarks.Rules;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Given rewards, scored by each benchmark's rule here and by its own code.</summary>
internal static class BenchmarkRows
{
    private const double Tolerance = 1e-12;

    private static readonly string[] JudgeSources = ["mmlu-pro", "livebench-reasoning", "livebench-math", "livecodebench"];

    /// <summary>A row per benchmark.</summary>
    public static IEnumerable<ParityRow> All() => [First(), Second(), RewardModelBench(), Judge(), Llm(), Contrast(), Rmb()];

    private static ParityRow First()
    {
        var (expected, differences) = (Expected("rewardbench1"), new Differences(Tolerance));
        var (core, prior) = (Pairs("predictions.jsonl"), Pairs("prior_sets.jsonl"));
        var (plain, with) = (KnownBenchmarks.Score("rewardbench1", core), KnownBenchmarks.Score("rewardbench1", [.. core, .. prior]));
        AddAll(differences, expected.GetProperty("accuracy_per_subset"), name => plain.Subsets[name].Score);
        AddAll(differences, expected.GetProperty("accuracy_per_prior_set"), name => with.Subsets[name].Score);
        AddAll(differences, expected.GetProperty("sections"), name => plain.Figures[name]);
        differences.Add(plain.Score, expected.GetProperty("mean_of_four_sections").GetDouble());
        AddAll(differences, expected.GetProperty("leaderboard_without_prior_sets"), name => Leaderboard(plain, name));
        AddAll(differences, expected.GetProperty("leaderboard_with_prior_sets"), name => Leaderboard(with, name));
        return differences.Row("benchmark RewardBench", "subsets, prior sets, sections, averages");

        static BenchmarkItem<double>[] Pairs(string file) => [.. Rows("rewardbench1", file).Select(row => Item(Text(row, "subset"), [Number(row, "score_chosen")], [Number(row, "score_rejected")]))];
        static double? Leaderboard(BenchmarkReport report, string name) => name == "average" ? report.Score : report.Figures.GetValueOrDefault(name.StartsWith("Prior Sets", StringComparison.Ordinal) ? "Prior Sets" : name);
    }

    private static ParityRow Second()
    {
        var (expected, differences) = (Expected("rewardbench2"), new Differences(Tolerance));
        BenchmarkItem<double>[] items = [.. Rows("rewardbench2").Select(Sets)];
        var report = KnownBenchmarks.Score("rewardbench2", items);
        AddAll(differences, expected.GetProperty("per_subset"), name => report.Subsets[name].Score);
        differences.Add(report.Score, expected.GetProperty("mean_of_six").GetDouble());
        AddAll(differences, expected.GetProperty("credit_of_each_non_ties_row"), id => RewardBench2.Credit(items.Single(item => item.Id == id && item.Subset != "Ties")));
        var (parts, terms) = (expected.GetProperty("ties_parts"), TiesTerms.Of([.. items.Where(item => item.Subset == "Ties")]));
        double?[] own = [terms.PromptsInBoth, terms.TiedAccuracy, terms.RefAccuracy, terms.GapAboveSpread, terms.SmallerGapAboveSpread, terms.TanhTerm, terms.Total];
        var names = parts.EnumerateObject().Select(part => part.Name).ToList();
        AddAll(differences, parts, name => own[names.IndexOf(name)]);
        return differences.Row("benchmark RewardBench 2", "subsets, mean, credit of each row, the terms of Ties");

        static BenchmarkItem<double> Sets(JsonElement row)
        {
            var (scores, right) = (Numbers(row.GetProperty("scores")), row.GetProperty("num_correct").GetInt32());
            return Item(Text(row, "subset"), scores[..right], scores[right..]) with { Id = Text(row, "id") };
        }
    }

    private static ParityRow RewardModelBench()
    {
        var (expected, differences) = (Expected("rm-bench"), new Differences(Tolerance));
        BenchmarkItem<double>[] items = [.. Rows("rm-bench").Select(row => Item(Text(row, "domain").Split('-')[0], Numbers(row.GetProperty("score_chosen")), Numbers(row.GetProperty("score_rejected"))))];
        var report = KnownBenchmarks.Score("rm-bench", items);
        AddAll(differences, expected.GetProperty("safety_pooled"), name => report.Figures[$"safety: {name.Split('_')[0]}"]);
        AddAll(differences, expected.GetProperty("total"), name => name == "total_avg_acc" ? report.Score : report.Subsets.TryGetValue(name, out var domain) ? domain.Score : report.Figures[name.Split('_')[0]]);
        foreach (var domain in expected.GetProperty("matrix_per_domain").EnumerateObject())
        {
            var own = RmBench.Matrix([.. items.Where(item => item.Subset == domain.Name)]);
            differences.AddAll([.. own.Cast<double>()], [.. domain.Value.EnumerateArray().SelectMany(Numbers)]);
        }

        return differences.Row("benchmark RM-Bench", "domains, difficulties, matrices, total");
    }

    private static ParityRow Judge()
    {
        var (expected, differences) = (Expected("judgebench"), new Differences(Tolerance));
        var report = KnownBenchmarks.Score("judgebench", [.. Rows("judgebench", "reward_scores.jsonl").Select(Pair)]);
        AddAll(differences, expected.GetProperty("reward_scores_one_order"), name => name == "overall" ? report.Score : report.Subsets[name].Score, unit: 100);
        return differences.Row("benchmark JudgeBench", "sources, overall, of rewards in one order");

        static BenchmarkItem<double> Pair(JsonElement row)
        {
            var (scores, source) = (Numbers(row.GetProperty("first_call")), JudgeSources.Single(known => Text(row, "source").StartsWith(known, StringComparison.Ordinal)));
            return Text(row, "label") == "A>B" ? Item(source, [scores[0]], [scores[1]]) : Item(source, [scores[1]], [scores[0]]) with { RightFirst = false };
        }
    }

    private static ParityRow Llm()
    {
        var (expected, differences) = (Expected("llmbar"), new Differences(Tolerance));
        var report = KnownBenchmarks.Score("llmbar", [.. Rows("llmbar").Select(Pair)]);
        AddAll(differences, expected.GetProperty("rating_correct_average_percent"), name => report.Subsets[name].Score, unit: 100);
        differences.Add(report.Figures["Adversarial"], expected.GetProperty("own_arithmetic_adversarial_mean_of_four_percent").GetDouble() / 100);
        return differences.Row("benchmark LLMBar", "sets, mean of the adversarial ones");

        static BenchmarkItem<double> Pair(JsonElement row)
        {
            double first = Number(row, "score_1"), second = Number(row, "score_2");
            return row.GetProperty("label").GetInt32() == 1 ? Item(Text(row, "subset"), [first], [second]) : Item(Text(row, "subset"), [second], [first]) with { RightFirst = false };
        }
    }

    private static ParityRow Contrast()
    {
        var (rows, differences) = (Rows("contrast-instructions"), new Differences(Tolerance));
        foreach (var set in Expected("contrast-instructions").EnumerateObject())
        {
            var report = KnownBenchmarks.Score("contrast-instructions", [.. rows.Where(row => set.Name == "all" || Text(row, "subset") == set.Name).SelectMany(Both)]);
            AddAll(differences, set.Value, name => report.Figures[name.Replace("own_arithmetic_", "", StringComparison.Ordinal).Replace("_ties_half", ", ties one half", StringComparison.Ordinal)]);
        }

        return differences.Row("benchmark Contrast Instructions", "C_res and C_ins, also with ties as one half");

        static BenchmarkItem<double>[] Both(JsonElement row) =>
        [
            Item(Text(row, "subset"), [Number(row, "R(I,r)")], [Number(row, "R(I,r')")], "C_res"),
            Item(Text(row, "subset"), [Number(row, "R(I,r)")], [Number(row, "R(I',r)")], "C_ins"),
        ];
    }

    private static ParityRow Rmb()
    {
        var (expected, differences) = (Expected("rmb"), new Differences(Tolerance));
        var report = KnownBenchmarks.Score("rmb",
        [
            .. Rows("rmb", "pairs.jsonl").Select(row => Item(Scenario(row), [Number(row, "chosen_reward")], [Number(row, "reject_reward")], "pairwise")),
            .. Rows("rmb", "best_of_n.jsonl").Select(row => Item(Scenario(row), [Number(row, "best_reward")], Numbers(row.GetProperty("loser_rewards")), "best_of_n")),
        ]);
        foreach (var kind in (string[])["pairwise", "best_of_n"])
        {
            var of = expected.GetProperty(kind);
            AddAll(differences, of.GetProperty("per_file"), name => report.Subsets[$"{kind}: {name}"].Score);
            AddAll(differences, of.GetProperty("per_goal_pooled"), name => report.Figures[$"{kind}, {name}"]);
            differences.Add(report.Figures[kind], of.GetProperty("all_pooled").GetDouble());
        }

        return differences.Row("benchmark RMB", "scenarios, goals, all, of pairs and of lists");

        static string Scenario(JsonElement row) => string.Join('/', Text(row, "category_path").Split('/')[1..]);
    }

    private static void AddAll(Differences differences, JsonElement expected, Func<string, double?> came, double unit = 1)
    {
        foreach (var entry in expected.EnumerateObject())
        {
            differences.Add(came(entry.Name), Number(entry.Value) / unit);
        }
    }

    private static BenchmarkItem<double> Item(string subset, double[] right, double[] wrong, string part = "") =>
        new() { Id = "x", Subset = subset, Part = part, Right = right, Wrong = wrong, RightFirst = true };

    private static JsonElement Expected(string folder) => ReferenceFolders.ReadJson(ReferenceFolders.Fixture("benchmarks", folder, "expected.json"));

    private static JsonElement[] Rows(string folder, string file = "predictions.jsonl") => ReferenceFolders.ReadLines(ReferenceFolders.Fixture("benchmarks", folder, file));

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();

    private static double Number(JsonElement row, string field) => Number(row.GetProperty(field));

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(Number)];

    private static string Text(JsonElement row, string field) => row.GetProperty(field).GetString()!;
}
