using System.Globalization;

namespace Dmoerm.Data.Checks;

/// <summary>What the categories' counts say.</summary>
internal static class CategoryFindings
{
    // From so far off one half, with 50 preferences, chance alone is unlikely (two standard deviations are 0.14).
    private const double Lopsided = 0.65;

    /// <summary>The findings of all categories; what many share is one finding.</summary>
    public static IEnumerable<Finding> Of(IReadOnlyDictionary<string, CheckedCategory> categories) =>
    [
        .. Uncategorised(categories),
        .. categories.SelectMany(pair => Sizes(pair.Key, pair.Value)),
        .. Shares(categories, FindingKind.Position, category => category.FirstListedWins, "the place in the row tells which response is better: were raters shown this order, they may have gone by it. The first one wins in"),
        .. Shares(categories, FindingKind.Length, category => category.LongerWins, "length tells which response is better: that rule is the first thing a model must beat. The longer one wins in"),
    ];

    private static IEnumerable<Finding> Uncategorised(IReadOnlyDictionary<string, CheckedCategory> categories)
    {
        var named = categories.Values.Where(category => category.Named).SelectMany(category => category.Files.Keys).ToHashSet();
        KeyValuePair<string, int>[] mixed = [.. categories.Values.Where(category => !category.Named).SelectMany(category => category.Files).Where(file => named.Contains(file.Key))];
        var rows = mixed.Sum(file => file.Value);
        if (rows > 0)
        {
            yield return new(
                FindingKind.Uncategorised, rows,
                $"{rows} row{(rows == 1 ? " has" : "s have")} no category, in files whose other rows have one: where several categories of a recipe list such a file, its field assignUncategorised says what becomes of them; a category that lists it alone takes them.",
                [.. mixed.Select(file => $"{file.Key}: {file.Value}").Take(3)]);
        }
    }

    private static IEnumerable<Finding> Sizes(string name, CheckedCategory category)
    {
        var from = $"{category.Preferences} preferences from {category.Prompts} prompt{(category.Prompts == 1 ? "" : "s")}";
        if (category.NeedsTexts)
        {
            yield return new(FindingKind.FewPrompts, category.Prompts, $"{name}: {from}: set \"groupBy\": \"responses\"{OtherUnits(category)} in the recipe, so that texts are what is split and folded.", []);
        }
        else if (!category.IsEnough)
        {
            yield return new(FindingKind.SmallCategory, category.Preferences, $"{name}: {from} are too few to train: {EnoughData.Reason}.", []);
        }

        string[] small = [.. category.Capabilities.Where(capability => !capability.Value.IsEnough).Select(capability => $"{capability.Key} ({capability.Value.Comparisons})")];
        if (small.Length > 0)
        {
            yield return new(FindingKind.SmallCapability, small.Length, $"{name}: too few comparisons to train an expert of {string.Join(", ", small)}: {EnoughData.Comparisons} from {EnoughData.Units} prompts are needed.", []);
        }
    }

    // That the first one always wins, or never, is how the file is written.
    private static IEnumerable<Finding> Shares(IReadOnlyDictionary<string, CheckedCategory> categories, FindingKind kind, Func<CheckedCategory, double?> share, string text)
    {
        string[] lopsided = [.. categories
            .Where(pair => pair.Value.Preferences >= EnoughData.Comparisons && share(pair.Value) is < 1 - Lopsided or > Lopsided && !(kind == FindingKind.Position && share(pair.Value) is 0 or 1))
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{100 * share(pair.Value)!.Value:0.0} % of {pair.Key}"))];
        return lopsided.Length > 0 ? [new(kind, lopsided.Length, $"In {lopsided.Length} of {categories.Count} categor{(categories.Count == 1 ? "y" : "ies")} {text} {string.Join(", ", lopsided)}.", [])] : [];
    }

    private static string OtherUnits(CheckedCategory category) =>
        string.Concat(category.Fields.Where(field => field.Value is >= EnoughData.Units and < 1000).Select(field => $" (or \"{field.Key}\", which has {field.Value} values)").Take(1));
}
