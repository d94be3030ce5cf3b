using System.Globalization;

namespace Dmoerm.Data.Checks;

/// <summary>What a category's counts say.</summary>
internal static class CategoryFindings
{
    // From so far off one half, with 50 preferences, chance alone is unlikely (two standard deviations are 0.14).
    private const double Lopsided = 0.65;

    /// <summary>The findings of a category.</summary>
    public static IEnumerable<Finding> Of(string name, CheckedCategory category)
    {
        if (category.NeedsTexts)
        {
            yield return new(FindingKind.FewPrompts, category.Prompts, $"{name}: {category.Preferences} preferences stand under {category.Prompts} prompt{(category.Prompts == 1 ? "" : "s")}: set \"groupBy\": \"responses\"{OtherUnits(category)} in the recipe, so that texts are what is split.", []);
        }
        else if (!category.IsEnough)
        {
            yield return new(FindingKind.SmallCategory, category.Preferences, $"{name}: {category.Preferences} preferences from {category.Prompts} prompt{(category.Prompts == 1 ? "" : "s")} are too few to train: {EnoughData.Reason}.", []);
        }

        string[] small = [.. category.Capabilities.Where(capability => !capability.Value.IsEnough).Select(capability => $"{capability.Key} ({capability.Value.Comparisons})")];
        if (small.Length > 0)
        {
            yield return new(FindingKind.SmallCapability, small.Length, $"{name}: too few comparisons to train an expert: {string.Join(", ", small)}; {EnoughData.Comparisons} from {EnoughData.Units} prompts are needed.", []);
        }

        if (category.Preferences >= EnoughData.Comparisons)
        {
            if (category.FirstListedWins is { } first and (< 1 - Lopsided or > Lopsided))
            {
                yield return new(FindingKind.Position, category.Preferences, $"{name}: the response that the row lists first is better in {Percent(first)} % of the preferences; were raters shown this order, they may have gone by it.", []);
            }

            if (category.LongerWins is { } longer and (< 1 - Lopsided or > Lopsided))
            {
                yield return new(FindingKind.Length, category.Preferences, $"{name}: the {(longer > 0.5 ? "longer" : "shorter")} response is better in {Percent(Math.Max(longer, 1 - longer))} % of the preferences: that rule is the first thing a model must beat.", []);
            }
        }
    }

    private static string OtherUnits(CheckedCategory category) =>
        string.Concat(category.Fields.Where(field => field.Value is >= EnoughData.Units and < 1000).Select(field => $" (or \"{field.Key}\", which has {field.Value} values)").Take(1));

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);
}
