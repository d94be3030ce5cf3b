using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Steps;

/// <summary>Cuts examples into steps in which each response stands once, however many comparisons use it.</summary>
/// <remarks>
/// The order depends on seed and epoch alone. A prompt with more responses than a step holds is cut into groups that follow its
/// comparisons from response to response, so every comparison is used exactly once in an epoch. Source: ours.
/// </remarks>
/// <param name="judged">What each scorer learns: a capability, or null for the overall preference.</param>
/// <param name="settings">What one step holds.</param>
/// <param name="loss">What margins and ties do; null for Bradley-Terry.</param>
public sealed class BatchPlan(IReadOnlyList<string?> judged, BatchSettings settings, LossSettings? loss = null)
{
    private readonly int _maxResponses = Math.Max(2, settings.Responses ?? BatchSettings.DefaultResponses);
    private readonly LossSettings _loss = loss ?? new LossSettings();

    /// <summary>The steps of one epoch.</summary>
    /// <param name="examples">The examples; those without a relevant comparison are left out.</param>
    /// <param name="random">The source of this epoch's order; null keeps file order.</param>
    public IReadOnlyList<TrainingStep> Epoch(IReadOnlyList<TrainingExample> examples, Random? random)
    {
        var drawn = settings.Mix is { } weights ? CategoryMix.Draw([.. examples.Where(example => Relevant(example).Count > 0)], weights, random) : examples;
        var slices = settings.Comparisons is { } pairs ? ByPairs(drawn, pairs, random) : ByResponses(drawn, random);
        return [.. slices.Select(Assemble).Chunk(Math.Max(1, settings.Accumulate)).Select(batches => new TrainingStep(batches))];
    }

    /// <summary>All examples as one batch, for validation.</summary>
    public TrainingBatch Whole(IReadOnlyList<TrainingExample> examples) =>
        Assemble([.. examples.Select(example => new Slice(example, Relevant(example))).Where(slice => slice.Comparisons.Count > 0)]);

    /// <summary>How many ties <see cref="TieRule.Drop"/> leaves out of an epoch.</summary>
    public int DroppedTies(IReadOnlyList<TrainingExample> examples) => examples.Sum(example => example.Comparisons.Count(comparison => IsJudged(comparison) && IsDropped(comparison)));

    private List<Comparison> Relevant(TrainingExample example) => [.. example.Comparisons.Where(comparison => IsJudged(comparison) && !IsDropped(comparison))];

    private bool IsJudged(Comparison comparison) => comparison.Weight > 0 && judged.Contains(comparison.Capability);

    private bool IsDropped(Comparison comparison) => _loss.Ties == TieRule.Drop && comparison.P == 0.5;

    private List<List<Slice>> ByResponses(IReadOnlyList<TrainingExample> examples, Random? random)
    {
        var slices = examples.SelectMany(example => Cut(example, Relevant(example), random)).ToArray();
        random?.Shuffle(slices);
        var steps = new List<List<Slice>>();
        var held = 0;
        foreach (var slice in slices)
        {
            var responses = slice.Responses.Count;
            if (steps.Count == 0 || held + responses > _maxResponses)
            {
                steps.Add([]);
                held = 0;
            }

            steps[^1].Add(slice);
            held += responses;
        }

        return steps;
    }

    private List<List<Slice>> ByPairs(IReadOnlyList<TrainingExample> examples, int size, Random? random)
    {
        var pairs = examples
            .SelectMany(example => Relevant(example).GroupBy(comparison => (Math.Min(comparison.I, comparison.J), Math.Max(comparison.I, comparison.J)))
                .Select(group => new Slice(example, [.. group])))
            .ToArray();
        random?.Shuffle(pairs);
        return [.. pairs.Chunk(size).Select(chunk => chunk.GroupBy(slice => slice.Example, ReferenceEqualityComparer.Instance)
            .Select(group => new Slice(group.First().Example, [.. group.SelectMany(slice => slice.Comparisons)])).ToList())];
    }

    private IEnumerable<Slice> Cut(TrainingExample example, List<Comparison> comparisons, Random? random)
    {
        var whole = new Slice(example, comparisons);
        if (whole.Responses.Count <= _maxResponses)
        {
            return comparisons.Count == 0 ? [] : [whole];
        }

        var order = comparisons.ToArray();
        random?.Shuffle(order);
        return new Cutter(example, order, _maxResponses).Slices();
    }

