using System.Globalization;
using System.Text.Json;
using Dmoerm.Evaluation;
using Dmoerm.Tests.Evaluation.Pages;
using Dmoerm.Training.Reports;

namespace Dmoerm.Tests.Training.Reports;

/// <summary>What a run writes of itself: its log, its curves, its page.</summary>
public sealed class RunReportTests(ReportedRun reported) : IClassFixture<ReportedRun>
{
    private TrainedRun Run => reported.Run;

    private IReadOnlyList<JsonElement> Lines => [.. File.ReadLines(Path.Combine(Run.Run, "metrics.jsonl")).Select(line => JsonElement.Parse(line))];

    [Fact]
    public void Pages_OfRunAndModel_AreSoundAndHoldTheReportsFigures()
    {
        foreach (var page in new[] { Page(Run.Run), Page(Run.Model) })
        {
            page.AssertSound();
            AssertFigures(page, Run.Report);
        }
    }

    [Fact]
    public void Page_OfTheRunAlone_HasTimes()
    {
        Assert.Equal(Run.Report.Seconds!["read"].ToString("0.0", CultureInfo.InvariantCulture), Page(Run.Run).Cell("Seconds of each stage", "read", "seconds"));
        Assert.DoesNotContain(Page(Run.Model).Root.Descendants("caption"), caption => caption.Value.StartsWith("Seconds", StringComparison.Ordinal));
    }

    [Fact]
    public void Page_Data_IsCountedAsItWasRead()
    {
        var page = Page(Run.Run);
        foreach (var (name, data) in Run.Report.Data!.Categories)
        {
            Assert.Equal(12, data.Examples);
            Assert.Contains(page.Root.Descendants("li"), line => line.Value.StartsWith($"{name}: {name}.jsonl: ", StringComparison.Ordinal));
            Assert.Equal($"{data.Examples}", page.Cell("Training files, as read", name, "prompts"));
            Assert.Equal($"{data.Rows}", page.Cell("Training files, as read", name, "rows"));
            Assert.Equal($"{data.Ties}", page.Cell("Training files, as read", name, "ties"));
            Assert.Equal($"{Run.Report.Categories[name].ValidationUnits}", page.Cell("Parts", name, "validation units"));
            Assert.All(data.CapabilityComparisons, capability => Assert.Equal($"{capability.Value}", page.Cell("Comparisons of each capability", $"{name}: {capability.Key}", "comparisons")));
        }
    }

