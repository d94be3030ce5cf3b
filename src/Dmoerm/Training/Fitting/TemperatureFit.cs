namespace Dmoerm.Training.Fitting;

/// <summary>Finds the temperature under which probabilities fit held-out labels best.</summary>
/// <remarks>A search by golden section over log T, since the cross-entropy has one minimum there. Source: ours; temperature scaling as commonly defined.</remarks>
public static class TemperatureFit
{
    private const double Lowest = 0.01;
    private const double Highest = 100;

    /// <summary>The T in [0.01, 100] with the lowest mean loss.</summary>
    /// <param name="loss">Mean loss in nats under a temperature.</param>
    public static double Minimise(Func<double, double> loss)
    {
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(Lowest), Math.Log(Highest));
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        var (leftLoss, rightLoss) = (loss(Math.Exp(left)), loss(Math.Exp(right)));
        while (high - low > 1e-5)
        {
            if (leftLoss <= rightLoss)
            {
                (high, right, rightLoss) = (right, left, leftLoss);
                left = high - ratio * (high - low);
                leftLoss = loss(Math.Exp(left));
            }
            else
            {
                (low, left, leftLoss) = (left, right, rightLoss);
                right = low + ratio * (high - low);
                rightLoss = loss(Math.Exp(right));
            }
        }

        return Math.Exp((low + high) / 2);
    }

    /// <summary>The temperature of pairwise probabilities, sigmoid((first - second) / T).</summary>
    /// <param name="pairs">Difference of rewards, probability that the first is better, weight.</param>
    /// <returns>1 where there is no pair.</returns>
    public static double OfPairs(IReadOnlyList<(double Difference, double P, double Weight)> pairs) =>
        pairs.Count == 0 ? 1 : Minimise(temperature => pairs.Sum(pair => pair.Weight * CrossEntropy(pair.Difference / temperature, pair.P)) / pairs.Sum(pair => pair.Weight));

    // -(p log sigmoid(d) + (1 - p) log sigmoid(-d)) = softplus(d) - p d, without overflow.
    private static double CrossEntropy(double difference, double p) =>
        Math.Max(difference, 0) + Math.Log(1 + Math.Exp(-Math.Abs(difference))) - p * difference;
}
