namespace Dmoerm.Data.Rows;

/// <summary>Counts of one file's rows while they go by.</summary>
/// <param name="path">The file.</param>
internal sealed class FileTally(string path)
{
    private readonly Dictionary<string, int> _remarks = [];
    private int _rows;
    private int _fewest = int.MaxValue;
    private int _most;

    /// <summary>A row goes by.</summary>
    public void Add(RowFields row, RowFormat format)
    {
        _rows++;
        if (format.Ranked is { } list)
        {
            var count = row.Count(list);
            (_fewest, _most) = (Math.Min(_fewest, count), Math.Max(_most, count));
        }

        if (format.Remark?.Invoke(row) is { } remark)
        {
            _remarks[remark] = _remarks.GetValueOrDefault(remark) + 1;
        }
    }

    /// <summary>What went by.</summary>
    /// <param name="format">The file's format.</param>
    /// <param name="recognised">The first row showed it.</param>
    /// <param name="orders">What the sources of its rows say of ranks.</param>
    public FileReport Report(RowFormat format, bool recognised, IReadOnlyList<RankOrder?> orders)
    {
        List<string> notes = [];
        if (format.Ranked is not null)
        {
            notes.Add($"{(_fewest == _most ? $"{_most}" : $"{_fewest} to {_most}")} responses a row, {Best(orders)}");
        }

        notes.AddRange(_remarks.Select(remark => remark.Value == _rows ? remark.Key : $"in {remark.Value} rows {remark.Key}"));
        return new FileReport(path, _rows, format.Name, recognised, notes.Count == 0 ? null : string.Join("; ", notes));
    }

    private static string Best(IReadOnlyList<RankOrder?> orders) => orders switch
    {
        _ when orders.All(order => order is null) => "the lowest rank is best (rankOrder turns it round)",
        _ when orders.All(order => order == RankOrder.HigherIsBetter) => "the highest rank is best, as rankOrder says",
        _ when orders.All(order => order != RankOrder.HigherIsBetter) => "the lowest rank is best, as rankOrder says",
        _ => "the lowest or the highest rank is best, as each category's rankOrder says",
    };
}
