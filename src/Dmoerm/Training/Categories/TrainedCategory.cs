using System.Text.Json.Serialization;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Data.Splits;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Labels;

namespace Dmoerm.Training.Categories;

/// <summary>A category with all three phases done.</summary>
public sealed record TrainedCategory
{
    /// <summary>What scores.</summary>
    public required ServedCategory Served { get; init; }

    /// <summary>How it came about.</summary>
    public required CategoryReport Report { get; init; }
}

/// <summary>How the training of a category went, for <c>metrics.json</c> and the model card.</summary>
public sealed record CategoryReport
{
    /// <summary>Units learnt from.</summary>
    public required int TrainingUnits { get; init; }

    /// <summary>Units that stopped fits and calibrated.</summary>
    public required int ValidationUnits { get; init; }

    /// <summary>Comparisons between the two, in neither.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Overall comparisons of the validation part that prefer one side.</summary>
    public required int ValidationComparisons { get; init; }

    /// <summary>Agreement of the base with them (optimistic: they stopped the fits).</summary>
    public required double BaseAgreement { get; init; }

    /// <summary>Agreement of the aggregator with them.</summary>
    public required double AggregatorAgreement { get; init; }

    /// <summary>Agreement of the aggregator on the folds' outputs; null without folds.</summary>
    public double? FoldAgreement { get; init; }

    /// <summary>Fits in the order of the run: folds, then what is served.</summary>
    public required IReadOnlyList<FitReport> Fits { get; init; }

    /// <summary>Time of phase 3; null in the model's folder, where nothing depends on the machine.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AggregatorSeconds { get; init; }

    /// <summary>What the label teacher found; null without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LabelTeacherReport? LabelTeacher { get; init; }

    /// <summary>What subsampling did to the training part; null without it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SubsampleReport? Subsample { get; init; }

    /// <summary>What users of the category should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Preferences that decided between aggregator and base: validation and, under cross-fitting, every fold's own.</summary>
    public required int HeldOutComparisons { get; init; }

    /// <summary>Agreement of the aggregator with them.</summary>
    public required double HeldOutAggregatorAgreement { get; init; }

    /// <summary>Agreement of the base with them.</summary>
    public required double HeldOutBaseAgreement { get; init; }

    /// <summary>The same without times.</summary>
    public CategoryReport Timeless() => this with { AggregatorSeconds = null, Fits = [.. Fits.Select(fit => fit with { BaseSeconds = null, ExpertSeconds = null })] };

    internal static CategoryReport Of(
        PartitionResult parts, IReadOnlyList<TrainedInner> phases, HeldOut heldOut, (int Comparisons, double Base, double Aggregator, double? Fold) validation, double aggregatorSeconds, IReadOnlyList<string> notes) => new()
        {
            TrainingUnits = parts.Units[0],
            ValidationUnits = parts.Units[1],
            LeftOut = parts.LeftOut,
            ValidationComparisons = validation.Comparisons,
            BaseAgreement = validation.Base,
            AggregatorAgreement = validation.Aggregator,
            FoldAgreement = validation.Fold,
            HeldOutComparisons = heldOut.Comparisons,
            HeldOutAggregatorAgreement = heldOut.AggregatorAgreement,
            HeldOutBaseAgreement = heldOut.BaseAgreement,
            Fits = [.. phases.Select(phase => new FitReport(
                phase.Base.BestSteps[0], phase.Base.LearningRates[0], phase.Base.BestLosses[0], phase.BaseSeconds,
                phase.Experts?.BestSteps ?? [], phase.Experts?.LearningRates ?? [], phase.Experts?.BestLosses ?? [], phase.ExpertSeconds))],
            AggregatorSeconds = aggregatorSeconds,
            Notes = notes,
        };
}

/// <summary>One fit of base and experts.</summary>
/// <param name="BaseStep">The step whose base was kept; 0 is the start.</param>
/// <param name="BaseRate">Its learning rate.</param>
/// <param name="BaseLoss">Its validation loss; null where a plan ended the fit.</param>
/// <param name="BaseSeconds">Time of phase 1; null in the model's folder.</param>
/// <param name="ExpertSteps">The step of each expert.</param>
/// <param name="ExpertRates">The learning rate of each expert.</param>
/// <param name="ExpertLosses">The validation loss of each expert.</param>
/// <param name="ExpertSeconds">Time of phase 2; null in the model's folder.</param>
public sealed record FitReport(
    int BaseStep, double BaseRate, double? BaseLoss, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? BaseSeconds,
    IReadOnlyList<int> ExpertSteps, IReadOnlyList<double> ExpertRates, IReadOnlyList<double?> ExpertLosses,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ExpertSeconds);
