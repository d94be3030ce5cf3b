namespace Dmoerm.Artefacts.Classifiers;

/// <summary>How the outputs of a head with several make one reward: their weighted sum.</summary>
internal sealed class AttributeWeights
{
    private readonly double[] _weights;

    /// <summary>Puts weights in the labels' order; labels without one weigh nothing.</summary>
    /// <param name="weights">By label.</param>
    /// <param name="labels">The head's.</param>
    /// <exception cref="ArgumentException">There is one output only, a label is not among the head's, or a weight is no number.</exception>
    public AttributeWeights(IReadOnlyDictionary<string, double> weights, IReadOnlyList<string> labels)
    {
        var list = string.Join(", ", labels);
        if (labels.Count == 1)
        {
            throw new ArgumentException($"Weights are for a model of several outputs; this one has one ({list}), which is the reward.");
        }

        if (weights.Keys.FirstOrDefault(name => !labels.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"The model has no attribute '{unknown}' to weigh; it has {list}.");
        }

        if (weights.Count == 0 || weights.Values.Any(weight => !double.IsFinite(weight)))
        {
            throw new ArgumentException($"Weights should be numbers, one or more, for attributes of {list}.");
        }

        _weights = [.. labels.Select(label => weights.GetValueOrDefault(label))];
    }

    /// <summary>The weighted sum.</summary>
    /// <param name="outputs">In the labels' order.</param>
    public double Apply(double[] outputs) => _weights.Zip(outputs, (weight, output) => weight * output).Sum();
}
