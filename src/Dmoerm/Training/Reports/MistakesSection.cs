using System.Xml.Linq;
using Dmoerm.Data;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Pages;

namespace Dmoerm.Training.Reports;

/// <summary>Texts of the comparisons that a model got wrong with the most confidence; only where a recipe asks for texts.</summary>
internal static class MistakesSection
{
    private const int PerCategory = 3;

    /// <summary>Finds them.</summary>
    /// <param name="judged">The model's overall comparisons.</param>
    /// <param name="examples">The examples that they are of.</param>
    public static IReadOnlyList<Mistake> Find(IReadOnlyList<JudgedComparison> judged, IReadOnlyList<PreferenceExample> examples)
    {
        var known = examples.GroupBy(example => (example.Category, example.Id)).ToDictionary(group => group.Key, group => group.First());
        return
        [
            .. judged
                .Where(comparison => comparison.Right == 0 && comparison.Temperature is not null)
                .GroupBy(comparison => comparison.Category)
                .SelectMany(category => category.OrderByDescending(Confidence).Take(PerCategory))
                .Select(comparison => Of(comparison, known[(comparison.Category, comparison.Id)])),
        ];
    }

    /// <summary>Makes the section.</summary>
    public static HtmlSection Create(IReadOnlyList<Mistake> mistakes) => new("mistakes", "Most confident mistakes",
    [
        Html.Paragraph("Comparisons of the measured part that the model got wrong with the most confidence. These are texts of the data: mind where this page goes."),
        .. mistakes.SelectMany(Show),
    ]);

    private static IEnumerable<XElement> Show(Mistake mistake)
    {
        yield return Html.Heading($"{mistake.Category ?? "no category"}: {Percentage.Of(mistake.Confidence)} % sure");
        yield return Html.Preformatted("Prompt", mistake.Prompt);
        yield return Html.Paragraph("People prefer:");
        yield return Html.Preformatted("The response that people prefer", mistake.Preferred);
        yield return Html.Paragraph("The model prefers:");
        yield return Html.Preformatted("The response that the model prefers", mistake.Chosen);
    }

    private static Mistake Of(JudgedComparison comparison, PreferenceExample example)
    {
        var (preferred, chosen) = comparison.P > 0.5 ? (comparison.I, comparison.J) : (comparison.J, comparison.I);
        return new Mistake(
            comparison.Category, string.Join("\n\n", example.Prompt.Select(message => $"{message.Role}: {message.Content}")),
            example.Responses[preferred].Text, example.Responses[chosen].Text, Confidence(comparison));
    }

    private static double Confidence(JudgedComparison comparison) => 1 / (1 + Math.Exp(-Math.Abs(comparison.RawI - comparison.RawJ) / comparison.Temperature!.Value));
}

/// <summary>A comparison that a model got wrong.</summary>
/// <param name="Category">The row's category.</param>
/// <param name="Prompt">The turns before the responses.</param>
/// <param name="Preferred">What people prefer.</param>
/// <param name="Chosen">What the model prefers.</param>
/// <param name="Confidence">The model's probability that its choice is the better one.</param>
internal sealed record Mistake(string? Category, string Prompt, string Preferred, string Chosen, double Confidence);
