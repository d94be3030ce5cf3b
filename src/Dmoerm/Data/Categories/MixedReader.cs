using Dmoerm.Data.Rows;

namespace Dmoerm.Data.Categories;

/// <summary>Rows of several categories in the same files, each merged and compared as its own category's source says: what evaluation reads.</summary>
public static class MixedReader
{
    /// <summary>Reads and merges as <see cref="CategoryReader"/> does, every category for itself. A capability that no row carries is no error here: it has no comparisons.</summary>
    /// <param name="files">Files to read, in this order.</param>
    /// <param name="format">One of <see cref="PreferenceReader.Formats"/>; null recognises each file by its first row.</param>
    /// <param name="sourceOf">For a row's own category (null where it has none): the name that its examples get, and what to take from the row.</param>
    /// <param name="report">Told of each file how it was read.</param>
    /// <returns>One example per prompt and category, in the order of first appearance.</returns>
    /// <exception cref="InvalidDataException">A row does not fit, or lacks a unit's field.</exception>
    public static IReadOnlyList<PreferenceExample> Read(
        IReadOnlyList<string> files, string? format, Func<string?, (string? Name, CategorySource Source)> sourceOf, Action<FileReport>? report = null)
    {
        var groups = new Dictionary<(string? Row, string Key), PromptGroup>();
        var sources = new Dictionary<string, (string? Name, RowParser Parser)>();
        foreach (var (fields, rowFormat, id) in files.SelectMany(file => PreferenceReader.Rows(file, format, () => sources.Values.Select(opened => opened.Parser.Source.RankOrder), report)))
        {
            var category = RowParser.CategoryOf(fields, rowFormat);
            var parser = Open(sources, category, sourceOf).Parser;
            var row = parser.Parse(fields, rowFormat, id);
            var key = (category, CategoryReader.GroupKey(row, parser.Source));
            if (!groups.TryGetValue(key, out var group))
            {
                groups.Add(key, group = new PromptGroup(row));
            }

            group.Add(row);
        }

        return [.. groups.Select(entry =>
        {
            var (name, parser) = Open(sources, entry.Key.Row, sourceOf);
            return ScoreComparisons.Add(entry.Value.ToExample(name!), parser.Source);
        })];
    }

    private static (string? Name, RowParser Parser) Open(
        Dictionary<string, (string? Name, RowParser Parser)> sources, string? category, Func<string?, (string? Name, CategorySource Source)> sourceOf)
    {
        // A dictionary has no null key; a category of no letters is none.
        if (!sources.TryGetValue(category ?? "", out var opened))
        {
            var (name, source) = sourceOf(category);
            opened = (name, new RowParser(source));
            sources.Add(category ?? "", opened);
        }

        return opened;
    }
}
