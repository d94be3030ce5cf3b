using System.Text.Json;
using Dmoerm.Data.Files;
using Dmoerm.Data.Formats;
using Dmoerm.Data.Rows;

namespace Dmoerm.Data;

/// <summary>Preference rows of every known format, as examples.</summary>
/// <remarks>
/// Files are JSON lines, JSON, CSV, TSV (these may be gzipped) or Parquet; their content says which. The row formats, their fields and which response is better in each
/// are in docs/formats.md; a file has one format, which its first row shows unless it is named. A prompt is a text (one user turn) or messages. Any other text field of
/// a row goes to <see cref="PreferenceExample.Fields"/>. Scores and comparisons of capabilities that the source does not name are not taken. In our own format, where
/// a row states comparisons of a subject (the overall preference or a capability), its scores of that subject make none. Source of the TRL shapes: TRL docs/source/dataset_formats.md.
/// </remarks>
public static class PreferenceReader
{
    /// <summary>The names of the known formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. KnownFormats.All.Select(format => format.Name)];

    /// <summary>Reads a file row by row: one row, one example, nothing merged.</summary>
    /// <param name="path">A file of rows.</param>
    /// <param name="format">One of <see cref="Formats"/>; null recognises it by the first row's fields.</param>
    /// <param name="source">Gaps, capabilities and their fields, the order of ranks.</param>
    /// <param name="report">Told, when all rows are read, how the file was read.</param>
    /// <returns>The examples, read while they are enumerated.</returns>
    /// <exception cref="InvalidDataException">A row that does not fit (file, line, field, what was expected, what came), or an empty or broken file.</exception>
    public static IEnumerable<PreferenceExample> Read(string path, string? format, CategorySource source, Action<FileReport>? report = null)
    {
        var parser = new RowParser(source);
        return Rows(path, format, () => [source.RankOrder], report).Select(row => ScoreComparisons.Add(parser.Parse(row.Fields, row.Format, row.Id), source));
    }

    /// <summary>Reads one row.</summary>
    /// <param name="row">The row's object.</param>
    /// <param name="origin">Where it stands, for error messages (<c>file, line n</c>); the id of a row that states none.</param>
    /// <param name="format">One of <see cref="Formats"/>; null recognises it by the row's fields.</param>
    /// <param name="source">Gaps, capabilities and their fields, the order of ranks.</param>
    /// <exception cref="InvalidDataException">The row does not fit.</exception>
    public static PreferenceExample FromJson(JsonElement row, string origin, string? format, CategorySource source)
    {
        var fields = new RowFields(row, origin);
        return ScoreComparisons.Add(new RowParser(source).Parse(fields, format is null ? KnownFormats.Recognise(fields) : KnownFormats.Named(format), origin), source);
    }

    /// <summary>The rows of a file before they are parsed, each with its format; a row lives until the next one is asked for.</summary>
    /// <param name="path">A file of rows.</param>
    /// <param name="format">One of <see cref="Formats"/>; null recognises it.</param>
    /// <param name="orders">For the report: how the rows' sources turn ranks.</param>
    /// <param name="report">Told, when all rows are read, how the file was read.</param>
    internal static IEnumerable<(RowFields Fields, RowFormat Format, string Id)> Rows(string path, string? format, Func<IEnumerable<RankOrder?>>? orders = null, Action<FileReport>? report = null)
    {
        var known = format is null ? null : KnownFormats.Named(format);
        var (file, tally) = (Path.GetFileName(path), new FileTally(path));
        foreach (var row in FileRows.Read(path, KnownFormats.IsField))
        {
            var fields = new RowFields(row.Value, $"{path}, {row.Place}", isTable: row.IsTable);
            if (known is null)
            {
                known = KnownFormats.Recognise(fields);
            }
            else if (format is null && KnownFormats.Find(fields) is { } other && !other.IsKin(known))
            {
                throw new InvalidDataException($"{fields.Origin}: expected a row of format {known.Name}, as the file's first row is, came one of format {other.Name}; a file has one format.");
            }

            tally.Add(fields, known);
            yield return (fields, known, $"{file}:{row.Number}");
        }

        report?.Invoke(tally.Report(known!, recognised: format is null, [.. orders?.Invoke() ?? []]));
    }
}
