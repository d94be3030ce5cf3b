namespace Dmoerm.Evaluation.Figures;

/// <summary>Calibration of P(i better than j) = sigmoid((raw_i - raw_j) / T) before the temperature (T = 1) and with it.</summary>
/// <remarks>T is fitted on validation comparisons, never on those that are measured here. Comparisons in which people preferred neither side are left out, as in agreement. Source: ours.</remarks>
/// <param name="Comparisons">Comparisons counted.</param>
/// <param name="Temperature">T of the category's model; null over several categories, each of which has its own, and for one that the model does not know.</param>
/// <param name="LeftOut">Comparisons without a probability: the router was unsure, and their rewards mix two categories, whose outputs have no common scale.</param>
/// <param name="Before">With T = 1.</param>
/// <param name="After">With the temperature of the category that scored.</param>
public sealed record CalibrationReport(int Comparisons, double? Temperature, int LeftOut, CalibrationFigure Before, CalibrationFigure After)
{
    /// <summary>Measures comparisons.</summary>
    /// <param name="comparisons">What a model and people said.</param>
    /// <param name="temperature">To be noted in the report.</param>
    /// <returns>Null when nothing is counted.</returns>
    public static CalibrationReport? Of(IReadOnlyList<JudgedComparison> comparisons, double? temperature = null)
    {
        JudgedComparison[] preferring = [.. comparisons.Where(comparison => !comparison.IsLabelTie)];
        JudgedComparison[] counted = [.. preferring.Where(comparison => comparison.Temperature is not null)];
        return counted.Length == 0 ? null : new CalibrationReport(
            counted.Length,
            temperature,
            preferring.Length - counted.Length,
            CalibrationFigure.Of([.. counted.Select(comparison => (comparison.RawI - comparison.RawJ, comparison.P))]),
            CalibrationFigure.Of([.. counted.Select(comparison => ((comparison.RawI - comparison.RawJ) / comparison.Temperature!.Value, comparison.P))]));
    }
}
