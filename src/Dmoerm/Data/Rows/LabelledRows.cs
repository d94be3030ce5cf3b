namespace Dmoerm.Data.Rows;

/// <summary>Rows with every capability that they name: for looking at data before a recipe says what to take.</summary>
/// <param name="gap">Two scores that differ by at least this (and by more than 0) are a comparison.</param>
/// <param name="order">Which end of ranks is best; null for the format's own.</param>
/// <param name="reasons">Each reason code counts as a capability of its own name.</param>
internal sealed class LabelledRows(double gap = 0, RankOrder? order = null, bool reasons = false)
{
    private RowParser _parser = new(new CategorySource { Gap = gap, RankOrder = order });

    /// <summary>Names the capabilities seen so far.</summary>
    public CategorySource Source => _parser.Source;

    /// <summary>Reads a file row by row; comparisons are those that rows state, <see cref="ScoreComparisons"/> adds the others.</summary>
    /// <param name="path">A file of rows.</param>
    /// <param name="format">Name of the row format; null recognises it.</param>
    /// <param name="report">Told, when all rows are read, how the file was read.</param>
    /// <exception cref="InvalidDataException">A row does not fit, or the file cannot be read.</exception>
    public IEnumerable<LabelledRow> Read(string path, string? format, Action<FileReport>? report = null)
    {
        foreach (var (fields, rowFormat, id) in PreferenceReader.Rows(path, format, () => [order], report))
        {
            var example = _parser.Parse(fields, rowFormat, id);
            if (Learn())
            {
                example = _parser.Parse(fields, rowFormat, id);
            }

            yield return new(fields, rowFormat, example);
        }
    }

    /// <summary>The same with rows of one response (as HelpSteer has them) joined where rows of one prompt follow each other, since only together they compare anything.</summary>
    /// <exception cref="InvalidDataException">A row does not fit, or the file cannot be read.</exception>
    public IEnumerable<JoinedRow> ReadJoined(string path, string? format, Action<FileReport>? report = null)
    {
        JoinedRow? open = null;
        foreach (var row in Read(path, format, report))
        {
            string[] codes = [.. row.Format.Reads("reasons") ? row.Fields.Texts("reasons").Distinct() : []];
            var next = new JoinedRow(row.Example, row.Format, codes, 1);
            if (open is not null && IsAlone(next.Example) && next.Example.Prompt.SequenceEqual(open.Example.Prompt) && next.Example.Category == open.Example.Category)
            {
                open = open with { Example = open.Example with { Responses = [.. open.Example.Responses, .. next.Example.Responses] }, Rows = open.Rows + 1 };
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = IsAlone(next.Example) ? next : null;
            if (open is null)
            {
                yield return next;
            }
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    private static bool IsAlone(PreferenceExample example) => example.Responses.Count == 1 && example.Prompt.Count > 0;

    // A parser takes what its source names; what a row brought that was not named is named from this row on.
    private bool Learn()
    {
        var known = _parser.Source.Capabilities;
        string[] codes = [.. reasons ? _parser.ReasonCodes : Enumerable.Empty<string>()];
        string[] found = [.. _parser.ScoreFields.Concat(_parser.ComparedCapabilities).Concat(codes).Distinct().Where(name => !known.ContainsKey(name))];
        if (found.Length == 0)
        {
            return false;
        }

        var named = known.Concat(found.Select(name => KeyValuePair.Create(name, new CapabilitySource { Score = name, Reasons = codes.Contains(name) ? [name] : [] })));
        _parser = new RowParser(_parser.Source with { Capabilities = new Dictionary<string, CapabilitySource>(named) });
        return true;
    }
}

/// <summary>A row and what it says.</summary>
/// <param name="Fields">The row itself; it lives until the next one is asked for.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Example">What it says, with stated comparisons only.</param>
internal sealed record LabelledRow(RowFields Fields, RowFormat Format, PreferenceExample Example);

/// <summary>One row, or several of one response each under one prompt.</summary>
/// <param name="Example">What they say, with stated comparisons only.</param>
/// <param name="Format">Their format.</param>
/// <param name="Reasons">Reason codes.</param>
/// <param name="Rows">How many rows.</param>
internal sealed record JoinedRow(PreferenceExample Example, RowFormat Format, IReadOnlyList<string> Reasons, int Rows);
