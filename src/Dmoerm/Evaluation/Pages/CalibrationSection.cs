using System.Globalization;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Evaluation.Pages;

/// <summary>Whether probabilities hold, before and after the temperature.</summary>
internal static class CalibrationSection
{
    /// <summary>Makes the section; null where nothing was measured.</summary>
    public static HtmlSection? Create(EvaluationReport report)
    {
        if (report.Calibration is not { } all)
        {
            return null;
        }

        List<(string Name, CalibrationReport Calibration)> lines = [.. report.Categories.Where(category => category.Value.Calibration is not null).Select(category => (category.Key, category.Value.Calibration!))];
        if (lines.Count != 1)
        {
            lines.Add(("all", all));
        }

        string[] leftOut = all.LeftOut > 0 ? [$"{all.LeftOut.ToString(CultureInfo.InvariantCulture)} comparisons are left out: the router was unsure, and their rewards mix two categories, which have no common temperature."] : [];
        return new HtmlSection("calibration", "Calibration",
        [
            Html.Paragraph("P(i better than j) = sigmoid((raw_i - raw_j) / T), with a temperature T per category, fitted on validation comparisons. Before: T = 1. "
                + $"ECE: mean distance between confidence and accuracy over {CalibrationFigure.BinCount} equal bins of confidence. Brier: mean squared error of P. NLL: cross-entropy in nats; a coin's is 0.693. Less is better."),
            Html.Table("Calibration before and after the temperature", ["category", "comparisons", "T", "ECE in % before", "ECE in % after", "Brier before", "Brier after", "NLL before", "NLL after"], lines.Select(line => Row(line.Name, line.Calibration))),
            .. leftOut.Select(Html.Paragraph),
            Html.Charts(lines.Select((line, index) => ReliabilityChart.Draw($"reliability-{index}", $"Reliability: {line.Name}", line.Calibration))),
        ]);
    }

    private static IReadOnlyList<string> Row(string name, CalibrationReport report) =>
    [
        name, report.Comparisons.ToString(CultureInfo.InvariantCulture), report.Temperature is { } temperature ? Write(temperature) : "-",
        Percentage.Of(report.Before.Ece), Percentage.Of(report.After.Ece), Write(report.Before.Brier), Write(report.After.Brier), Write(report.Before.Nll), Write(report.After.Nll),
    ];

    private static string Write(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
