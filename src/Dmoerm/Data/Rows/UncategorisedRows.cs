using Dmoerm.Data.Categories;

namespace Dmoerm.Data.Rows;

/// <summary>Rows without a category in shared files, as one category would read them.</summary>
/// <param name="shared">The shared files; null for none.</param>
internal sealed class UncategorisedRows(SharedFiles? shared)
{
    // Rows of one prompt are merged where the same categories may get them.
    private readonly Dictionary<(string Takers, string Key), (PromptGroup Group, IReadOnlyList<string> Takers)> _groups = [];

    /// <summary>How many there are, by file.</summary>
    public Dictionary<string, int> Counts { get; } = [];

    /// <summary>Takes a row unless it is a category's.</summary>
    /// <param name="file">Where it stands.</param>
    /// <param name="origin">The file and its place there.</param>
    /// <param name="category">What it names.</param>
    /// <param name="parse">Reads it and gives what merges it.</param>
    /// <returns>False for a row that is a category's.</returns>
    /// <exception cref="InvalidDataException">No rule says what becomes of it.</exception>
    public bool Take(string file, string origin, string? category, Func<(PreferenceExample Row, string Key)> parse)
    {
        if (category is not null || shared?.Contains(file) != true)
        {
            return false;
        }

        if (shared.Rule == UncategorisedRule.Error)
        {
            throw shared.Fault(file, origin);
        }

        Counts[file] = Counts.GetValueOrDefault(file) + 1;
        if (shared.Rule == UncategorisedRule.Router)
        {
            Add(parse(), shared.Takers(file));
        }

        return true;
    }

    /// <summary>The examples that the rows became; none where they are left out.</summary>
    /// <param name="category">The category that reads them.</param>
    /// <param name="source">How it reads them.</param>
    public IReadOnlyList<UncategorisedExample> Examples(string category, CategorySource source) =>
        [.. _groups.Values.Select(entry => new UncategorisedExample(ScoreComparisons.Add(entry.Group.ToExample(category), source), entry.Takers))];

    private void Add((PreferenceExample Row, string Key) parsed, IReadOnlyList<string> takers)
    {
        var key = (string.Join('\u0001', takers), parsed.Key);
        if (!_groups.TryGetValue(key, out var entry))
        {
            _groups.Add(key, entry = (new PromptGroup(parsed.Row), takers));
        }

        entry.Group.Add(parsed.Row);
    }
}
