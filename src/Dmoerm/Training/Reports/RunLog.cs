using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Evaluation;
using Dmoerm.Training.Fitting;

namespace Dmoerm.Training.Reports;

/// <summary>Writes down how fits go while they go: <c>metrics.jsonl</c>, and TensorBoard's files under <c>events/</c>.</summary>
/// <remarks>
/// A run that goes on after it was stopped tells the evaluations of all its fits again, so both are written anew and hold each evaluation once. Nothing in
/// <c>metrics.jsonl</c> depends on clock or place; the points of event files are dated by the time at which they were written.
/// </remarks>
internal sealed class RunLog : IDisposable
{
    /// <summary>The file of all evaluations.</summary>
    public const string MetricsName = "metrics.jsonl";

    /// <summary>The folder of TensorBoard's files: one folder per fit and learning rate.</summary>
    public const string EventsName = "events";

    private const string OverallName = "overall preference";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        // A loss that is no number is worth knowing: it stands there as "NaN".
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // A file for people and programs, not for a web page: names stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<(string Stage, FitLook Look)> _looks = [];
    private readonly StreamWriter _metrics;
    private readonly string _events;
    private readonly TimeProvider _clock;
    private (string Name, EventFile File)? _current;

    /// <summary>Starts both anew.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="clock">Dates the points of event files.</param>
    public RunLog(string folder, TimeProvider clock)
    {
        (_events, _clock) = (Path.Combine(folder, EventsName), clock);
        if (Directory.Exists(_events))
        {
            Directory.Delete(_events, recursive: true);
        }

        var stream = new FileStream(Path.Combine(folder, MetricsName), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        _metrics = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true, NewLine = "\n" };
    }

    /// <summary>All evaluations so far.</summary>
    public IReadOnlyList<(string Stage, FitLook Look)> Looks => _looks;

    /// <summary>Notes an evaluation of a fit.</summary>
    public void Add(string stage, FitLook look)
    {
        _looks.Add((stage, look));
        WriteLine(new
        {
            kind = "look",
            stage,
            judged = look.Judged,
            learningRate = look.LearningRate,
            step = look.Step,
            epoch = look.Epoch,
            trainingLosses = look.TrainingLosses,
            validationLosses = look.ValidationLosses,
            gradientNorms = look.GradientNorms,
            rates = look.Rates,
        });
        var file = Open($"{stage}/rate {look.LearningRate.ToString(CultureInfo.InvariantCulture)}");
        for (var scorer = 0; scorer < look.Judged.Count; scorer++)
        {
            var name = look.Judged[scorer] ?? OverallName;
            Point(file, $"training loss/{name}", look.Step, look.TrainingLosses[scorer]);
            Point(file, $"validation loss/{name}", look.Step, look.ValidationLosses?[scorer]);
            Point(file, $"gradient norm/{name}", look.Step, look.GradientNorms[scorer]);
            Point(file, $"learning rate/{name}", look.Step, look.Rates[scorer]);
        }
    }

    /// <summary>Notes what the run reached: a line for each method.</summary>
    public void Finish(TrainingReport report)
    {
        foreach (var (name, figures) in report.Methods)
        {
            WriteLine(new
            {
                kind = "final",
                method = name,
                measuredOn = report.MeasuredOn,
                comparisons = figures.Comparisons,
                agreement = figures.Agreement,
                categoryMean = figures.CategoryMean,
                categories = figures.Categories.ToDictionary(category => category.Key, category => category.Value.Agreement),
                routerAccuracy = figures.Router?.Accuracy,
                ece = figures.Calibration?.After.Ece,
                brier = figures.Calibration?.After.Brier,
                nll = figures.Calibration?.After.Nll,
            });
            AddAgreement(Open($"methods/{name}"), figures);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _current?.File.Dispose();
    }

    private static void AddAgreement(EventFile file, EvaluationReport figures)
    {
        Point(file, "agreement/all", 0, figures.Agreement);
        Point(file, "agreement/mean of categories", 0, figures.CategoryMean);
        foreach (var (category, figure) in figures.Categories)
        {
            Point(file, $"agreement of category/{category}", 0, figure.Agreement);
        }
    }

    private static void Point(EventFile file, string tag, int step, double? value)
    {
        if (value is { } known)
        {
            file.Scalar(tag, step, known);
        }
    }

    private void WriteLine(object line) => _metrics.WriteLine(JsonSerializer.Serialize(line, Format));

    // Fits follow each other, so one file is open at a time.
    private EventFile Open(string name)
    {
        if (_current?.Name != name)
        {
            _current?.File.Dispose();
            _current = (name, new EventFile(Path.Combine([_events, .. name.Split('/')]), _clock));
        }

        return _current!.Value.File;
    }
}
