using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Data.Categories;
using Dmoerm.Evaluation;
using Dmoerm.Training.Categories;
using Dmoerm.Training.Examples;

namespace Dmoerm.Training.Reports;

/// <summary>What a run reached: the contents of the run's <c>report.json</c> and, without times, of the model's <c>metrics.json</c>.</summary>
public sealed record TrainingReport
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The recipe's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the figures were measured on: <c>test</c>, or <c>validation, optimistic</c> where a category has no test files.</summary>
    public required string MeasuredOn { get; init; }

    /// <summary>Each method's agreement with people, weakest first; the trained model is the last.</summary>
    public required IReadOnlyList<MethodReport> Methods { get; init; }

    /// <summary>The trained model minus each other method, on the same comparisons.</summary>
    public required IReadOnlyList<DifferenceReport> Differences { get; init; }

    /// <summary>How each category's training went.</summary>
    public required IReadOnlyDictionary<string, CategoryReport> Categories { get; init; }

    /// <summary>What was learnt from; null in reports of an older version.</summary>
    public DataSummary? Data { get; init; }

    /// <summary>Seconds of each stage of the run; null in the model's folder, where nothing depends on the machine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Seconds { get; init; }

    /// <summary>What a reader should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The same without times and places: two runs of one recipe give the same.</summary>
    public TrainingReport Timeless() => this with { Seconds = null, Data = Data?.Portable(), Categories = Categories.ToDictionary(category => category.Key, category => category.Value.Timeless()) };

    /// <summary>The report as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";

    /// <summary>Reads a report's file.</summary>
    /// <exception cref="InvalidDataException">The file is missing or holds no report.</exception>
    public static TrainingReport Read(string path)
    {
        try
        {
            return File.Exists(path) ? FromJson(File.ReadAllText(path)) : throw new InvalidDataException($"{path}: no such file; a run's report was expected there.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: expected a run's report, came broken JSON or other fields than a report's.", error);
        }
    }

    /// <summary>Reads a report back.</summary>
    /// <exception cref="JsonException">The text is no report.</exception>
    public static TrainingReport FromJson(string json) => JsonSerializer.Deserialize<TrainingReport>(json, Format) ?? throw new JsonException("The report is the JSON literal null.");
}

/// <summary>One method's agreement with people.</summary>
/// <param name="Name">The method.</param>
/// <param name="Evaluation">Its figures.</param>
public sealed record MethodReport(string Name, EvaluationReport Evaluation);

/// <summary>What a run learnt from.</summary>
/// <param name="Categories">What was read of each category, merged and left out.</param>
/// <param name="CutConversations">Training conversations of which something was cut to fit.</param>
/// <param name="DroppedResponses">Training responses left out because they are too long.</param>
public sealed record DataSummary(IReadOnlyDictionary<string, DataReport> Categories, int CutConversations, int DroppedResponses)
{
    /// <summary>Rows without a category in files that several categories list; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UncategorisedReport? Uncategorised { get; init; }

    /// <summary>The same for others to read: of each file the name alone.</summary>
    public DataSummary Portable() => this with
    {
        Categories = Categories.ToDictionary(category => category.Key, category => category.Value with { Files = [.. category.Value.Files.Select(file => file with { Path = Path.GetFileName(file.Path) })] }),
    };
}

/// <summary>The trained model minus another method.</summary>
/// <param name="Against">The other method.</param>
/// <param name="Categories">The difference in each category.</param>
/// <param name="Mean">The difference of the means over categories.</param>
public sealed record DifferenceReport(string Against, IReadOnlyDictionary<string, AgreementDifference> Categories, AgreementDifference Mean);
