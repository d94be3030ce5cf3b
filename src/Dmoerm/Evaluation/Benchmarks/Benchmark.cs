using Dmoerm.Data.Formats;
using Dmoerm.Data.Rows;

namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>A benchmark: how its files are read, and how rewards become its score.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Formats">The row formats that its files have.</param>
/// <param name="Read">Reads a row.</param>
/// <param name="Score">From items with rewards to the report; needs no model and no file.</param>
internal sealed record Benchmark(
    string Name,
    string Title,
    IReadOnlyList<string> Formats,
    Func<BenchmarkRow, IEnumerable<BenchmarkItem<ScoreRequest>>> Read,
    Func<IReadOnlyList<BenchmarkItem<double>>, BenchmarkReport> Score)
{
    /// <summary>The fields of rows that are no preference format, under the benchmark's own name; null where <see cref="Formats"/> are known ones.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>What of the items a reader should know before any model is asked.</summary>
    public Func<IReadOnlyList<BenchmarkItem<ScoreRequest>>, IEnumerable<string>> Remarks { get; init; } = _ => [];

    /// <summary>Some row of the benchmark has a field of this name.</summary>
    public bool IsField(string name) => KnownFormats.IsField(name) || Fields?.Contains(name) == true;

    /// <summary>The format of a row.</summary>
    /// <exception cref="InvalidDataException">The row is none of the benchmark's.</exception>
    public string FormatOf(RowFields row)
    {
        if (Fields?.All(row.Has) == true)
        {
            return Name;
        }

        var found = KnownFormats.Find(row)?.Name;
        return found is not null && Formats.Contains(found) ? found : throw Foreign(row, found);
    }

    private InvalidDataException Foreign(RowFields row, string? found)
    {
        var wanted = Fields is not null ? [Fields] : Formats.Select(format => (IReadOnlyList<string>)KnownFormats.Named(format).Fields);
        var came = found is not null ? $"one of format {found}" : row.All() is { Count: > 0 } fields ? $"fields {string.Join(", ", fields.Select(field => field.Name))}" : "no field";
        return new($"{row.Origin}: expected a row of {Title}, which has the fields {string.Join(", or ", wanted.Select(fields => string.Join(", ", fields)))}{Kind(found)}; came {came}.");
    }

    // Pairs and sets have the same fields.
    private string Kind(string? found) => (found, Formats.Contains("chosen-sets")) switch
    {
        ("pairs", true) => " (the last two are lists of texts)",
        ("chosen-sets", false) when Formats.Contains("pairs") => " (the last two are one answer each)",
        _ => "",
    };
}
