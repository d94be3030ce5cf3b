using Dmoerm.Data;
using Dmoerm.Data.Formats;
using Dmoerm.Data.Rows;

namespace Dmoerm.Cli.Files;

/// <summary>Rows in, lines of one of two formats out, and a count of what the format cannot hold.</summary>
/// <param name="to"><see cref="Own"/> or <see cref="Trl"/>.</param>
/// <param name="gap">For TRL: two scores that differ by at least this (and by more than 0) are a comparison.</param>
/// <param name="order">Which end of ranks is best; null for the format's own.</param>
internal sealed class RowConversion(string to, double gap, RankOrder? order)
{
    public const string Own = "dmoerm";
    public const string Trl = "trl";

    private readonly SortedDictionary<string, long> _leftOut = new(StringComparer.Ordinal);
    private readonly LabelledRows _rows = new(gap, order, reasons: to == Own);

    /// <summary>Rows read.</summary>
    public long Rows { get; private set; }

    /// <summary>Lines given.</summary>
    public long Written { get; private set; }

    /// <summary>What was left out or changed, and how often.</summary>
    public IReadOnlyDictionary<string, long> LeftOut => _leftOut;

    /// <summary>The lines of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Name of its row format; null recognises it.</param>
    /// <param name="report">Told, when all rows are read, how the file was read.</param>
    public IEnumerable<string> Lines(string path, string? format, Action<FileReport> report)
    {
        foreach (var line in to == Own ? _rows.Read(path, format, report).Select(AsOwn) : _rows.ReadJoined(path, format, report).SelectMany(AsTrl))
        {
            Written++;
            yield return line;
        }
    }

    private string AsOwn(LabelledRow row)
    {
        Rows++;
        foreach (var name in RowParser.UnreadFields(row.Fields, row.Format))
        {
            Count($"field '{name}' left out, which is no text");
        }

        return PreferenceWriter.ToJson(row.Example);
    }

    private IEnumerable<string> AsTrl(JoinedRow row)
    {
        Rows += row.Rows;
        var example = ScoreComparisons.Add(row.Example, _rows.Source);
        foreach (var comparison in example.Comparisons)
        {
            if (comparison.Capability is not null)
            {
                Count("comparisons of capabilities left out");
            }
            else if (comparison.P == 0.5)
            {
                Count("ties left out");
            }
            else if (example.Responses[comparison.I].Text.Trim() == example.Responses[comparison.J].Text.Trim())
            {
                Count("comparisons of equal texts left out");
            }
            else
            {
                if (comparison.P is > 0 and < 1)
                {
                    Count("probabilities made plain preferences");
                }

                if (comparison.Weight != 1)
                {
                    Count("weights left out");
                }

                yield return TrlWriter.ToJson(example, comparison);
            }
        }

        if (!example.Comparisons.Any(comparison => comparison.Capability is null))
        {
            Count("rows without any overall comparison left out");
        }
    }

    private void Count(string what) => _leftOut[what] = _leftOut.GetValueOrDefault(what) + 1;
}
