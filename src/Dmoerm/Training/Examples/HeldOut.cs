namespace Dmoerm.Training.Examples;

/// <summary>An aggregator beside its base on preferences that neither has learnt from, pooled from several parts.</summary>
/// <remarks>
/// Validation preferences alone are few; under cross-fitting each fold adds its own, judged by an aggregator that was fitted on the other folds' outputs. Source: ours.
/// </remarks>
internal sealed class HeldOut
{
    private double _aggregator;
    private double _base;

    /// <summary>Preferences judged.</summary>
    public int Comparisons { get; private set; }

    /// <summary>Share in [0, 1] that the aggregator agrees with; NaN without any.</summary>
    public double AggregatorAgreement => _aggregator / Comparisons;

    /// <summary>Share in [0, 1] that the base agrees with; NaN without any.</summary>
    public double BaseAgreement => _base / Comparisons;

    /// <summary>Adds a part.</summary>
    /// <param name="pairs">Its preferences.</param>
    /// <param name="aggregator">The aggregator's reward of each row.</param>
    /// <param name="own">The base's reward of each row.</param>
    public void Add(PreferencePairs pairs, IReadOnlyList<double> aggregator, IReadOnlyList<double> own)
    {
        if (pairs.Preferred > 0)
        {
            _aggregator += pairs.Agreement(aggregator) * pairs.Preferred;
            _base += pairs.Agreement(own) * pairs.Preferred;
            Comparisons += pairs.Preferred;
        }
    }
}
