using Dmoerm.Data.Categories;
using Dmoerm.Data.Checks;

namespace Dmoerm.Cli.Drafts;

/// <summary>A category of a first recipe.</summary>
internal sealed record CategoryDraft
{
    private const string Mtmc = "mtmc";

    /// <summary>Its name in the recipe.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in the rows, where the recipe's rules do not allow that; else null.</summary>
    public string? RowCategory { get; init; }

    /// <summary>Files to learn from.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Files of the final evaluation.</summary>
    public required IReadOnlyList<string> Test { get; init; }

    /// <summary>Rows in them.</summary>
    public required int TestRows { get; init; }

    /// <summary>What was counted.</summary>
    public required CheckedCategory Data { get; init; }

    /// <summary>Capabilities that become experts.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Capabilities with labels enough of which it is open whether more is better.</summary>
    public required IReadOnlyList<string> Doubtful { get; init; }

    /// <summary>Capabilities with too few labels.</summary>
    public required IReadOnlyList<string> Small { get; init; }

    /// <summary>The paper's capability points, where the rows are those of its data set.</summary>
    public required IReadOnlyList<string> Points { get; init; }

    /// <summary>The categories that have enough.</summary>
    /// <param name="report">Of the files to learn from.</param>
    /// <param name="tested">Of the test files; null without any.</param>
    /// <param name="relative">A path as the recipe gives it.</param>
    /// <param name="notes">Takes what is left out, and why.</param>
    public static List<CategoryDraft> Of(DataCheckReport report, DataCheckReport? tested, Func<string, string> relative, List<string> notes)
    {
        var drafts = new List<CategoryDraft>();
        foreach (var (name, data) in report.Categories)
        {
            if (!data.Named && data.Files.Keys.All(file => NamesCategories(report, file)))
            {
                continue;
            }

            if (!data.IsEnough)
            {
                notes.Add($"Category '{name}' is left out: {data.Preferences} preferences from {data.Prompts} prompts are too few: {EnoughData.Reason}.");
                continue;
            }

            var clean = RecipeName.Clean(name);
            if (drafts.Exists(draft => draft.Name.Equals(clean, StringComparison.OrdinalIgnoreCase)))
            {
                notes.Add($"Category '{name}' is left out: its name as a recipe has it, '{clean}', is another category's.");
                continue;
            }

            var test = TestOf(name, data, report, tested);
            drafts.Add(new CategoryDraft
            {
                Name = clean,
                RowCategory = data.Named && clean != name ? name : null,
                Files = [.. data.Files.Keys.Where(file => data.Named || !NamesCategories(report, file)).Select(relative).Distinct()],
                Test = [.. (test?.Files.Keys ?? []).Select(relative).Distinct()],
                TestRows = test?.Rows ?? 0,
                Data = data,
                Capabilities = [.. Enough(data).Where(pair => !CapabilitySign.IsDoubtful(pair.Key, pair.Value)).Select(pair => pair.Key)],
                Doubtful = [.. Enough(data).Where(pair => CapabilitySign.IsDoubtful(pair.Key, pair.Value)).Select(pair => pair.Key)],
                Points = PointsOf(name, data, report),
                Small = [.. data.Capabilities.Where(pair => !pair.Value.IsEnough).Select(pair => pair.Key)],
            });
        }

        AddNotes(report, tested, drafts, notes);
        return drafts;
    }

    private static void AddNotes(DataCheckReport report, DataCheckReport? tested, List<CategoryDraft> drafts, List<string> notes)
    {
        var mixed = report.Categories.Values.Where(category => !category.Named).SelectMany(category => category.Files)
            .Where(file => report.Categories.Values.Any(category => category.Named && category.Files.ContainsKey(file.Key)));
        foreach (var (file, rows) in mixed)
        {
            notes.Add($"{file}: {rows} rows have no category, the others do: they are left out if several categories list the file, else they are those of the one that does.");
        }

        foreach (var (name, category) in tested?.Categories ?? new Dictionary<string, CheckedCategory>())
        {
            if (!drafts.Exists(draft => draft.Test.Count > 0 && (draft.RowCategory ?? draft.Name) == name) && !drafts.Exists(draft => !category.Named && draft.TestRows == category.Rows))
            {
                notes.Add($"{category.Rows} test rows of '{name}' belong to no category of the recipe; name their file in the category's \"test\" if they do.");
            }
        }

        foreach (var draft in drafts.Where(draft => draft.Doubtful.Count > 0))
        {
            notes.Add($"{draft.Name}: whether more is better is open for {string.Join(", ", draft.Doubtful)}: no expert of these until you say so, see the recipe's comments.");
        }
    }

    private static bool NamesCategories(DataCheckReport report, string file) => report.Categories.Values.Any(category => category.Named && category.Files.ContainsKey(file));

    private static IReadOnlyList<string> PointsOf(string name, CheckedCategory data, DataCheckReport report) =>
        report.Files.Any(file => file.Format == Mtmc && data.Files.ContainsKey(file.Path)) && MtmcTaxonomy.Categories.FirstOrDefault(category => category.Name == name) is { } known
            ? [.. known.Capabilities.Select(point => point.Name)]
            : [];

    private static IEnumerable<KeyValuePair<string, CheckedCapability>> Enough(CheckedCategory data) => data.Capabilities.Where(pair => pair.Value.IsEnough);

    // Rows without a category belong to the file's namesake, or to the only category there is.
    private static CheckedCategory? TestOf(string name, CheckedCategory data, DataCheckReport report, DataCheckReport? tested) =>
        tested is null ? null
        : tested.Categories.TryGetValue(name, out var same) ? same
        : !data.Named && report.Categories.Count == 1 && tested.Categories.Count == 1 && !tested.Categories.Values.First().Named ? tested.Categories.Values.First()
        : null;
}
