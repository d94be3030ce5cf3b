namespace Dmoerm.Training.Labels;

// Dimensions: P = pairs, K = inputs.

/// <summary>Logistic regression on differences, without intercept, whose weights are at least 0; with an L2 penalty.</summary>
/// <remarks>
/// Newton's method on the inputs that are free to move: those above 0, and those at 0 that the loss pulls upwards. The loss is convex, so what it finds is the one minimum.
/// Plain numbers in float64: there are as many inputs as capabilities, a handful. Source: ours; projected Newton methods as commonly described.
/// </remarks>
internal static class NonNegativeLogit
{
    private const int MaxIterations = 100;

    /// <summary>The weights of lowest loss plus penalty / 2 times their squares.</summary>
    /// <param name="data">At least one pair.</param>
    /// <param name="penalty">Above 0.</param>
    /// <param name="start">[K] weights of at least 0 to start from; not changed.</param>
    public static double[] Fit(LabelledDifferences data, double penalty, double[] start)
    {
        double[] weights = [.. start];
        var loss = Penalised(data, weights, penalty);
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var (gradient, hessian) = Derivatives(data, weights, penalty);
            int[] free = [.. Enumerable.Range(0, weights.Length).Where(input => weights[input] > 0 || gradient[input] < 0)];
            var step = Solve(hessian, gradient, free);
            var (next, nextLoss) = Walk(data, weights, step, penalty, loss);
            if (!(loss - nextLoss > 1e-14))
            {
                break;
            }

            (weights, loss) = (next, nextLoss);
        }

        return weights;
    }

    /// <summary>The weighted mean cross-entropy in nats between labels and <c>sigmoid(weights . difference)</c>.</summary>
    public static double Loss(LabelledDifferences data, double[] weights)
    {
        var sum = 0.0;
        for (var pair = 0; pair < data.P.Length; pair++)
        {
            // -(p log sigmoid(m) + (1 - p) log sigmoid(-m)) = softplus(m) - p m, without overflow.
            var margin = Dot(weights, data.Difference[pair]);
            sum += data.Weight[pair] * (Math.Max(margin, 0) + Math.Log(1 + Math.Exp(-Math.Abs(margin))) - data.P[pair] * margin);
        }

        return sum / data.Weight.Sum();
    }

    /// <summary>The inner product.</summary>
    public static double Dot(double[] weights, double[] difference)
    {
        var sum = 0.0;
        for (var input = 0; input < weights.Length; input++)
        {
            sum += weights[input] * difference[input];
        }

        return sum;
    }

    private static double Penalised(LabelledDifferences data, double[] weights, double penalty) => Loss(data, weights) + penalty / 2 * Dot(weights, weights);

    // Half as far each time until the loss falls; a weight that would fall below 0 stops there.
    private static (double[] Weights, double Loss) Walk(LabelledDifferences data, double[] weights, double[] step, double penalty, double loss)
    {
        for (var scale = 1.0; scale > 1e-6; scale /= 2)
        {
            double[] next = [.. weights.Select((weight, input) => Math.Max(0, weight - scale * step[input]))];
            if (Penalised(data, next, penalty) is var found && found < loss)
            {
                return (next, found);
            }
        }

        return (weights, loss);
    }

    private static (double[] Gradient, double[,] Hessian) Derivatives(LabelledDifferences data, double[] weights, double penalty)
    {
        var (count, total) = (weights.Length, data.Weight.Sum());
        var (gradient, hessian) = (new double[count], new double[count, count]);
        for (var pair = 0; pair < data.P.Length; pair++)
        {
            var difference = data.Difference[pair];
            var probability = 1 / (1 + Math.Exp(-Dot(weights, difference)));
            var share = data.Weight[pair] / total;
            for (var row = 0; row < count; row++)
            {
                gradient[row] += share * (probability - data.P[pair]) * difference[row];
                for (var column = 0; column < count; column++)
                {
                    hessian[row, column] += share * probability * (1 - probability) * difference[row] * difference[column];
                }
            }
        }

        for (var input = 0; input < count; input++)
        {
            gradient[input] += penalty * weights[input];
            hessian[input, input] += penalty;
        }

        return (gradient, hessian);
    }

    // Gaussian elimination on the free inputs; the penalty keeps every pivot above 0. The others do not move.
    private static double[] Solve(double[,] hessian, double[] gradient, int[] free)
    {
        var (matrix, right) = (new double[free.Length, free.Length], new double[free.Length]);
        for (var row = 0; row < free.Length; row++)
        {
            right[row] = gradient[free[row]];
            for (var column = 0; column < free.Length; column++)
            {
                matrix[row, column] = hessian[free[row], free[column]];
            }
        }

        for (var pivot = 0; pivot < free.Length; pivot++)
        {
            for (var row = pivot + 1; row < free.Length; row++)
            {
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                right[row] -= factor * right[pivot];
                for (var column = pivot; column < free.Length; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }
            }
        }

        var step = new double[gradient.Length];
        for (var row = free.Length - 1; row >= 0; row--)
        {
            var known = Enumerable.Range(row + 1, free.Length - row - 1).Sum(column => matrix[row, column] * step[free[column]]);
            step[free[row]] = (right[row] - known) / matrix[row, row];
        }

        return step;
    }
}

/// <summary>Pairs in numbers.</summary>
/// <param name="Difference">[P] of [K] differences, first minus second.</param>
/// <param name="P">[P] probabilities in [0, 1] that the first is better.</param>
/// <param name="Weight">[P] weights of at least 0, not all 0.</param>
internal sealed record LabelledDifferences(double[][] Difference, double[] P, double[] Weight);
