using System.Globalization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Benchmarks;

namespace Dmoerm.Cli.Evaluating;

/// <summary>Benchmarks as a table for people, in plain characters.</summary>
internal static class BenchmarkTable
{
    /// <summary>Writes, per benchmark, a line for the score, for each figure and for each subset; then what a reader should know.</summary>
    public static void Write(IReadOnlyDictionary<string, BenchmarkReport> benchmarks, TextWriter writer)
    {
        var table = new TextTable("benchmark", "items", "score", "equal rewards", "left out");
        foreach (var (name, report) in benchmarks)
        {
            table.Add(name, Count(report.Items), Percentage.Of(report.Score), Count(report.RewardTies), Count(report.LabelTies));
            foreach (var (figure, share) in report.Figures)
            {
                table.Add($"  {figure}", "", Percentage.Of(share), "", "");
            }

            foreach (var (subset, part) in report.Subsets)
            {
                table.Add($"  subset {subset}", Count(part.Items), Percentage.Of(part.Score), Count(part.RewardTies), "");
            }
        }

        table.Write(writer);
        writer.WriteLine();
        writer.WriteLine("score: in %, by each benchmark's own rule (docs/benchmarks.md). equal rewards: items in which a better and a worse answer get the same. left out: people preferred neither side.");
        foreach (var (name, report) in benchmarks)
        {
            foreach (var note in report.Notes)
            {
                writer.WriteLine($"{name}: {note}");
            }
        }
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
