namespace Dmoerm.Aggregation;

/// <summary>What puts a category's numbers on a common scale, fitted on the distinct responses of its validation units.</summary>
public sealed record Calibration
{
    /// <summary>Mean and spread of the aggregator's output.</summary>
    public required RewardScale Overall { get; init; }

    /// <summary>The same for each expert's own reward, in the experts' order.</summary>
    public required IReadOnlyList<RewardScale> Capabilities { get; init; }

    /// <summary>T in <c>P(i better than j) = sigmoid((raw_i - raw_j) / T)</c>.</summary>
    public required double Temperature { get; init; }
}

/// <summary>Mean, standard deviation and quantiles of one reward.</summary>
public sealed record RewardScale
{
    internal const int NumQuantiles = 101;

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The standard deviation, above 0.</summary>
    public required double Deviation { get; init; }

    /// <summary>The 0, 1, ... 100 % quantiles, ascending; empty where nothing was measured.</summary>
    public required IReadOnlyList<double> Quantiles { get; init; }

    /// <summary>Leaves rewards as they are: nothing was measured.</summary>
    public static RewardScale Identity { get; } = new() { Mean = 0, Deviation = 1, Quantiles = [] };

    /// <summary>Measures a scale.</summary>
    /// <param name="rewards">At least one value.</param>
    public static RewardScale Of(IEnumerable<double> rewards)
    {
        var sorted = rewards.Order().ToArray();
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length, nameof(rewards));
        var mean = sorted.Average();
        var deviation = Math.Sqrt(sorted.Average(value => (value - mean) * (value - mean)));
        return new RewardScale
        {
            Mean = mean,
            Deviation = deviation > 1e-8 ? deviation : 1,
            Quantiles = [.. Enumerable.Range(0, NumQuantiles).Select(percent => Quantile.Of(sorted, percent / 100.0))],
        };
    }

    /// <summary>The value in standard deviations from the mean.</summary>
    public double Standardise(double raw) => (raw - Mean) / Deviation;

    /// <summary>Share in [0, 100] of the measured values that lie below, interpolated between quantiles; null where nothing was measured.</summary>
    public double? Percentile(double raw)
    {
        if (Quantiles.Count == 0)
        {
            return null;
        }

        if (raw <= Quantiles[0])
        {
            return 0;
        }

        for (var percent = 1; percent <= 100; percent++)
        {
            if (raw <= Quantiles[percent])
            {
                var (low, high) = (Quantiles[percent - 1], Quantiles[percent]);
                return high > low ? percent - 1 + (raw - low) / (high - low) : percent;
            }
        }

        return 100;
    }
}
