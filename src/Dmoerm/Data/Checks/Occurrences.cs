using System.Globalization;

namespace Dmoerm.Data.Checks;

/// <summary>How often something was met, and where at first.</summary>
internal sealed class Occurrences
{
    private const int Shown = 3;

    /// <summary>How often.</summary>
    public long Count { get; private set; }

    /// <summary>The first places.</summary>
    public List<string> Examples { get; } = [];

    /// <summary>Met once more.</summary>
    /// <param name="place">Says where; asked only as long as examples are kept.</param>
    public void Add(Func<string> place)
    {
        Count++;
        if (Examples.Count < Shown)
        {
            Examples.Add(place());
        }
    }

    /// <summary>How often, in words: <c>1 row has</c>, <c>2 rows have</c>.</summary>
    public string Times(string one, string many) => $"{Count.ToString(CultureInfo.InvariantCulture)} {(Count == 1 ? one : many)}";

    /// <summary>The finding, where there is one.</summary>
    public IEnumerable<Finding> As(FindingKind kind, Func<string> text) => Count > 0 ? [new(kind, Count, text(), Examples)] : [];
}
