using System.Text.Json;
using Dmoerm.Data.Rows;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data;

/// <summary>Preference rows of every known format, as examples.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>dmoerm</c>, our own: <c>prompt</c>, <c>responses</c> (<c>text</c> or <c>messages</c>, <c>model</c>, <c>score</c>, <c>capabilities</c>, <c>ratings</c>), <c>comparisons</c> (<c>i j p capability margin weight</c>). Where a row states comparisons of a subject (the overall preference or a capability), its scores of that subject make none.</item>
/// <item><c>scored-list</c>: <c>prompt</c>, <c>responses</c> with <c>overall</c> (or <c>win_rate</c>), <c>capabilities</c>, <c>ratings</c>.</item>
/// <item><c>pairs</c>: <c>prompt</c>, <c>chosen</c>, <c>rejected</c>, with <c>votes</c> [for chosen, for rejected], <c>reasons</c>, <c>margin</c>.</item>
/// <item><c>trl</c>: pairs whose prompt may be missing: the first messages that both sides share are it; two texts have none.</item>
/// <item><c>best-of-n</c>: <c>prompt</c>, <c>best</c>, <c>losers</c>.</item>
/// </list>
/// A prompt is a text (one user turn) or messages. Any other text field of the row goes to <see cref="PreferenceExample.Fields"/>.
/// Scores and comparisons of capabilities that the source does not name are not taken. Source of the TRL shapes: TRL docs/source/dataset_formats.md.
/// </remarks>
public static class PreferenceReader
{
    internal const string Own = "dmoerm";
    internal const string ScoredList = "scored-list";
    internal const string Pairs = "pairs";
    internal const string Trl = "trl";
    internal const string BestOfN = "best-of-n";

    /// <summary>The names of the known formats.</summary>
    public static IReadOnlyList<string> Formats { get; } = [Own, ScoredList, Pairs, Trl, BestOfN];

    /// <summary>Reads a file row by row: one row, one example, nothing merged.</summary>
    /// <param name="path">A <c>.jsonl</c> or <c>.jsonl.gz</c> file.</param>
    /// <param name="format">One of <see cref="Formats"/>; null recognises it by the first row's fields.</param>
    /// <param name="source">Gaps, capabilities and their fields.</param>
    /// <returns>The examples, read while they are enumerated.</returns>
    /// <exception cref="InvalidDataException">A row that does not fit (file, line, field, what was expected, what came), or an empty or broken file.</exception>
    public static IEnumerable<PreferenceExample> Read(string path, string? format, CategorySource source)
    {
        var parser = new RowParser(source);
        return Rows(path, format).Select(row => ScoreComparisons.Add(parser.Parse(row.Fields, row.Format, row.Id), source));
    }

    /// <summary>Reads one row.</summary>
    /// <param name="row">The row's object.</param>
    /// <param name="origin">Where it stands, for error messages (<c>file, line n</c>); the id of a row that states none.</param>
    /// <param name="format">One of <see cref="Formats"/>; null recognises it by the row's fields.</param>
    /// <param name="source">Gaps, capabilities and their fields.</param>
    /// <exception cref="InvalidDataException">The row does not fit.</exception>
    public static PreferenceExample FromJson(JsonElement row, string origin, string? format, CategorySource source)
    {
        var fields = new RowFields(row, origin);
        return ScoreComparisons.Add(new RowParser(source).Parse(fields, format ?? Recognise(fields), origin), source);
    }

    /// <summary>The rows of a file before they are parsed, each with its format; a row lives until the next one is asked for.</summary>
    internal static IEnumerable<(RowFields Fields, string Format, string Id)> Rows(string path, string? format)
    {
        if (format is not null && !Formats.Contains(format, StringComparer.Ordinal))
        {
            throw UnknownFormat(format);
        }

        var file = Path.GetFileName(path);
        foreach (var (line, row) in RowLines.Read(path))
        {
            var fields = new RowFields(row, $"{path}, line {line}");
            format ??= Recognise(fields);
            yield return (fields, format, $"{file}:{line}");
        }
    }

    /// <summary>The error of a format that is none of ours.</summary>
    internal static InvalidDataException UnknownFormat(string format) =>
        new($"Format '{format}' is not known: expected one of {string.Join(", ", Formats)} (nearest: '{NearestName.Of(format, Formats)}').");

    private static string Recognise(RowFields row)
    {
        if (row.Has("chosen") && row.Has("rejected"))
        {
            return row.Has("prompt") ? Pairs : Trl;
        }

        if (row.Has("best") && row.Has("losers"))
        {
            return BestOfN;
        }

        if (row.Has("responses"))
        {
            var scored = !row.Has("comparisons") && row.Objects("responses").Exists(response => response.Has("overall") || response.Has("win_rate"));
            return scored ? ScoredList : Own;
        }

        var names = string.Join(", ", row.All().Select(field => field.Name));
        throw new InvalidDataException(
            $"{row.Origin}: expected a row of a known format ({string.Join(", ", Formats)}): fields chosen and rejected, best and losers, or responses; came fields {(names.Length > 0 ? names : "none")}.");
    }
}
