using System.Text.Json;

namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>What a model is worth on a benchmark, by the benchmark's own rule. Every score is a share in [0, 1], also where the benchmark publishes percent; what was not measured is null.</summary>
public sealed record BenchmarkReport
{
    /// <summary>The benchmark's one number; null where what it is made of is not all there, as the notes say.</summary>
    public required double? Score { get; init; }

    /// <summary>Items counted.</summary>
    public required int Items { get; init; }

    /// <summary>Items left out because people preferred neither side.</summary>
    public required int LabelTies { get; init; }

    /// <summary>Counted items in which a better and a worse conversation have equal rewards; how they count is the benchmark's rule.</summary>
    public required int RewardTies { get; init; }

    /// <summary>Counted items with a reward that is not a number; how they count is the benchmark's rule.</summary>
    public required int NotNumbers { get; init; }

    /// <summary>What the benchmark reports besides, by name: sections, degrees of difficulty, terms of a sum.</summary>
    public IReadOnlyDictionary<string, double?> Figures { get; init; } = new Dictionary<string, double?>();

    /// <summary>The score of each subset that is there.</summary>
    public required IReadOnlyDictionary<string, BenchmarkSubset> Subsets { get; init; }

    /// <summary>What a reader of the figures should know: what is missing, what was cut.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>A report with its counts.</summary>
    internal static BenchmarkReport Of(IReadOnlyList<BenchmarkItem<double>> items, double? score, IReadOnlyDictionary<string, BenchmarkSubset> subsets)
    {
        BenchmarkItem<double>[] counted = [.. items.Where(item => !item.IsLabelTie)];
        return new()
        {
            Score = score,
            Items = counted.Length,
            LabelTies = items.Count - counted.Length,
            RewardTies = counted.Count(ItemGroups.HasTie),
            NotNumbers = counted.Count(ItemGroups.HasNaN),
            Subsets = subsets,
        };
    }
}

/// <summary>A benchmark's score of a part of its data.</summary>
/// <param name="Score">Share in [0, 1] by the benchmark's rule; null where the rule gives none.</param>
/// <param name="Items">Items counted.</param>
/// <param name="RewardTies">Counted items in which a better and a worse conversation have equal rewards.</param>
public sealed record BenchmarkSubset(double? Score, int Items, int RewardTies);

/// <summary>Several benchmarks, as <c>dmoerm eval --json</c> prints them where there is no other data.</summary>
/// <param name="Benchmarks">The reports by the benchmarks' names.</param>
public sealed record BenchmarkReports(IReadOnlyDictionary<string, BenchmarkReport> Benchmarks)
{
    /// <summary>The reports as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationReport.Format);
}