    [Fact]
    public void Page_Texts_StandOnlyInTheRunsOwnAndOnlyWhenAskedFor()
    {
        // The run was asked for texts. One response of the two test rows is preferred here and the other there, so the model is mistaken at least once.
        var mistakes = Page(Run.Run).Root.Descendants("section").Single(section => section.Element("h2")!.Value == "Most confident mistakes");
        var story = Run.Report.Methods[^1].Evaluation.Categories["story"];
        string[][] shown = [.. mistakes.Descendants("pre").Select(text => text.Value).Chunk(3)];
        Assert.Equal(story.Comparisons * (1 - story.Agreement!.Value), shown.Length, 1e-9);
        Assert.All(shown, texts => Assert.Contains(texts, new[] { new[] { $"user: {ReportedRun.Prompt}", PlantedFiles.Cold, PlantedFiles.Kind }, [$"user: {ReportedRun.OtherPrompt}", PlantedFiles.Kind, PlantedFiles.Cold] }));
        using var silent = new TrainedRun();
        foreach (var folder in new[] { Run.Model, silent.Run, silent.Model })
        {
            Assert.DoesNotContain(new[] { PlantedFiles.Kind, PlantedFiles.Cold, ReportedRun.Prompt }, word => File.ReadAllText(Path.Combine(folder, "report.html")).Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Metrics_Looks_AreTheFitsOfTheReport()
    {
        var looks = Lines.Where(line => line.GetProperty("kind").GetString() == "look").ToArray();
        Assert.All(looks, look => Assert.Equal(
            ["kind", "stage", "judged", "learningRate", "step", "epoch", "trainingLosses", "validationLosses", "gradientNorms", "rates"], look.EnumerateObject().Select(field => field.Name)));
        foreach (var (name, category) in Run.Report.Categories)
        {
            var stages = looks.Select(look => look.GetProperty("stage").GetString()!).Where(stage => stage.StartsWith(name + "/fold", StringComparison.Ordinal)).Distinct().ToArray();
            Assert.Equal(6, stages.Length);
            foreach (var (fit, stage) in category.Fits.Zip(stages.Where(stage => stage.EndsWith("/base", StringComparison.Ordinal))))
            {
                var own = looks.Where(look => look.GetProperty("stage").GetString() == stage).ToArray();
                Assert.Equal(Enumerable.Range(0, own.Length), own.Select(look => look.GetProperty("step").GetInt32()).Select((step, index) => step == 0 ? 0 : index));
                var best = own.MinBy(look => look.GetProperty("validationLosses")[0].GetDouble());
                Assert.Equal((fit.BaseStep, fit.BaseRate, fit.BaseLoss), (best.GetProperty("step").GetInt32(), best.GetProperty("learningRate").GetDouble(), best.GetProperty("validationLosses")[0].GetDouble()));
                Assert.Equal(JsonValueKind.Null, own[0].GetProperty("trainingLosses")[0].ValueKind);
                Assert.True(own[^1].GetProperty("gradientNorms")[0].GetDouble() > 0);
            }
        }
    }

    [Fact]
    public void Metrics_LastLines_AreTheFinalFigures()
    {
        var finals = Lines.Where(line => line.GetProperty("kind").GetString() == "final").ToArray();
        Assert.Equal(Run.Report.Methods.Select(method => method.Name), finals.Select(line => line.GetProperty("method").GetString()));
        Assert.Equal(Run.Report.Methods.Select(method => method.Evaluation.Agreement), finals.Select(line => (double?)line.GetProperty("agreement").GetDouble()));
        Assert.Equal(Run.Report.Methods[^1].Evaluation.Calibration!.After.Ece, finals[^1].GetProperty("ece").GetDouble());
        Assert.Equal(JsonValueKind.Null, finals[0].GetProperty("ece").ValueKind);
        Assert.Equal(finals, Lines.TakeLast(finals.Length), (x, y) => x.GetRawText() == y.GetRawText());
    }

    [Fact]
    public void Events_Curves_AreThoseOfTheMetrics()
    {
        foreach (var fit in Lines.Where(line => line.GetProperty("kind").GetString() == "look").GroupBy(line => (Stage: line.GetProperty("stage").GetString()!, Rate: line.GetProperty("learningRate").GetDouble())))
        {
            var folder = Path.Combine([Run.Run, "events", .. fit.Key.Stage.Split('/'), $"rate {fit.Key.Rate.ToString(CultureInfo.InvariantCulture)}"]);
            var judged = fit.First().GetProperty("judged").EnumerateArray().Select(name => name.GetString() ?? "overall preference").ToArray();
            for (var scorer = 0; scorer < judged.Length; scorer++)
            {
                AssertCurve(folder, $"training loss/{judged[scorer]}", fit, look => look.GetProperty("trainingLosses")[scorer]);
                AssertCurve(folder, $"validation loss/{judged[scorer]}", fit, look => look.GetProperty("validationLosses") is { ValueKind: JsonValueKind.Array } losses ? losses[scorer] : default);
                AssertCurve(folder, $"gradient norm/{judged[scorer]}", fit, look => look.GetProperty("gradientNorms")[scorer]);
                AssertCurve(folder, $"learning rate/{judged[scorer]}", fit, look => look.GetProperty("rates")[scorer]);
            }
        }

        foreach (var method in Run.Report.Methods)
        {
            var folder = Path.Combine(Run.Run, "events", "methods", method.Name);
            Assert.Equal((float)method.Evaluation.Agreement!.Value, Assert.Single(EventRecords.Curve(folder, "agreement/all")).Value);
            Assert.All(method.Evaluation.Categories, category => Assert.Equal((float)category.Value.Agreement!.Value, Assert.Single(EventRecords.Curve(folder, $"agreement of category/{category.Key}")).Value));
        }
    }

    [Fact]
    public void Metrics_RunThatWasStopped_AreThoseOfOneThatWasNot()
    {
        using var run = new TrainedRun();
        var path = Path.Combine(run.Run, "metrics.jsonl");
        var (metrics, curves, page) = (File.ReadAllText(path), Curves(run), File.ReadAllText(Path.Combine(run.Model, "report.html")));
        Directory.Delete(run.Run, recursive: true);
        Assert.Throws<InvalidOperationException>(() => run.Train(step => { if (step.Stage.StartsWith("fact", StringComparison.Ordinal)) { throw new InvalidOperationException(); } }));
        var half = File.ReadAllText(path);
        Assert.True(half.Length > 0 && metrics.StartsWith(half, StringComparison.Ordinal) && half.Length < metrics.Length);
        // As a process that dies in the middle of a line leaves it.
        File.AppendAllText(path, """{"kind":"look","sta""");
        run.Train();
        Assert.Equal(metrics, File.ReadAllText(path));
        Assert.Equal(curves, Curves(run));
        Assert.Equal(page, File.ReadAllText(Path.Combine(run.Model, "report.html")));
    }

    private static void AssertFigures(HtmlFile page, TrainingReport report)
    {
        foreach (var (name, figures) in report.Methods)
        {
            Assert.All(figures.Categories, category => Assert.Equal(Percentage.With(category.Value.Agreement, category.Value.Interval), page.Cell("Agreement in %", category.Key, name)));
            Assert.Equal(Percentage.With(figures.CategoryMean, figures.CategoryMeanInterval), page.Cell("Agreement in %", "mean of categories", name));
            Assert.Equal(Percentage.With(figures.Agreement, figures.Interval), page.Cell("Agreement in %", "all", name));
        }

        foreach (var difference in report.Differences)
        {
            Assert.All(difference.Categories, category => Assert.Equal(Percentage.Points(category.Value), page.Cell("Differences in points", difference.Against, category.Key)));
            Assert.Equal(Percentage.Points(difference.Mean), page.Cell("Differences in points", difference.Against, "mean of categories"));
        }

        var own = report.Methods[^1].Evaluation;
        Assert.All(own.Router!.Confusion, from => Assert.All(from.Value, to => Assert.Equal($"{to.Value}", page.Cell("Prompts by own category and choice", from.Key, to.Key))));
        foreach (var (name, category) in own.Categories)
        {
            Assert.All(category.Capabilities, expert => Assert.Equal(Percentage.With(expert.Value.Agreement, expert.Value.Interval), page.Cell("Experts' agreement in %", $"{name}: {expert.Key}", "agreement")));
            var correlations = category.Correlations!;
            var caption = $"{name}: correlations over {correlations.Responses} responses";
            Assert.Equal(correlations.Matrix[0][1]!.Value.ToString("0.00", CultureInfo.InvariantCulture), page.Cell(caption, correlations.Capabilities[0], correlations.Capabilities[1]));
            const string Calibration = "Calibration before and after the temperature";
            Assert.Equal(category.Calibration!.Temperature!.Value.ToString("0.000", CultureInfo.InvariantCulture), page.Cell(Calibration, name, "T"));
            Assert.Equal(Percentage.Of(category.Calibration.After.Ece), page.Cell(Calibration, name, "ECE in % after"));
            Assert.Equal(category.Calibration.Before.Brier.ToString("0.000", CultureInfo.InvariantCulture), page.Cell(Calibration, name, "Brier before"));
        }
    }

    private static void AssertCurve(string folder, string tag, IEnumerable<JsonElement> looks, Func<JsonElement, JsonElement> value) => Assert.Equal(
        looks.Select(look => (Step: look.GetProperty("step").GetInt64(), Value: value(look))).Where(point => point.Value.ValueKind == JsonValueKind.Number).Select(point => (point.Step, (double)(float)point.Value.GetDouble())),
        EventRecords.Curve(folder, tag));

    // Without the times at which the points were written.
    private static IReadOnlyList<string> Curves(TrainedRun run) =>
    [
        .. Directory.GetFiles(Path.Combine(run.Run, "events"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(path => EventRecords.Read(path).Select(record => $"{path} {record.Step} {record.Summary}")),
    ];

    private static HtmlFile Page(string folder) => HtmlFile.Parse(File.ReadAllText(Path.Combine(folder, "report.html")));
}
