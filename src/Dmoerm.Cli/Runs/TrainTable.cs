using System.Globalization;
using Dmoerm.Cli.Evaluating;
using Dmoerm.Cli.Terminal;
using Dmoerm.Evaluation;
using Dmoerm.Training.Estimates;
using Dmoerm.Training.Reports;
using Dmoerm.Training.Runs;

namespace Dmoerm.Cli.Runs;

/// <summary>A run's plan and report as tables for people, in plain characters.</summary>
internal static class TrainTable
{
    /// <summary>Writes what a run would do.</summary>
    public static void Write(RunPlan plan, TextWriter writer)
    {
        var table = new TextTable("", "rows", "prompts", "responses", "merged", "units", "validation units", "comparisons", "validation comparisons", "left out", "ties");
        foreach (var category in plan.Categories)
        {
            table.Add(
                category.Name, Count(category.Report.Rows), Count(category.Report.Examples), Count(category.Report.Responses), Count(category.Report.MergedResponses),
                Count(category.TrainingUnits), Count(category.ValidationUnits), Count(category.TrainingComparisons), Count(category.ValidationComparisons),
                Count(category.LeftOut + category.Report.DroppedComparisons), Count(category.Report.Ties));
        }

        table.Write(writer);
        writer.WriteLine();
        foreach (var category in plan.Categories.Where(category => category.Report.CapabilityComparisons.Count > 0))
        {
            writer.WriteLine($"{category.Name}: comparisons of {string.Join(", ", category.Report.CapabilityComparisons.Select(capability => $"{capability.Key} {Count(capability.Value)}"))}.");
        }

        foreach (var category in plan.Categories)
        {
            if (category.Subsample is { } subsample)
            {
                writer.WriteLine($"{category.Name}: subsampled: {Count(subsample.Kept)} comparisons are learnt from ({Count(subsample.Flipped)} of them turned round), {Count(subsample.LeftOut)} are left out.");
            }
        }

        foreach (var sentence in (plan.Uncategorised?.Sentences ?? []).Concat(plan.Growth?.Sentences ?? []))
        {
            writer.WriteLine(sentence);
        }

        writer.WriteLine($"{plan.Tokens:N0} tokens in distinct conversations; {plan.CutConversations} conversations are cut to fit, {plan.DroppedResponses} responses left out as too long.");
        if (plan.LostPrompts > 0)
        {
            writer.WriteLine($"In {plan.LostPrompts} of those that are cut the response alone is longer than the limit, so nothing of the last question is left (a larger backbone.maxTokens keeps it).");
        }

        writer.WriteLine(plan.TrunkLayers == 0
            ? "No trunk: adapters change all layers, so every step runs the whole backbone."
            : plan.CacheBytes == 0
                ? $"The states of the lowest {plan.TrunkLayers} layers do not fit the cache and are computed anew in each step."
                : string.Create(CultureInfo.InvariantCulture, $"The states of the lowest {plan.TrunkLayers} layers are computed once and kept: {plan.CacheBytes / 1e9:0.00} GB on disk."));
        writer.WriteLine();
        Write(plan.Estimate, writer);
        if (plan.Growth is not null)
        {
            writer.WriteLine("Categories that are kept are counted as if they were trained: the run takes less.");
        }
    }

    private static void Write(RunEstimate estimate, TextWriter writer)
    {
        var table = new TextTable("estimate", "memory GB", "disk GB", "minutes at most");
        foreach (var category in estimate.Categories)
        {
            table.Add(category.Name, Giga(category.MemoryBytes), Giga(category.DiskBytes), Minutes(category.Seconds));
        }

        table.Add("in all", Giga(estimate.MemoryBytes), Giga(estimate.DiskBytes), Minutes(estimate.Seconds));
        table.Write(writer);
        writer.WriteLine();
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Disk: states {Giga(estimate.CacheBytes)}, stages {Giga(estimate.StageBytes)}, checkpoints {Giga(estimate.CheckpointBytes)}, model {Giga(estimate.ModelBytes)} GB; stages and checkpoints are freed at the end."));
        writer.WriteLine(estimate.Seconds is null
            ? "Memory and disk are counted: estimates. This machine has less memory, so no step was measured, and the run would be refused."
            : "Memory and disk are counted, time is measured on a few steps: estimates. Fits that stop early take less time.");
    }

    private static string Giga(long bytes) => (bytes / 1e9).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Minutes(double? seconds) => seconds is { } value ? (value / 60).ToString("0.0", CultureInfo.InvariantCulture) : "-";

    /// <summary>Writes what a run reached.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="judge">Whose preferences the figures are measured against.</param>
    public static void Write(TrainingReport report, TextWriter writer, string judge = "people")
    {
        var own = report.Methods[^1].Evaluation;
        string[] names = [.. own.Categories.Keys];
        writer.WriteLine($"Agreement with {judge} in %, 95 % intervals ({report.MeasuredOn}):");
        writer.WriteLine();
        var table = new TextTable(["", .. names, "mean"]);
        table.Add(["comparisons", .. names.Select(name => Count(own.Categories[name].Comparisons)), Count(own.Comparisons)]);
        table.Add(["longer response", .. names.Select(name => Percentage.Of(own.Categories[name].LongerWins)), Percentage.Of(own.CategoryMeanLongerWins)]);
        foreach (var method in report.Methods)
        {
            table.Add([method.Name, .. names.Select(name => Percentage.With(method.Evaluation.Categories[name].Agreement, method.Evaluation.Categories[name].Interval)), Percentage.With(method.Evaluation.CategoryMean, method.Evaluation.CategoryMeanInterval)]);
        }

        foreach (var difference in report.Differences)
        {
            table.Add([$"{report.Methods[^1].Name} - {difference.Against}", .. names.Select(name => Percentage.Points(difference.Categories[name])), Percentage.Points(difference.Mean)]);
        }

        table.Write(writer);
        writer.WriteLine();
        foreach (var line in Remarks(report))
        {
            writer.WriteLine(line);
        }
    }

    private static IEnumerable<string> Remarks(TrainingReport report)
    {
        if (report.Methods[^1].Evaluation.Router is { } router)
        {
            yield return $"router: right for {Percentage.Of(router.Accuracy)} % of {router.Prompts} prompts.";
        }

        if (report.Methods[^1].Evaluation.Calibration is { } calibration)
        {
            yield return EvalTable.Line(calibration);
        }

        foreach (var (name, figure) in report.Methods[^1].Evaluation.Categories.Where(category => category.Value.Interval is null))
        {
            yield return $"no interval for {name}: {figure.Units} unit{(figure.Units == 1 ? "" : "s")}, an interval needs {Agreement.MinUnits}.";
        }

        foreach (var (name, category) in report.Categories)
        {
            foreach (var note in category.Notes)
            {
                yield return $"{name}: {note}";
            }
        }

        foreach (var note in report.Notes)
        {
            yield return note;
        }

        if (report.Seconds is { } seconds)
        {
            yield return $"seconds: {string.Join(", ", seconds.Select(stage => string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {stage.Value:0.0}")))}.";
        }
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
