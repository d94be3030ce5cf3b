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
    /// <param name="order">The recipe's word on ranks.</param>
    public FileReport Report(RowFormat format, bool recognised, RankOrder? order)
    {
        List<string> notes = [];
        if (format.Ranked is not null)
        {
            notes.Add($"{(_fewest == _most ? $"{_most}" : $"{_fewest} to {_most}")} responses a row, the {(order == RankOrder.HigherIsBetter ? "highest" : "lowest")} rank is best{(order is null ? " (rankOrder turns it round)" : ", as rankOrder says")}");
        }

        notes.AddRange(_remarks.Select(remark => remark.Value == _rows ? remark.Key : $"in {remark.Value} rows {remark.Key}"));
        return new FileReport(path, _rows, format.Name, recognised, notes.Count == 0 ? null : string.Join("; ", notes));
    }
}
