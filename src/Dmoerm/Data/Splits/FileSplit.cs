using Dmoerm.Data.Formats;
using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Splits;

/// <summary>Cuts files into parts between units, without holding them: units are noted in a first reading, rows dealt out in a second one.</summary>
/// <remarks>
/// Same units, shares and seed give the parts that <see cref="Partition"/> gives (whose near-duplicates are exact for texts of any length; here from sketches, <see cref="Texts.TextSketch"/>).
/// Where units hold whole rows, a row goes to its part as it stands, in its own format (a table's in ours). Where texts are the units, a row is cut to each part's responses and written in our own
/// format; what is left without a comparison is dropped, and comparisons between parts are in none and counted.
/// </remarks>
public sealed class FileSplit
{
    private readonly string _groupBy;
    private readonly string? _format;
    private readonly IReadOnlyList<string> _files;
    private readonly UnitRegister _units;
    private readonly int[] _rows;
    private readonly long[] _comparisons;
    private readonly CancellationToken _cancellation;

    private FileSplit(IReadOnlyList<string> files, string? format, string groupBy, int numParts, CancellationToken cancellation)
    {
        (_files, _format, _groupBy, _cancellation) = (files, format, groupBy, cancellation);
        (_units, _rows, _comparisons) = (new UnitRegister(groupBy), new int[numParts], new long[numParts]);
    }

    /// <summary>Units of each part.</summary>
    public IReadOnlyList<int> Units => _units.Counts;

    /// <summary>Rows given so far, by part.</summary>
    public IReadOnlyList<int> Rows => _rows;

    /// <summary>Overall comparisons given so far, by part.</summary>
    public IReadOnlyList<long> Comparisons => _comparisons;

    /// <summary>Comparisons between parts, of any subject, so far.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Rows of which nothing was left, so far.</summary>
    public int DroppedRows { get; private set; }

    /// <summary>Reads the files a first time and deals their units out.</summary>
    /// <param name="files">The files, in this order.</param>
    /// <param name="format">Name of the row format; null recognises it.</param>
    /// <param name="groupBy">The unit: <c>prompt</c>, <c>responses</c> or the name of a text field.</param>
    /// <param name="shares">Each part's share of the units, above 0; taken by their sum.</param>
    /// <param name="seed">Another seed, another deal.</param>
    /// <param name="cancellation">Ends both readings.</param>
    /// <exception cref="ArgumentException">No share, or one that is not above 0.</exception>
    /// <exception cref="InvalidDataException">A row does not fit or lacks the field, or there are fewer units than parts.</exception>
    public static FileSplit Plan(IReadOnlyList<string> files, string? format, string groupBy, IReadOnlyList<double> shares, long seed, CancellationToken cancellation = default)
    {
        Partition.CheckShares(shares);
        var split = new FileSplit(files, format, groupBy, shares.Count, cancellation);
        foreach (var (row, _) in split.Read())
        {
            split._units.Add(row.Example);
        }

        split._units.Deal(shares, seed);
        return split;
    }

    /// <summary>Reads the files again and gives every part its lines, in the order of the files. Enumerate once.</summary>
    /// <returns>The part's index and a line of JSON without line end; it lives until the next one is asked for.</returns>
    /// <exception cref="InvalidDataException">A file has changed since.</exception>
    public IEnumerable<(int Part, string Line)> Lines()
    {
        foreach (var (row, source) in Read())
        {
            var parts = _units.PartsOf(row.Example);
            var whole = ScoreComparisons.Add(row.Example, source);
            LeftOut += whole.Comparisons.Count(comparison => parts[comparison.I] != parts[comparison.J]);
            if (_groupBy != UnitKeys.Responses)
            {
                Count(parts[0], whole);
                // A table's cells are texts, and numbers only to who knows that they come from a table.
                yield return (parts[0], row.Fields.IsTable ? PreferenceWriter.ToJson(row.Example) : row.Fields.ToLine());
                continue;
            }

            var given = false;
            foreach (var part in parts.Distinct())
            {
                var cut = Partition.Cut(whole, parts, part);
                if (cut.Comparisons.Count == 0)
                {
                    continue;
                }

                given = true;
                Count(part, cut);
                yield return (part, PreferenceWriter.ToJson(Partition.Cut(row.Example, parts, part)));
            }

            DroppedRows += given ? 0 : 1;
        }
    }

    /// <summary>Fails where a part got nothing, once all lines were given.</summary>
    /// <exception cref="InvalidDataException">A part has no row: its texts are in no comparison with each other.</exception>
    public void CheckFilled()
    {
        if (Array.IndexOf(_rows, 0) is >= 0 and var bare)
        {
            throw Partition.TooFew(_groupBy, Units.Sum(), $"and part {bare + 1} of {_rows.Length} is left without a comparison");
        }
    }

    private void Count(int part, PreferenceExample example)
    {
        _rows[part]++;
        _comparisons[part] += example.Comparisons.Count(comparison => comparison.Capability is null);
    }

    private IEnumerable<(LabelledRow Row, CategorySource Source)> Read()
    {
        // Reasons have no field of their own in our format: each becomes comparisons of its name.
        var labelled = new LabelledRows(reasons: _groupBy == UnitKeys.Responses);
        foreach (var row in _files.SelectMany(file => labelled.Read(file, _format)))
        {
            _cancellation.ThrowIfCancellationRequested();
            yield return (row, labelled.Source);
        }
    }
}
