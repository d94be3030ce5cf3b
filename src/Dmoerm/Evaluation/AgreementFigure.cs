namespace Dmoerm.Evaluation;

/// <summary>How often a model prefers what people prefer, and what stands behind that share.</summary>
public sealed record AgreementFigure
{
    /// <summary>Comparisons counted: those in which people preferred one side.</summary>
    public required int Comparisons { get; init; }

    /// <summary>Comparisons left out because people preferred neither side (p = 0.5).</summary>
    public required int LabelTies { get; init; }

    /// <summary>Counted comparisons with equal rewards; each counts one half.</summary>
    public required int RewardTies { get; init; }

    /// <summary>Share in [0, 1] of the counted comparisons in which the model agrees; null when there are none.</summary>
    public required double? Agreement { get; init; }

    /// <summary>95 % interval of <see cref="Agreement"/> by resampling units; null below <see cref="Evaluation.Agreement.MinUnits"/> units.</summary>
    public required ConfidenceInterval? Interval { get; init; }

    /// <summary>Agreement of the longer-response rule on the same comparisons (equal lengths count one half); null when there are none.</summary>
    public required double? LongerWins { get; init; }

    /// <summary>Distinct units of the counted comparisons.</summary>
    public required int Units { get; init; }
}

/// <summary>Agreement of one model minus that of another on the same comparisons.</summary>
/// <param name="Difference">First minus second; null when nothing was counted.</param>
/// <param name="Interval">95 % interval from the same resamples for both; null below <see cref="Agreement.MinUnits"/> units.</param>
/// <param name="Comparisons">Comparisons counted.</param>
/// <param name="Units">Distinct units of the counted comparisons; for a mean over categories, of the category with the fewest.</param>
public sealed record AgreementDifference(double? Difference, ConfidenceInterval? Interval, int Comparisons, int Units);

/// <summary>The mean of the categories' agreements: every category counts the same, however many comparisons it has.</summary>
/// <param name="Mean">Mean over the categories that have counted comparisons; null when none has.</param>
/// <param name="Interval">95 % interval by resampling within each category; null when a category has fewer than <see cref="Agreement.MinUnits"/> units.</param>
/// <param name="Categories">Number of categories behind the mean.</param>
/// <param name="LongerWins">The same mean of the longer-response rule.</param>
public sealed record CategoryMean(double? Mean, ConfidenceInterval? Interval, int Categories, double? LongerWins);
