using Dmoerm.Data.Rows;
using Dmoerm.Data.Splits;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Categories;

/// <summary>The rows of one category, merged to one example per prompt, so that each response is encoded once.</summary>
public static class CategoryReader
{
    /// <summary>Reads and merges.</summary>
    /// <remarks>
    /// Rows are of one prompt when their turns are, in NFC and white space apart, and the fields of <see cref="CategorySource.GroupBy"/> and
    /// <see cref="CategorySource.ResampleBy"/> agree; rows without a prompt stay alone. Rows that state comparisons and rows whose scores make them are not mixed in one
    /// example. Texts that are equal, white space at the ends apart, are one response; scores are averaged by ratings before they make comparisons.
    /// </remarks>
    /// <param name="category">The category's name; every example gets it.</param>
    /// <param name="source">What to take from the rows.</param>
    /// <param name="files">Files to read, in this order.</param>
    /// <param name="needsCapabilities">A capability that no row carries is an error; false for rows that only test.</param>
    /// <param name="shared">What becomes of rows without a category in files that other categories list too; null takes them all.</param>
    /// <exception cref="InvalidDataException">A row does not fit, no row is of the category, no row carries a capability, a row lacks a unit's field, or a gap is negative.</exception>
    public static CategoryData Read(string category, CategorySource source, IReadOnlyList<string> files, bool needsCapabilities = true, SharedFiles? shared = null)
    {
        CheckGaps(category, source);
        var parser = new RowParser(source);
        var groups = new Dictionary<string, PromptGroup>();
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var reports = new List<FileReport>();
        var uncategorised = new UncategorisedRows(shared);
        var (rows, isRanked) = (0, false);
        foreach (var (file, (fields, format, id)) in files.SelectMany(file => PreferenceReader.Rows(file, source.Format, () => [source.RankOrder], reports.Add).Select(row => (file, row))))
        {
            var stated = RowParser.CategoryOf(fields, format);
            if (stated is { } other && other != (source.RowCategory ?? category))
            {
                others[other] = others.GetValueOrDefault(other) + 1;
                continue;
            }

            isRanked |= format.Ranked is not null;
            (PreferenceExample Row, string Key) Parse()
            {
                var parsed = parser.Parse(fields, format, id);
                return (parsed, GroupKey(parsed, source));
            }

            if (uncategorised.Take(file, fields.Origin, stated, Parse))
            {
                continue;
            }

            var (row, key) = Parse();
            if (!groups.TryGetValue(key, out var group))
            {
                groups.Add(key, group = new PromptGroup(row));
            }

            group.Add(row);
            rows++;
        }

        if (rows == 0)
        {
            throw NoRows(category, source, files, others.Keys, uncategorised.Counts.Values.Sum());
        }

        if (source.RankOrder is not null && !isRanked)
        {
            throw new InvalidDataException($"Category '{category}': expected rows with ranks, because rankOrder is set, came only formats whose direction is fixed ({string.Join(", ", reports.Select(file => file.Format).Distinct())}).");
        }

        PreferenceExample[] examples = [.. groups.Values.Select(group => ScoreComparisons.Add(group.ToExample(category), source))];
        if (needsCapabilities)
        {
            CheckCapabilities(category, examples, parser);
        }

        return new CategoryData
        {
            Category = category,
            Examples = examples,
            Report = Count(rows, others, groups.Values, examples, source) with { Files = reports, Uncategorised = uncategorised.Counts.Values.Sum() },
            Uncategorised = uncategorised.Examples(category, source),
            UncategorisedRows = uncategorised.Counts,
        };
    }

