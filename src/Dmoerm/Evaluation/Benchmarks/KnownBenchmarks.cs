using Dmoerm.Data.Texts;
using Dmoerm.Evaluation.Benchmarks.Rules;

namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>The benchmarks that are read and scored.</summary>
public static class KnownBenchmarks
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Benchmark> All { get; } =
    [
        new("rewardbench1", "RewardBench", ["pairs"], RewardBench.Read, RewardBench.Score),
        new("rewardbench2", "RewardBench 2", ["chosen-sets"], RewardBench2.Read, RewardBench2.Score),
        new("rm-bench", "RM-Bench", ["chosen-sets"], RmBench.Read, RmBench.Score),
        new("llmbar", "LLMBar", ["llmbar"], LlmBar.Read, LlmBar.Score),
        new("judgebench", "JudgeBench", ["judgebench"], JudgeBench.Read, JudgeBench.Score),
        new("rmb", "RMB", ["rmb-pairs", "rmb-best-of-n", "pairs", "best-of-n"], RmbSets.Read, RmbSets.Score),
        new("contrast-instructions", "Contrast Instructions", [], ContrastInstructions.Read, ContrastInstructions.Score)
        {
            Fields = ContrastInstructions.Fields, Remarks = ContrastInstructions.Remarks,
        },
        new("hh-rlhf", "HH-RLHF", ["hh-rlhf"], row => HumanMajority.Read(row, "subset"), HumanMajority.Score),
        new("pandalm", "PandaLM", ["pandalm"], HumanMajority.ReadVotes, HumanMajority.Score),
        new("auto-j", "Auto-J", ["auto-j"], row => HumanMajority.Read(row, "scenario"), HumanMajority.Score),
        new("llmeval2", "LLMEval2", ["llmeval2"], row => HumanMajority.Read(row, "dataset"), HumanMajority.Score),
    ];

    /// <summary>The names, as the command line takes them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(benchmark => benchmark.Name)];

    /// <summary>A benchmark's score from rewards: needs no model and no file.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="items">The items with their rewards.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    /// <exception cref="InvalidDataException">The benchmark's rule has no answer for such items, as docs/benchmarks.md says.</exception>
    public static BenchmarkReport Score(string name, IReadOnlyList<BenchmarkItem<double>> items) => Named(name).Score(items);

    /// <summary>The benchmark of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static Benchmark Named(string name) => All.FirstOrDefault(benchmark => benchmark.Name == name)
        ?? throw new ArgumentException($"Benchmark '{name}' is not known: expected one of {string.Join(", ", Names)} (nearest: '{NearestName.Of(name, Names)}').", nameof(name));
}
