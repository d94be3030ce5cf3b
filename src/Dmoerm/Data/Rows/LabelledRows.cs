namespace Dmoerm.Data.Rows;

/// <summary>Rows with every capability that they name: for looking at data before a recipe says what to take.</summary>
/// <param name="gap">Two scores that differ by at least this (and by more than 0) are a comparison.</param>
/// <param name="reasons">Each reason code counts as a capability of its own name.</param>
internal sealed class LabelledRows(double gap = 0, bool reasons = false)
{
    private RowParser _parser = new(new CategorySource { Gap = gap });

    /// <summary>Names the capabilities seen so far.</summary>
    public CategorySource Source => _parser.Source;

    /// <summary>Reason codes seen so far.</summary>
    public IReadOnlySet<string> ReasonCodes => _parser.ReasonCodes;

    /// <summary>Reads a file row by row; comparisons are those that rows state, <see cref="ScoreComparisons"/> adds the others.</summary>
    /// <exception cref="InvalidDataException">A row does not fit, or the file cannot be read.</exception>
    public IEnumerable<LabelledRow> Read(string path, string? format)
    {
        foreach (var (fields, rowFormat, id) in PreferenceReader.Rows(path, format))
        {
            var example = _parser.Parse(fields, rowFormat, id);
            if (Learn())
            {
                example = _parser.Parse(fields, rowFormat, id);
            }

            yield return new(fields, rowFormat.Name, example);
        }
    }

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
        var next = new RowParser(_parser.Source with { Capabilities = new Dictionary<string, CapabilitySource>(named) });
        next.ReasonCodes.UnionWith(_parser.ReasonCodes);
        _parser = next;
        return true;
    }
}

/// <summary>A row and what it says.</summary>
/// <param name="Fields">The row itself; it lives until the next one is asked for.</param>
/// <param name="Format">How it was read.</param>
/// <param name="Example">What it says, with stated comparisons only.</param>
internal sealed record LabelledRow(RowFields Fields, string Format, PreferenceExample Example);
