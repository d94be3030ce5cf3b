using System.Globalization;
using System.Text;
using Dmoerm.Evaluation;
using Dmoerm.Hub;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Reports;

/// <summary>The artefact's README: what it is, what it was trained on, how far it agrees with people, and its limits.</summary>
internal static class ModelCard
{
    /// <summary>Writes the card in Markdown.</summary>
    public static string Write(TrainingRecipe recipe, TrainingReport report)
    {
        var card = new StringBuilder();
        card.Append(CultureInfo.InvariantCulture, $"# {recipe.Name}\n\nA reward model of {recipe.Categories.Count} task categories, trained by `dmoerm train` (double-layer mixture of experts: ");
        card.Append("a router chooses the category, one expert per capability and the category's base score the response, an aggregator joins them).\n\n");
        card.Append(CultureInfo.InvariantCulture, $"- Backbone: {HubReference.Shown(recipe.Backbone.Folder)}. Licence as stated by the user: {recipe.Backbone.Licence ?? "not stated"}.\n");
        card.Append(CultureInfo.InvariantCulture, $"- Data: {string.Join(", ", recipe.Categories.Values.SelectMany(source => source.Data).Select(HubReference.Shown).Distinct())}. Licence as stated by the user: {recipe.DataLicence ?? "not stated"}.\n");
        card.Append(CultureInfo.InvariantCulture, $"- Longest conversation: {recipe.Backbone.MaxTokens} tokens.\n\n## Agreement with people ({report.MeasuredOn})\n\n");
        AppendTable(card, report);
        AppendCalibration(card, report.Methods[^1].Evaluation);
        card.Append(CultureInfo.InvariantCulture, $"\n`{TrainingPage.Name}` beside this card shows the same with charts, learning curves and data counts.\n");
        card.Append("\n## Categories\n\n");
        foreach (var (name, source) in recipe.Categories)
        {
            card.Append(CultureInfo.InvariantCulture, $"- **{name}**: {(source.Capabilities.Count == 0 ? "no capabilities" : string.Join(", ", source.Capabilities.Keys))}.");
            foreach (var note in report.Categories[name].Notes)
            {
                card.Append(' ').Append(note);
            }

            card.Append('\n');
        }

        card.Append("\n## Limits\n\nRewards compare responses to one prompt; a difference between prompts means little. Figures hold for data like the above. ");
        card.Append("A reward model can be gamed: watch length and style when optimising against it.\n");
        foreach (var note in report.Notes)
        {
            card.Append("\n- ").Append(note);
        }

        return card.ToString().TrimEnd() + "\n";
    }

    private static void AppendCalibration(StringBuilder card, EvaluationReport own)
    {
        if (own.Calibration is not { } all)
        {
            return;
        }

        card.Append("\n## Calibration\n\nP(i better than j) = sigmoid((raw_i - raw_j) / T), T fitted on validation comparisons; in brackets: T = 1.\n\n");
        card.Append("| category | T | ECE in % | Brier | NLL |\n| --- | --- | --- | --- | --- |\n");
        foreach (var (name, calibration) in own.Categories.Select(category => (category.Key, category.Value.Calibration)).Append(("all", all)))
        {
            if (calibration is { Before: var before, After: var after })
            {
                card.Append(CultureInfo.InvariantCulture, $"| {name} | {(calibration.Temperature is { } temperature ? temperature.ToString("0.000", CultureInfo.InvariantCulture) : "-")} ");
                card.Append(CultureInfo.InvariantCulture, $"| {Percentage.Of(after.Ece)} ({Percentage.Of(before.Ece)}) | {after.Brier:0.000} ({before.Brier:0.000}) | {after.Nll:0.000} ({before.Nll:0.000}) |\n");
            }
        }
    }

    private static void AppendTable(StringBuilder card, TrainingReport report)
    {
        var own = report.Methods[^1].Evaluation;
        card.Append("| category | comparisons | longer response |");
        card.AppendJoin("", report.Methods.Select(method => $" {method.Name} |"));
        card.Append(" 95 % interval |\n| --- |").Append(string.Concat(Enumerable.Repeat(" --- |", report.Methods.Count + 3))).Append('\n');
        foreach (var (name, category) in own.Categories)
        {
            card.Append(CultureInfo.InvariantCulture, $"| {name} | {category.Comparisons} | {Percentage.Of(category.LongerWins)} |");
            card.AppendJoin("", report.Methods.Select(method => $" {Percentage.Of(method.Evaluation.Categories[name].Agreement)} |"));
            card.Append(CultureInfo.InvariantCulture, $" {Percentage.Of(category.Interval)} |\n");
        }

        card.Append(CultureInfo.InvariantCulture, $"| mean | {own.Comparisons} | {Percentage.Of(own.CategoryMeanLongerWins)} |");
        card.AppendJoin("", report.Methods.Select(method => $" {Percentage.Of(method.Evaluation.CategoryMean)} |"));
        card.Append(CultureInfo.InvariantCulture, $" {Percentage.Of(own.CategoryMeanInterval)} |\n");
    }
}
