using Dmoerm.Data;

namespace Dmoerm.Training.Labels;

/// <summary>By how much one response is better than another in each capability, as the labels say: in units of the capability's usual difference.</summary>
/// <remarks>
/// Where both responses have a score, their difference; else 2p - 1 of the pair's comparisons of the capability, on average. Scores and comparisons are each divided
/// by the root mean square of their own kind over all labelled pairs, so that stars and votes can be mixed. A capability without a label counts 0.
/// </remarks>
internal sealed class CapabilityDifferences
{
    private readonly IReadOnlyList<string> _capabilities;
    private readonly double[] _scoreScale;
    private readonly double[] _comparisonScale;

    /// <summary>Measures the usual differences.</summary>
    /// <param name="capabilities">The capabilities, in order.</param>
    /// <param name="examples">Examples whose labels are measured.</param>
    public CapabilityDifferences(IReadOnlyList<string> capabilities, IReadOnlyList<PreferenceExample> examples)
    {
        _capabilities = capabilities;
        var (scores, comparisons) = (new MeanSquare[capabilities.Count], new MeanSquare[capabilities.Count]);
        foreach (var raw in examples.SelectMany(example => Raw(example).Values))
        {
            for (var capability = 0; capability < capabilities.Count; capability++)
            {
                scores[capability].Add(raw.Score[capability]);
                comparisons[capability].Add(raw.Comparison[capability]);
            }
        }

        _scoreScale = [.. scores.Select(measured => measured.Root)];
        _comparisonScale = [.. comparisons.Select(measured => measured.Root)];
    }

    /// <summary>The pairs of an example that differ in at least one capability.</summary>
    /// <returns>Indices of two responses, the lower first, and the difference in each capability.</returns>
    public Dictionary<(int I, int J), double[]> Of(PreferenceExample example) => Raw(example)
        .Select(pair => (pair.Key, Difference: Scaled(pair.Value))).Where(pair => pair.Difference.Any(difference => difference != 0))
        .ToDictionary(pair => pair.Key, pair => pair.Difference);

    private double[] Scaled(RawDifference raw) => [.. _capabilities.Select((_, capability) =>
        raw.Score[capability] / _scoreScale[capability] ?? raw.Comparison[capability] / _comparisonScale[capability] ?? 0)];

    private Dictionary<(int I, int J), RawDifference> Raw(PreferenceExample example)
    {
        var pairs = new Dictionary<(int I, int J), RawDifference>();
        RawDifference At(int i, int j) => pairs.TryGetValue((i, j), out var known) ? known : pairs[(i, j)] = new RawDifference(new double?[_capabilities.Count], new double?[_capabilities.Count]);
        for (var capability = 0; capability < _capabilities.Count; capability++)
        {
            var name = _capabilities[capability];
            var scored = Enumerable.Range(0, example.Responses.Count).Where(response => example.Responses[response].Capabilities.ContainsKey(name)).ToArray();
            foreach (var (i, j) in scored.SelectMany((i, place) => scored.Skip(place + 1).Select(j => (i, j))))
            {
                At(i, j).Score[capability] = example.Responses[i].Capabilities[name] - example.Responses[j].Capabilities[name];
            }

            var stated = example.Comparisons.Where(comparison => comparison.Capability == name && comparison.Weight > 0);
            foreach (var pair in stated.GroupBy(comparison => (Math.Min(comparison.I, comparison.J), Math.Max(comparison.I, comparison.J))))
            {
                var sum = pair.Sum(comparison => comparison.Weight * (2 * comparison.P - 1) * (comparison.I < comparison.J ? 1 : -1));
                var raw = At(pair.Key.Item1, pair.Key.Item2);
                raw.Comparison[capability] = raw.Score[capability] is null ? sum / pair.Sum(comparison => comparison.Weight) : null;
            }
        }

        return pairs;
    }

    /// <summary>Labels of one pair as they stand in the rows; null where there is none.</summary>
    private sealed record RawDifference(double?[] Score, double?[] Comparison);

    private struct MeanSquare
    {
        private double _sum;
        private int _count;

        /// <summary>1 where nothing differs: then there is nothing to scale.</summary>
        public readonly double Root => _sum > 0 ? Math.Sqrt(_sum / _count) : 1;

        public void Add(double? value)
        {
            if (value is { } known)
            {
                _sum += known * known;
                _count++;
            }
        }
    }
}
