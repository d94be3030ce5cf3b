using System.Globalization;
using System.Xml.Linq;
using Dmoerm.Evaluation.Pages;
using Dmoerm.Training.Fitting;

namespace Dmoerm.Training.Reports;

/// <summary>How the fits went: a chart for each, and a table with the numbers.</summary>
internal static class CurvesSection
{
    private const string OverallName = "overall";

    /// <summary>Makes the section; null where nothing was fitted.</summary>
    /// <param name="looks">All evaluations of all fits in the order of the run; stages start with their category.</param>
    public static HtmlSection? Create(IReadOnlyList<(string Stage, FitLook Look)> looks)
    {
        var fits = looks.GroupBy(look => look.Stage).Select((stage, index) => new StageCurves(index, stage.Key, [.. stage.Select(look => look.Look)])).ToArray();
        return fits.Length == 0 ? null : new HtmlSection("curves", "Learning curves",
        [
            Html.Paragraph("Loss in nats over passes through the data. A fit that is validated shows, for each model, the learning rate with the lowest validation loss, and a dot where its weights were kept; thin lines are training losses. "
                + "A fit without validation (what is served after cross-fitting) runs for the rate and the number of passes that the folds found best."),
            .. fits.GroupBy(fit => fit.Owner).SelectMany(owner => Of(owner.Key, [.. owner])),
        ]);
    }

    private static IEnumerable<XElement> Of(string owner, StageCurves[] fits)
    {
        yield return Html.Heading(owner);
        yield return Html.Charts(fits.Select(fit => fit.Chart().Draw()).OfType<XElement>());
        yield return Html.Table($"Fits of {owner}", ["fit", "model", "rate", "steps", "validation loss at start", "lowest", "at pass", "last training loss"], fits.SelectMany(fit => fit.Rows()));
    }

    /// <summary>The evaluations of one stage.</summary>
    private sealed record StageCurves(int Index, string Stage, IReadOnlyList<FitLook> Looks)
    {
        public string Owner => Stage.Split('/')[0];

        private string Name => string.Join(", ", Stage.Split('/').Skip(1));

        private IReadOnlyList<string?> Judged => Looks[0].Judged;

        private IReadOnlyList<IGrouping<double, FitLook>> Rates => [.. Looks.GroupBy(look => look.LearningRate)];

        public LineChart Chart() => new($"curve-{Index}", $"{Owner}: {Name}", "passes", "loss", [.. Judged.SelectMany((_, scorer) => CurvesOf(scorer))]);

        public IEnumerable<IReadOnlyList<string>> Rows() => Judged.SelectMany((_, scorer) => Shown(scorer).Select(rate => Row(scorer, rate)));

        // With validation the best rate says it all; without, each planned rate is somebody's.
        private IEnumerable<IGrouping<double, FitLook>> Shown(int scorer) => Rates.Any(rate => Lowest(scorer, rate) is not null)
            ? [Rates.Where(rate => Lowest(scorer, rate) is not null).MinBy(rate => Lowest(scorer, rate)!.ValidationLosses![scorer])!]
            : Rates;

        private IEnumerable<Curve> CurvesOf(int scorer)
        {
            foreach (var rate in Shown(scorer))
            {
                var (lowest, name) = (Lowest(scorer, rate), $"{Judged[scorer] ?? OverallName}, rate {Write(rate.Key)}");
                var look = $"series{scorer % Drawing.Looks}";
                if (lowest is not null)
                {
                    yield return new Curve(name, look, [.. rate.Where(at => at.ValidationLosses?[scorer] is not null).Select(at => (at.Epoch, at.ValidationLosses![scorer]!.Value))], lowest.Epoch);
                }

                if (lowest is null || Judged.Count == 1)
                {
                    yield return new Curve($"{name}, training", lowest is null ? look : $"{look} faint", [.. rate.Where(at => at.TrainingLosses[scorer] is not null).Select(at => (at.Epoch, at.TrainingLosses[scorer]!.Value))]);
                }
            }
        }

        private string[] Row(int scorer, IGrouping<double, FitLook> rate)
        {
            var lowest = Lowest(scorer, rate);
            return
            [
                Name, Judged[scorer] ?? OverallName, Write(rate.Key), rate.Max(look => look.Step).ToString(CultureInfo.InvariantCulture),
                Loss(rate.First().ValidationLosses?[scorer]), Loss(lowest?.ValidationLosses![scorer]), lowest is null ? "-" : lowest.Epoch.ToString("0.##", CultureInfo.InvariantCulture),
                Loss(rate.LastOrDefault(look => look.TrainingLosses[scorer] is not null)?.TrainingLosses[scorer]),
            ];
        }

        private static FitLook? Lowest(int scorer, IGrouping<double, FitLook> rate) =>
            rate.Where(look => look.ValidationLosses?[scorer] is { } loss && double.IsFinite(loss)).MinBy(look => look.ValidationLosses![scorer]);

        private static string Write(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

        private static string Loss(double? value) => value is { } loss ? loss.ToString("0.0000", CultureInfo.InvariantCulture) : "-";
    }
}
