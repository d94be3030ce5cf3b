using System.Globalization;
using Dmoerm.Cli.Terminal;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Cli.Evaluating;

/// <summary>An evaluation as a table for people, in plain characters.</summary>
internal static class EvalTable
{
    /// <summary>Writes one line per category and capability, then what was left out and why an interval is missing.</summary>
    public static void Write(EvaluationReport report, TextWriter writer)
    {
        var table = new TextTable("", "comparisons", "agreement", "95 % interval", "longer wins", "given category");
        foreach (var (name, category) in report.Categories)
        {
            Add(table, name, category);
            foreach (var (capability, figure) in category.Capabilities)
            {
                Add(table, $"  {capability}", figure);
            }
        }

        if (report.Categories.Count > 1)
        {
            table.Add("mean of categories", "", Percentage.Of(report.CategoryMean), Percentage.Of(report.CategoryMeanInterval), Percentage.Of(report.CategoryMeanLongerWins), "");
        }

        Add(table, "all", report);
        table.Write(writer);
        writer.WriteLine();
        foreach (var line in Remarks(report))
        {
            writer.WriteLine(line);
        }
    }

    private static void Add(TextTable table, string name, EvaluationFigure figure) => table.Add(
        name, figure.Comparisons.ToString(CultureInfo.InvariantCulture), Percentage.Of(figure.Agreement), Percentage.Of(figure.Interval), Percentage.Of(figure.LongerWins), Percentage.Of(figure.AgreementGivenCategory));

    private static IEnumerable<string> Remarks(EvaluationReport report)
    {
        yield return "agreement: % of comparisons in which the model prefers what people prefer; a capability's line is its own expert's.";
        yield return "longer wins: the same for the rule that the longer response is better. given category: scored by the row's category instead of the router's choice.";
        if (report.Router is { } router)
        {
            yield return $"router: right for {Percentage.Of(router.Accuracy)} % of {router.Prompts} prompts.";
        }

        if (report.Calibration is { } calibration)
        {
            yield return Line(calibration);
        }

        if (report.LabelTies > 0)
        {
            yield return $"{report.LabelTies} comparisons were left out: people preferred neither side.";
        }

        if (report.RewardTies > 0)
        {
            yield return $"{report.RewardTies} comparisons have equal rewards and count one half.";
        }

        foreach (var line in WithoutInterval(report))
        {
            yield return line;
        }

        foreach (var note in report.Notes)
        {
            yield return note;
        }
    }

    /// <summary>Calibration in a sentence.</summary>
    public static string Line(CalibrationReport calibration)
    {
        var (before, after) = (calibration.Before, calibration.After);
        return string.Create(CultureInfo.InvariantCulture, $"calibration before and after the temperature: ECE {Percentage.Of(before.Ece)} % and {Percentage.Of(after.Ece)} %, Brier {before.Brier:0.000} and {after.Brier:0.000}, NLL {before.Nll:0.000} and {after.Nll:0.000}.");
    }

    private static IEnumerable<string> WithoutInterval(EvaluationReport report)
    {
        foreach (var (name, category) in report.Categories)
        {
            string[] lines = [.. category.Capabilities.Prepend(KeyValuePair.Create<string, EvaluationFigure>(name, category)).Where(line => IsWithout(line.Value)).Select(line => $"{line.Key} ({line.Value.Units} units)")];
            if (lines.Length > 0)
            {
                yield return $"no interval in {name}: an interval needs {Agreement.MinUnits} units: {string.Join(", ", lines)}.";
            }
        }

        if (IsWithout(report))
        {
            yield return $"no interval over all: an interval needs {Agreement.MinUnits} units, there are {report.Units}.";
        }
    }

    private static bool IsWithout(EvaluationFigure figure) => figure is { Interval: null, Comparisons: > 0 };
}
