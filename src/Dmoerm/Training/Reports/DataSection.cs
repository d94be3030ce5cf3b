using System.Globalization;
using System.Xml.Linq;
using Dmoerm.Evaluation.Pages;

namespace Dmoerm.Training.Reports;

/// <summary>What was learnt from: counts, and what was merged or left out.</summary>
internal static class DataSection
{
    /// <summary>Makes the section; null where the report has no counts.</summary>
    public static HtmlSection? Create(TrainingReport report)
    {
        if (report.Data is not { } data)
        {
            return null;
        }

        List<XElement> content =
        [
            Html.Lines(data.Categories.SelectMany(category => category.Value.Files.Select(file => $"{category.Key}: {file}"))),
            Html.Table(
                "Training files, as read", ["category", "rows", "prompts", "responses", "equal texts merged", "comparisons", "ties", "dropped", "prompts without a comparison"],
                data.Categories.Select(category => (IReadOnlyList<string>)
                [
                    category.Key, Count(category.Value.Rows), Count(category.Value.Examples), Count(category.Value.Responses), Count(category.Value.MergedResponses),
                    Count(category.Value.Comparisons), Count(category.Value.Ties), Count(category.Value.DroppedComparisons), Count(category.Value.Uncompared),
                ])),
            Html.Table(
                "Parts", ["category", "units learnt from", "validation units", "validation comparisons", "comparisons left out between parts"],
                report.Categories.Select(category => (IReadOnlyList<string>)
                [
                    category.Key, Count(category.Value.TrainingUnits), Count(category.Value.ValidationUnits), Count(category.Value.ValidationComparisons), Count(category.Value.LeftOut),
                ])),
        ];
        if (data.Categories.Values.Any(category => category.CapabilityComparisons.Count > 0))
        {
            content.Add(Html.Table(
                "Comparisons of each capability", ["capability", "comparisons"],
                data.Categories.SelectMany(category => category.Value.CapabilityComparisons.Select(capability => (IReadOnlyList<string>)[$"{category.Key}: {capability.Key}", Count(capability.Value)]))));
        }

        content.Add(Html.Paragraph($"Comparisons and ties are overall ones; dropped ones stood between two equal texts. {Count(data.CutConversations)} conversations were cut to fit, {Count(data.DroppedResponses)} responses left out as too long."));
        if (data.Uncategorised?.Assigned is { } assigned)
        {
            content.Add(Html.Table("Prompts that the router gave to categories", ["category", "prompts"], assigned.Select(category => (IReadOnlyList<string>)[category.Key, Count(category.Value)])));
        }

        return new HtmlSection("data", "Data", content);
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
