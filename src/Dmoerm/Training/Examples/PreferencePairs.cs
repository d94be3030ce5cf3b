using Dmoerm.Conversations;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Examples;

/// <summary>The overall comparisons of some examples, for agreement and temperature.</summary>
public sealed class PreferencePairs
{
    private readonly PairList _pairs;

    /// <summary>Takes the overall comparisons of examples.</summary>
    public PreferencePairs(IReadOnlyList<TrainingExample> examples)
    {
        var batch = new BatchPlan([null], new BatchSettings()).Whole(examples);
        (Rows, _pairs) = (batch.Rows, batch.Judged[0]);
    }

    /// <summary>The compared conversations.</summary>
    public IReadOnlyList<EncodedConversation> Rows { get; }

    /// <summary>Comparisons that prefer one side.</summary>
    public int Preferred => _pairs.P.Count(p => p != 0.5);

    /// <summary>Share in [0, 1] of the preferring comparisons that rewards agree with, equal rewards one half; NaN without any.</summary>
    /// <param name="rewards">A reward per row.</param>
    public double Agreement(IReadOnlyList<double> rewards) => Enumerable.Range(0, _pairs.Count).Where(pair => _pairs.P[pair] != 0.5)
        .Select(pair => Difference(rewards, pair) is var difference && difference == 0 ? 0.5 : (difference > 0) == (_pairs.P[pair] > 0.5) ? 1.0 : 0.0)
        .DefaultIfEmpty(double.NaN).Average();

    /// <summary>The temperature of pairwise probabilities.</summary>
    public double Temperature(IReadOnlyList<double> rewards) =>
        TemperatureFit.OfPairs([.. Enumerable.Range(0, _pairs.Count).Select(pair => (Difference(rewards, pair), _pairs.P[pair], _pairs.Weight[pair]))]);

    private double Difference(IReadOnlyList<double> rewards, int pair) => rewards[(int)_pairs.First[pair]] - rewards[(int)_pairs.Second[pair]];
}
