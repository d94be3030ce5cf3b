using System.CommandLine;
using System.Text.Json;
using Dmoerm.Cli.Files;
using Dmoerm.Cli.Scoring;
using Dmoerm.Cli.Terminal;
using Dmoerm.Evaluation;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Evaluation.Pages;

namespace Dmoerm.Cli.Evaluating;

/// <summary><c>dmoerm eval</c>: how often a model prefers what people prefer.</summary>
internal sealed class EvalCommand
{
    private readonly ModelArguments _model;

    private readonly Option<string[]> _data = new("--data", "-d")
    {
        Description = "Preference file: JSON lines, JSON, CSV, TSV (these may be gzipped) or Parquet; or data of the hub, org/name[@revision][:config/split]; may be given more than once.",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly BenchmarkArguments _benchmarks = new();

    private readonly Option<string?> _format = DataCommand.Format();

    private readonly Option<string?> _category = new("--category")
    {
        Description = "Score every row with this category's model; rows without a category count as of it. Default: the router chooses.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _groupBy = new("--group-by") { Description = "What belongs together: prompt, responses, or a text field of the rows. Default: as the model was trained.", HelpName = "RULE" };

    private readonly Option<string?> _resampleBy = new("--resample-by") { Description = "The unit of intervals, likewise. Default: as the model was trained, else what --group-by says.", HelpName = "RULE" };

    private readonly Option<double?> _gap = new("--gap")
    {
        Description = "Scores that differ by at least this are a comparison. Default: as the model was trained.",
        HelpName = "X",
        CustomParser = result => DataCommand.ParseGap(result),
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the figures as JSON instead of a table." };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "Also write a JSON line per comparison: id, i, j, p, rewards, raw, category, right.", HelpName = "FILE" };

    private readonly Option<string?> _html = new("--html") { Description = "Also write the figures with charts, as one HTML file that needs no network.", HelpName = "FILE" };

    private readonly Option<int?> _maxTokens = ModelArguments.MaxTokens("Longest conversation in tokens; longer ones are cut, and counted. Default: the model's.");

    private readonly CommandStreams _streams;

    private EvalCommand(CommandStreams streams)
    {
        _streams = streams;
        _model = new ModelArguments(streams);
    }

    /// <summary>The verb.</summary>
    public static Command Create(CommandStreams streams)
    {
        var eval = new EvalCommand(streams);
        var verb = new Verb(
            "eval",
            "Measures how often a model prefers what people prefer.",
            "dmoerm eval runs/debug/model --data dev.jsonl.gz\n"
            + "dmoerm eval runs/debug/model --data writing.jsonl --data arguments.jsonl --json --output comparisons.jsonl\n"
            + "dmoerm eval runs/debug/model --benchmark rewardbench2=test.parquet --benchmark llmbar=LLMBar/Natural/dataset.json",
            "Prints agreement over all rows, per category and per capability, with 95 % intervals, beside the rule that the longer response wins.\n"
            + "Comparisons in which people preferred neither side are left out and counted; equal rewards count one half.\n"
            + "Benchmarks are scored by their own rules instead, and printed apart (under benchmarks in the JSON).")
        {
            eval._model.Model, eval._data, eval._benchmarks.Option, eval._format, eval._category, eval._groupBy, eval._resampleBy, eval._gap, eval._json, eval._output, eval._html, eval._maxTokens,
        };
        eval._model.AddOptions(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetResult(eval._data) is null && result.GetResult(eval._benchmarks.Option) is null)
            {
                result.AddError("Nothing to judge on: give --data FILE, --benchmark NAME=FILE, or both.");
            }
        });
        verb.SetAction(eval.Run);
        return verb;
    }

    private int Run(ParseResult arguments)
    {
        var (named, benchmarks) = (arguments.GetValue(_data) ?? [], _benchmarks.Read(arguments));
        CheckUsed(arguments, named.Length > 0);
        using var file = arguments.GetValue(_output) is { } output ? new OutputFile(output) : null;
        using var page = arguments.GetValue(_html) is { } html ? new OutputFile(html) : null;
        var data = Downloads.Paths(_streams, named);
        (string Name, string[] Files)[] files = [.. benchmarks.Select(one => (one.Name, Downloads.Paths(_streams, one.Files)))];
        using var model = _model.Open(arguments);
        var category = arguments.GetValue(_category);
        Categories.Check(category, model.Categories);
        if (model is ClassifierModel { GivesReward: false } several)
        {
            throw new UsageException(Evaluator.LacksReward(several));
        }

        var (judgement, scored) = ProgressDisplay.Run(_streams, progress =>
        {
            _model.Display = progress;
            var evaluator = EvaluatorOf(model, arguments, progress);
            // All files first: a wrong one should not wait for a model.
            BenchmarkSet[] sets = [.. files.Select(one => BenchmarkSet.Read(one.Name, one.Files, evaluator.FileRead))];
            var examples = data.Length > 0 ? evaluator.Read(data, arguments.GetValue(_format)) : null;
            return (examples is null ? null : evaluator.Evaluate(examples), sets.Length > 0 ? evaluator.EvaluateBenchmarks(sets) : null);
        });
        if (file is not null)
        {
            WriteComparisons(judgement!.Overall, file.Writer);
            file.Complete();
        }

        var report = judgement?.Report();
        if (page is not null)
        {
            var name = _model.Name(arguments);
            page.Writer.Write(EvaluationPage.Write($"{name} on {string.Join(", ", [.. named.Select(Path.GetFileName), .. benchmarks.Select(one => one.Name)])}", name, report, scored));
            page.Complete();
        }

        Print(report, scored, arguments.GetValue(_json));
        return 0;
    }

    private Evaluator EvaluatorOf(IRewardModel model, ParseResult arguments, ProgressDisplay progress) => new(model)
    {
        MaxTokens = arguments.GetValue(_maxTokens),
        Category = arguments.GetValue(_category),
        GroupBy = arguments.GetValue(_groupBy),
        ResampleBy = arguments.GetValue(_resampleBy),
        Gap = arguments.GetValue(_gap),
        FileRead = file => progress.Line(file.ToString()),
        Progress = (stage, done, total) =>
        {
            _streams.Stopped.ThrowIfCancellationRequested();
            progress.Report(stage, done, total);
        },
    };

    private void CheckUsed(ParseResult arguments, bool data)
    {
        Option[] ofData = [_format, _groupBy, _resampleBy, _gap, _output];
        if (!data && Array.Find(ofData, option => arguments.GetResult(option) is { Implicit: false }) is { } unused)
        {
            throw new UsageException($"{unused.Name} is about --data, which is not given; benchmarks have their own rules.");
        }
    }

    private void Print(EvaluationReport? report, IReadOnlyDictionary<string, BenchmarkReport>? benchmarks, bool json)
    {
        if (json)
        {
            _streams.Out.WriteLine(report is null ? new BenchmarkReports(benchmarks!).ToJson() : (report with { Benchmarks = benchmarks }).ToJson());
            return;
        }

        if (report is not null)
        {
            EvalTable.Write(report, _streams.Out);
        }

        if (benchmarks is not null)
        {
            _streams.Out.Write(report is null ? "" : _streams.Out.NewLine);
            BenchmarkTable.Write(benchmarks, _streams.Out);
        }
    }

    /// <summary>A line per overall comparison.</summary>
    internal static void WriteComparisons(IEnumerable<JudgedComparison> comparisons, TextWriter writer)
    {
        foreach (var comparison in comparisons)
        {
            writer.WriteLine(JsonSerializer.Serialize(
                new
                {
                    id = comparison.Id,
                    i = comparison.I,
                    j = comparison.J,
                    p = comparison.P,
                    rewards = new[] { comparison.RewardI, comparison.RewardJ },
                    raw = new[] { comparison.RawI, comparison.RawJ },
                    category = comparison.Category,
                    right = comparison.Right,
                }));
        }
    }
}