    private TrainingBatch Assemble(List<Slice> slices)
    {
        var rows = new List<EncodedConversation>();
        var judgedPairs = judged.Select(_ => new List<(long First, long Second, Comparison Comparison, double Weight)>()).ToArray();
        foreach (var slice in slices)
        {
            var rowOf = slice.Responses.Select((response, index) => (response, index)).ToDictionary(pair => pair.response, pair => (long)(rows.Count + pair.index));
            rows.AddRange(slice.Responses.Select(response => slice.Example.Responses[response]));
            for (var scorer = 0; scorer < judged.Count; scorer++)
            {
                var own = slice.Comparisons.Where(comparison => comparison.Capability == judged[scorer]).ToArray();
                var share = settings.WeighPrompts ? 1.0 / Math.Max(1, own.Length) : 1;
                judgedPairs[scorer].AddRange(own.Select(comparison => (rowOf[comparison.I], rowOf[comparison.J], comparison, comparison.Weight * share)));
            }
        }

        return new TrainingBatch(rows, [.. judgedPairs.Select(ToPairs)]);
    }

    private PairList ToPairs(List<(long First, long Second, Comparison Comparison, double Weight)> pairs) => new(
        [.. pairs.Select(pair => pair.First)],
        [.. pairs.Select(pair => pair.Second)],
        [.. pairs.Select(pair => pair.Comparison.P)],
        [.. pairs.Select(pair => pair.Weight)],
        Margins(pairs, MarginUse.Subtract, margin => (margin ?? 0) * _loss.MarginScale),
        Margins(pairs, MarginUse.Scale, margin => margin is { } known ? Math.Abs(known) * _loss.MarginScale : 1));

    private double[]? Margins(List<(long First, long Second, Comparison Comparison, double Weight)> pairs, MarginUse use, Func<double?, double> value) =>
        _loss.Margins == use && pairs.Any(pair => pair.Comparison.Margin is not null) ? [.. pairs.Select(pair => value(pair.Comparison.Margin))] : null;

    /// <summary>A part of one example that stays together in a step.</summary>
    private sealed record Slice(TrainingExample Example, IReadOnlyList<Comparison> Comparisons)
    {
        public IReadOnlyList<int> Responses { get; } =
            [.. Comparisons.SelectMany(comparison => new[] { comparison.I, comparison.J }).Distinct().Order()];
    }

    /// <summary>Cuts a large prompt: from a comparison on to those that share a response with it, until a step is full.</summary>
    private sealed class Cutter
    {
        private readonly TrainingExample _example;
        private readonly Comparison[] _order;
        private readonly int _maxResponses;
        private readonly ILookup<int, int> _comparisonsOf;
        private readonly bool[] _used;

        public Cutter(TrainingExample example, Comparison[] order, int maxResponses)
        {
            _example = example;
            _order = order;
            _maxResponses = maxResponses;
            _used = new bool[order.Length];
            _comparisonsOf = order.SelectMany((comparison, index) => new[] { (comparison.I, index), (comparison.J, index) })
                .ToLookup(pair => pair.Item1, pair => pair.index);
        }

        public IEnumerable<Slice> Slices()
        {
            for (var start = 0; start < _order.Length; start++)
            {
                if (!_used[start])
                {
                    yield return Grow(start);
                }
            }
        }

        private Slice Grow(int start)
        {
            var inside = new HashSet<int>();
            var next = new Queue<int>();
            for (var seed = start; seed < _order.Length && inside.Count + 2 <= _maxResponses; seed++)
            {
                if (!_used[seed])
                {
                    Enter(_order[seed], inside, next);
                    Spread(inside, next);
                }
            }

            var taken = inside.SelectMany(response => _comparisonsOf[response]).Distinct().Order()
                .Where(index => !_used[index] && inside.Contains(_order[index].I) && inside.Contains(_order[index].J)).ToArray();
            foreach (var index in taken)
            {
                _used[index] = true;
            }

            return new Slice(_example, [.. taken.Select(index => _order[index])]);
        }

        private void Spread(HashSet<int> inside, Queue<int> next)
        {
            while (next.TryDequeue(out var response))
            {
                foreach (var index in _comparisonsOf[response].Where(index => !_used[index]))
                {
                    if (inside.Count < _maxResponses)
                    {
                        Enter(_order[index], inside, next);
                    }
                }
            }
        }

        // One new response at most when the other is inside already; two for a fresh start, for which the caller left room.
        private static void Enter(Comparison comparison, HashSet<int> inside, Queue<int> next)
        {
            foreach (var response in new[] { comparison.I, comparison.J })
            {
                if (inside.Add(response))
                {
                    next.Enqueue(response);
                }
            }
        }
    }
}
