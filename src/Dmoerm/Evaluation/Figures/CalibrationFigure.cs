namespace Dmoerm.Evaluation.Figures;

/// <summary>How far probabilities of preference hold: what they promise beside what people said.</summary>
/// <remarks>
/// A comparison's confidence is max(P, 1 - P), its accuracy the probability, by people's p, that the response with P above one half is the
/// better one (one half where P is one half). Bins are 15 equal widths of [0, 1], each open below and closed above, the first closed on both
/// sides; ECE is the mean over comparisons of the distance between their bin's mean confidence and mean accuracy. Source: ours; values as numpy gives them (reference values of losses).
/// </remarks>
public sealed record CalibrationFigure
{
    /// <summary>Number of bins.</summary>
    public const int BinCount = 15;

    /// <summary>Expected calibration error in [0, 1].</summary>
    public required double Ece { get; init; }

    /// <summary>Mean of (P - p) squared, in [0, 1]; one quarter is what P = one half gives on certain labels.</summary>
    public required double Brier { get; init; }

    /// <summary>Mean cross-entropy in nats; ln 2 = 0.693 is what P = one half gives.</summary>
    public required double Nll { get; init; }

    /// <summary>The bins that hold comparisons, lowest first.</summary>
    public required IReadOnlyList<ReliabilityBin> Bins { get; init; }

    /// <summary>Measures comparisons.</summary>
    /// <param name="comparisons">At least one: log-odds that the first response is better, as the model says; probability that it is, as people say.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static CalibrationFigure Of(IReadOnlyList<(double Logit, double P)> comparisons)
    {
        ArgumentOutOfRangeException.ThrowIfZero(comparisons.Count, nameof(comparisons));
        var bins = ReliabilityBin.Of([.. comparisons.Select(pair => (Confidence(pair.Logit), Accuracy(pair.Logit, pair.P)))], BinCount);
        return new CalibrationFigure
        {
            Ece = ReliabilityBin.Error(bins),
            Brier = comparisons.Average(pair => Math.Pow(Probability(pair.Logit) - pair.P, 2)),
            Nll = comparisons.Average(pair => CrossEntropy(pair.Logit, pair.P)),
            Bins = bins,
        };
    }

    private static double Confidence(double logit) => Probability(Math.Abs(logit));

    private static double Accuracy(double logit, double p) => logit == 0 ? 0.5 : logit > 0 ? p : 1 - p;

    private static double Probability(double logit) => 1 / (1 + Math.Exp(-logit));

    // From the logit: the probability itself is 1 from a logit of 37 on.
    private static double CrossEntropy(double logit, double p) => Math.Max(logit, 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit))) - p * logit;
}

/// <summary>Comparisons of about the same confidence.</summary>
/// <param name="Low">Confidences of the bin are above this (in the first bin also equal to it).</param>
/// <param name="High">They are at most this.</param>
/// <param name="Confidence">Their mean confidence.</param>
/// <param name="Accuracy">How often people agree.</param>
/// <param name="Count">Number of comparisons.</param>
public sealed record ReliabilityBin(double Low, double High, double Confidence, double Accuracy, int Count)
{
    /// <summary>Sorts comparisons into equal widths of [0, 1].</summary>
    internal static IReadOnlyList<ReliabilityBin> Of(IReadOnlyList<(double Confidence, double Accuracy)> comparisons, int count) =>
    [
        .. comparisons
            .GroupBy(comparison => Index(comparison.Confidence, count))
            .OrderBy(bin => bin.Key)
            .Select(bin => new ReliabilityBin(
                Edge(bin.Key, count), Edge(bin.Key + 1, count), bin.Average(comparison => comparison.Confidence), bin.Average(comparison => comparison.Accuracy), bin.Count())),
    ];

    /// <summary>Mean distance between confidence and accuracy over the bins' comparisons.</summary>
    internal static double Error(IReadOnlyList<ReliabilityBin> bins) =>
        bins.Sum(bin => bin.Count * Math.Abs(bin.Confidence - bin.Accuracy)) / bins.Sum(bin => bin.Count);

    /// <summary>The bin of a confidence in [0, 1].</summary>
    internal static int Index(double confidence, int count) => Enumerable.Range(0, count - 1).FirstOrDefault(bin => confidence <= Edge(bin + 1, count), count - 1);

    // As numpy.linspace has them: 3 times 0.1 lies a little above 0.3.
    private static double Edge(int edge, int count) => edge == count ? 1 : edge * (1.0 / count);
}
