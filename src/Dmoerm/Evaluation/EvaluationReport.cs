using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Evaluation.Benchmarks;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Evaluation;

/// <summary>One line of an evaluation: agreement and what stands beside it.</summary>
public record EvaluationFigure
{
    /// <summary>A figure yet to be filled in.</summary>
    public EvaluationFigure()
    {
    }

    /// <summary>A figure from the pooled one.</summary>
    [SetsRequiredMembers]
    internal EvaluationFigure(AgreementFigure figure, double? givenCategory)
    {
        Comparisons = figure.Comparisons;
        Agreement = figure.Agreement;
        AgreementGivenCategory = givenCategory;
        Interval = figure.Interval;
        LongerWins = figure.LongerWins;
        LabelTies = figure.LabelTies;
        RewardTies = figure.RewardTies;
        Units = figure.Units;
    }

    /// <summary>Comparisons counted: those in which people preferred one side.</summary>
    [JsonPropertyOrder(0)]
    public required int Comparisons { get; init; }

    /// <summary>Share in [0, 1] in which the model agrees, as it would be used: the router chooses the category unless the caller did. Null without comparisons.</summary>
    [JsonPropertyOrder(1)]
    public required double? Agreement { get; init; }

    /// <summary>The same where every response is scored by its row's own category, over the comparisons whose row has one that the model knows; null when there are none.</summary>
    [JsonPropertyOrder(2)]
    public required double? AgreementGivenCategory { get; init; }

    /// <summary>95 % interval of <see cref="Agreement"/>; null with fewer than <see cref="Evaluation.Agreement.MinUnits"/> units.</summary>
    [JsonPropertyOrder(3)]
    public required ConfidenceInterval? Interval { get; init; }

    /// <summary>Agreement of the longer-response rule on the same comparisons.</summary>
    [JsonPropertyOrder(4)]
    public required double? LongerWins { get; init; }

    /// <summary>Comparisons left out because people preferred neither side.</summary>
    [JsonPropertyOrder(5)]
    public required int LabelTies { get; init; }

    /// <summary>Counted comparisons with equal rewards; each counts one half.</summary>
    [JsonPropertyOrder(6)]
    public required int RewardTies { get; init; }

    /// <summary>Distinct units that were resampled.</summary>
    [JsonPropertyOrder(7)]
    public required int Units { get; init; }
}

/// <summary>An evaluation of one category.</summary>
public sealed record CategoryEvaluation : EvaluationFigure
{
    /// <summary>A category yet to be filled in.</summary>
    public CategoryEvaluation()
    {
    }

    [SetsRequiredMembers]
    internal CategoryEvaluation(AgreementFigure figure, double? givenCategory) : base(figure, givenCategory)
    {
        Capabilities = new Dictionary<string, EvaluationFigure>();
    }

    /// <summary>Each capability's own expert against what people said of that capability; those without comparisons are absent.</summary>
    [JsonPropertyOrder(8)]
    public required IReadOnlyDictionary<string, EvaluationFigure> Capabilities { get; init; }

    /// <summary>Whether its probabilities hold; null without comparisons, or where the model has no temperature.</summary>
    [JsonPropertyOrder(9)]
    public CalibrationReport? Calibration { get; init; }

    /// <summary>How much its experts say the same; null without experts.</summary>
    [JsonPropertyOrder(10)]
    public ExpertCorrelations? Correlations { get; init; }
}

/// <summary>What a model is worth on some data, in the JSON of <c>dmoerm eval --json</c>.</summary>
public sealed record EvaluationReport : EvaluationFigure
{
    internal static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    /// <summary>A report yet to be filled in.</summary>
    public EvaluationReport()
    {
    }

    [SetsRequiredMembers]
    internal EvaluationReport(AgreementFigure figure, double? givenCategory) : base(figure, givenCategory)
    {
        Categories = new Dictionary<string, CategoryEvaluation>();
        Notes = [];
    }

    /// <summary>Mean of the categories' agreements; rows without a category have no part in it. Null without categories.</summary>
    [JsonPropertyOrder(8)]
    public required double? CategoryMean { get; init; }

    /// <summary>95 % interval of <see cref="CategoryMean"/>, resampled within each category; null when one has too few units.</summary>
    [JsonPropertyOrder(9)]
    public required ConfidenceInterval? CategoryMeanInterval { get; init; }

    /// <summary>Mean over categories of the longer-response rule.</summary>
    [JsonPropertyOrder(10)]
    public required double? CategoryMeanLongerWins { get; init; }

    /// <summary>Each category of the rows.</summary>
    [JsonPropertyOrder(11)]
    public required IReadOnlyDictionary<string, CategoryEvaluation> Categories { get; init; }

    /// <summary>The router; null when it had nothing to choose or no row says what is right.</summary>
    [JsonPropertyOrder(12)]
    public required RouterFigure? Router { get; init; }

    /// <summary>Whether probabilities hold, over all comparisons, each with its category's temperature; null without comparisons, or where the model has no temperature.</summary>
    [JsonPropertyOrder(13)]
    public CalibrationReport? Calibration { get; init; }

    /// <summary>What a reader of the figures should know: rows without a category, or of one that the model does not know.</summary>
    [JsonPropertyOrder(14)]
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What the model is worth on benchmarks, by their names; null where none was asked for.</summary>
    [JsonPropertyOrder(15)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, BenchmarkReport>? Benchmarks { get; init; }

    /// <summary>The report as indented JSON. What was not measured is null; NaN never stands there.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format);
}
