namespace Dmoerm.Evaluation;

/// <summary>A mean over comparisons, arranged so that resampling their units is fast and does not depend on the order of rows.</summary>
/// <remarks>
/// Comparisons with the same two units are summed once. A resample draws as many units as there are, with replacement, and weighs a
/// comparison by how often its unit was drawn; when its two ends are different units, by the product of both counts.
/// Source: design of this product (ours); with one unit per comparison it is the ordinary bootstrap.
/// </remarks>
internal sealed class UnitTable
{
    private readonly int[] _first;
    private readonly int[] _second;
    private readonly double[] _counts;
    private readonly double[] _sums;
    private readonly int[] _drawn;

    /// <summary>Arranges comparisons.</summary>
    /// <param name="units">The two unit keys of each comparison.</param>
    /// <param name="values">What the mean is of, for each comparison.</param>
    public UnitTable(IReadOnlyList<(string I, string J)> units, IReadOnlyList<double> values)
    {
        var keys = units.SelectMany(pair => new[] { pair.I, pair.J }).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var index = keys.Select((key, number) => (key, number)).ToDictionary(entry => entry.key, entry => entry.number, StringComparer.Ordinal);
        var cells = units
            .Select((pair, k) => (I: index[pair.I], J: index[pair.J], Value: values[k]))
            .GroupBy(entry => (Math.Min(entry.I, entry.J), Math.Max(entry.I, entry.J)), entry => entry.Value)
            .OrderBy(group => group.Key)
            .ToList();
        _first = [.. cells.Select(group => group.Key.Item1)];
        _second = [.. cells.Select(group => group.Key.Item2)];
        _counts = [.. cells.Select(group => (double)group.Count())];
        // Values are multiples of one half, so these sums are exact in any order.
        _sums = [.. cells.Select(group => group.Sum())];
        _drawn = new int[index.Count];
        Units = index.Count;
        Mean = values.Count == 0 ? null : _sums.Sum() / values.Count;
    }

    /// <summary>Number of distinct units.</summary>
    public int Units { get; }

    /// <summary>The plain mean; null without comparisons.</summary>
    public double? Mean { get; }

    /// <summary>The mean on one resample drawn from <paramref name="random"/>; NaN when no comparison has a weight.</summary>
    public double Replicate(Random random)
    {
        Array.Clear(_drawn);
        for (var draw = 0; draw < _drawn.Length; draw++)
        {
            _drawn[random.Next(_drawn.Length)]++;
        }

        return Weighted(_drawn);
    }

    /// <summary>The mean when unit u, in ordinal order of the keys, was drawn <c>drawn[u]</c> times.</summary>
    public double Weighted(ReadOnlySpan<int> drawn)
    {
        var (sum, total) = (0.0, 0.0);
        for (var cell = 0; cell < _first.Length; cell++)
        {
            var (i, j) = (_first[cell], _second[cell]);
            var weight = i == j ? drawn[i] : (double)drawn[i] * drawn[j];
            sum += weight * _sums[cell];
            total += weight * _counts[cell];
        }

        return sum / total;
    }
}
