using Dmoerm.Data;
using Dmoerm.Data.Files;
using Dmoerm.Data.Rows;

namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>A benchmark's items out of its files.</summary>
public sealed class BenchmarkSet
{
    private static readonly string[] Endings = [".json", ".jsonl", ".csv", ".tsv", ".parquet"];

    private BenchmarkSet(Benchmark benchmark, IReadOnlyList<BenchmarkItem<ScoreRequest>> items)
    {
        (Benchmark, Items) = (benchmark, items);
        Notes = [.. benchmark.Remarks(items)];
    }

    /// <summary>What it is a set of.</summary>
    internal Benchmark Benchmark { get; }

    /// <summary>The benchmark's name.</summary>
    public string Name => Benchmark.Name;

    /// <summary>The items, in the order of files and rows.</summary>
    public IReadOnlyList<BenchmarkItem<ScoreRequest>> Items { get; }

    /// <summary>What was left out, and what else a reader should know before any model is asked.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Reads a benchmark.</summary>
    /// <param name="name">One of <see cref="KnownBenchmarks.Names"/>.</param>
    /// <param name="paths">Its files, or folders of them: of a folder, every JSON, JSON lines, CSV, TSV and Parquet file below it.</param>
    /// <param name="report">Told of each file how it was read.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    /// <exception cref="InvalidDataException">A row is not the benchmark's, or does not fit; or a file is broken, or given twice.</exception>
    public static BenchmarkSet Read(string name, IEnumerable<string> paths, Action<FileReport>? report = null)
    {
        var benchmark = KnownBenchmarks.Named(name);
        string[] files = [.. paths.SelectMany(FilesOf)];
        if (files.GroupBy(Path.GetFullPath).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new InvalidDataException($"{twice.Key}: expected each file of {benchmark.Name} once, came it twice.");
        }

        return new(benchmark, [.. files.SelectMany(file => ReadFile(benchmark, file, report))]);
    }

    private static IEnumerable<string> FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsData).Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new InvalidDataException($"{path}: expected a folder with files of a benchmark ({string.Join(", ", Endings)}, these may end in .gz), came one without.");
    }

    private static bool IsData(string path)
    {
        var plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Array.Exists(Endings, ending => plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }

    private static IEnumerable<BenchmarkItem<ScoreRequest>> ReadFile(Benchmark benchmark, string path, Action<FileReport>? report)
    {
        var rows = 0;
        var formats = new List<string>();
        foreach (var row in FileRows.Read(path, benchmark.IsField))
        {
            var fields = new RowFields(row.Value, $"{path}, {row.Place}", isTable: row.IsTable);
            var format = benchmark.FormatOf(fields);
            (rows, formats) = (rows + 1, formats.Contains(format) ? formats : [.. formats, format]);
            foreach (var item in benchmark.Read(new BenchmarkRow(fields, format, path, row.Number)))
            {
                yield return item;
            }
        }

        report?.Invoke(new FileReport(path, rows, string.Join(" and ", formats), Recognised: true, $"read as {benchmark.Title}"));
    }
}
