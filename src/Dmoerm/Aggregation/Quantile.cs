namespace Dmoerm.Aggregation;

/// <summary>Quantiles of measured values, linear between neighbours as in numpy.</summary>
internal static class Quantile
{
    /// <summary>One quantile.</summary>
    /// <param name="sorted">At least one value, ascending.</param>
    /// <param name="share">In [0, 1].</param>
    public static double Of(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
