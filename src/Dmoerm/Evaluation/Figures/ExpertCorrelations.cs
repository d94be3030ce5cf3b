namespace Dmoerm.Evaluation.Figures;

/// <summary>How much a category's experts say the same: Pearson correlations of their rewards over distinct responses.</summary>
/// <remarks>Near 1 off the diagonal: two experts are one, and the second adds little. Null where an expert gives every response the same reward.</remarks>
/// <param name="Responses">Distinct compared responses of the category.</param>
/// <param name="Capabilities">The experts, in the model's order.</param>
/// <param name="Matrix">Each expert with each, in [-1, 1].</param>
/// <param name="WithReward">Each expert with the category's reward.</param>
public sealed record ExpertCorrelations(int Responses, IReadOnlyList<string> Capabilities, IReadOnlyList<IReadOnlyList<double?>> Matrix, IReadOnlyList<double?> WithReward)
{
    /// <summary>Correlates scores.</summary>
    /// <param name="capabilities">The experts' capabilities.</param>
    /// <param name="scored">Scores of the category's own model, with explanation.</param>
    /// <returns>Null with no expert, or fewer than two responses.</returns>
    internal static ExpertCorrelations? Of(IReadOnlyList<string> capabilities, IReadOnlyList<ScoredResponse> scored)
    {
        if (capabilities.Count == 0 || scored.Count < 2)
        {
            return null;
        }

        double[][] columns = [.. capabilities.Select(capability => scored.Select(response => response.Capabilities![capability].Reward).ToArray())];
        double[] reward = [.. scored.Select(response => response.Reward)];
        return new ExpertCorrelations(
            scored.Count, capabilities,
            [.. columns.Select(first => (IReadOnlyList<double?>)[.. columns.Select(second => Pearson(first, second))])],
            [.. columns.Select(column => Pearson(column, reward))]);
    }

    /// <summary>Pearson's correlation; null when a side is constant.</summary>
    internal static double? Pearson(double[] first, double[] second)
    {
        var (firstMean, secondMean) = (first.Average(), second.Average());
        var (product, firstSquare, secondSquare) = (0.0, 0.0, 0.0);
        for (var row = 0; row < first.Length; row++)
        {
            var (x, y) = (first[row] - firstMean, second[row] - secondMean);
            product += x * y;
            firstSquare += x * x;
            secondSquare += y * y;
        }

        var spread = Math.Sqrt(firstSquare) * Math.Sqrt(secondSquare);
        // Rounding may carry a perfect correlation a little beyond 1.
        return spread > 0 && double.IsFinite(spread) ? Math.Clamp(product / spread, -1, 1) : null;
    }
}
