namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>A table that gives ranges of characters a name: lines such as <c>0041-005A Latin</c>, from the lowest to the highest.</summary>
internal sealed class NamedRanges
{
    private readonly List<int> _starts = [];
    private readonly List<(int Last, string Name)> _ranges = [];

    /// <summary>Reads a table.</summary>
    /// <param name="table">The name of its file.</param>
    public NamedRanges(string table)
    {
        foreach (var line in UnicodeTable.Lines(table))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var (first, last) = UnicodeTable.Range(line.AsSpan(0, blank));
            _starts.Add(first);
            _ranges.Add((last, string.Intern(line[(blank + 1)..])));
        }
    }

    /// <summary>The name of a character; null where no range holds it.</summary>
    public string? Of(int character)
    {
        var place = _starts.BinarySearch(character);
        place = place < 0 ? ~place - 1 : place;
        return place >= 0 && character <= _ranges[place].Last ? _ranges[place].Name : null;
    }
}