    internal static string GroupKey(PreferenceExample row, CategorySource source)
    {
        List<string> parts = [];
        foreach (var rule in new[] { source.GroupBy, source.ResampleBy ?? source.GroupBy }.Where(UnitKeys.IsField))
        {
            parts.Add(UnitKeys.FieldOf(row, rule));
        }

        if (row.Prompt.Count == 0)
        {
            return row.Origin;
        }

        // Stated comparisons of one row must not silence the scores of another.
        var scored = row.Responses.Any(response => response.Score is not null || response.Capabilities.Count > 0);
        parts.Add(scored ? "scores " + string.Join(',', row.Comparisons.Select(comparison => comparison.Capability ?? "").Distinct().Order(StringComparer.Ordinal)) : "stated");
        parts.Add(PromptKey(row));
        return string.Join('\u0001', parts);
    }

    /// <summary>What rows of one prompt share: its turns, white space apart, and its tools.</summary>
    internal static string PromptKey(PreferenceExample row) =>
        string.Join('\u0001', row.Prompt.Select(message => $"{message.Role}\u0002{NormalText.Spaced(message.Content)}{message.Mark}")) + (row.Tools is null ? "" : $"\u0001{row.Tools}");

    private static void CheckGaps(string category, CategorySource source)
    {
        foreach (var (name, gap) in source.Capabilities.Select(capability => (capability.Key, capability.Value.Gap)).Prepend((category, source.Gap)))
        {
            if (!(gap >= 0 && double.IsFinite(gap)))
            {
                throw new InvalidDataException($"Category '{category}': gap of '{name}': expected a number of at least 0, came {gap}.");
            }
        }
    }

    private static void CheckCapabilities(string category, PreferenceExample[] examples, RowParser parser)
    {
        foreach (var (name, capability) in parser.Source.Capabilities)
        {
            if (examples.Any(example => example.Responses.Any(response => response.Capabilities.ContainsKey(name)) || example.Comparisons.Any(comparison => comparison.Capability == name)))
            {
                continue;
            }

            var field = RowParser.ScoreField(name, capability);
            string[] expected =
            [
                .. field is null ? Array.Empty<string>() : [$"score field '{field}'"],
                .. capability.Reasons.Count == 0 ? Array.Empty<string>() : [$"reasons {string.Join(", ", capability.Reasons)}"],
                $"comparisons of '{name}'",
            ];
            throw new InvalidDataException(
                $"Category '{category}': no row carries capability '{name}': expected {string.Join(" or ", expected)}; seen score fields: {Listed(parser.ScoreFields)}; seen reasons: {Listed(parser.ReasonCodes)}.");
        }
    }

    private static DataReport Count(
        int rows, SortedDictionary<string, int> others, IReadOnlyCollection<PromptGroup> groups, PreferenceExample[] examples, CategorySource source)
    {
        Comparison[] all = [.. examples.SelectMany(example => example.Comparisons)];
        return new DataReport
        {
            Files = [],
            Rows = rows,
            OtherRows = others,
            Examples = examples.Length,
            Responses = examples.Sum(example => example.Responses.Count),
            MergedResponses = groups.Sum(group => group.Merged),
            DroppedComparisons = groups.Sum(group => group.Dropped),
            Comparisons = all.Count(comparison => comparison.Capability is null),
            Ties = all.Count(comparison => comparison is { Capability: null, P: 0.5 }),
            CapabilityComparisons = source.Capabilities.Keys.ToDictionary(name => name, name => all.Count(comparison => comparison.Capability == name)),
            Uncompared = examples.Count(example => example.Comparisons.Count == 0),
        };
    }

    private static InvalidDataException NoRows(string category, CategorySource source, IReadOnlyList<string> files, IReadOnlyCollection<string> seen, int uncategorised) => new(
        files.Count == 0
            ? $"Category '{category}' has no data: expected at least one file."
            : $"Category '{category}' has no row in {string.Join(", ", files)}: expected rows with category '{source.RowCategory ?? category}'{(uncategorised > 0 ? $", came {uncategorised} without a category in files that other categories list too, and" : " or without one, came")} categories {Listed(seen)}.");

    private static string Listed(IReadOnlyCollection<string> names) => names.Count > 0 ? string.Join(", ", names) : "none";
}
