using Dmoerm.Experts;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace Dmoerm.Aggregation;

// Dimensions: B = batch, E = experts, D = hidden size, F = E x D inputs.

/// <summary>The paper's aggregator: the experts' embeddings side by side, linear, PReLU, linear.</summary>
/// <remarks>
/// <c>r = W2 PReLU(W1 y + b1) + b2</c> with <c>y</c> the experts' last-token states in order. Source: official code,
/// innermoe/modeling.py:26-31, 69-72. Embeddings of fold models are not aligned with those of the served model, so this kind is
/// meant for <c>split</c>, not for <c>crossFit</c>.
/// </remarks>
public sealed class EmbeddingsAggregator : Aggregator
{
    private readonly int _hiddenSize;

    [ComponentName(Name = "project")]
    private readonly Linear _project;

    [ComponentName(Name = "activation")]
    private readonly PReLU _activation;

    [ComponentName(Name = "score")]
    private readonly Linear _score;

    /// <summary>Creates an aggregator with weights uniform in +-1/sqrt(inputs).</summary>
    /// <param name="numExperts">E, at least 1.</param>
    /// <param name="hiddenSize">D, also the width of the inner layer.</param>
    /// <param name="seed">Seeds the weights.</param>
    /// <param name="dtype">Type of the weights.</param>
    public EmbeddingsAggregator(int numExperts, int hiddenSize, long seed, ScalarType dtype = ScalarType.Float32)
        : base(nameof(EmbeddingsAggregator), numExperts * hiddenSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numExperts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        _hiddenSize = hiddenSize;
        _project = nn.Linear(NumFeatures, hiddenSize, dtype: dtype);
        _activation = nn.PReLU(1, dtype: dtype);
        _score = nn.Linear(hiddenSize, 1, dtype: dtype);
        Start(seed);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override AggregatorKind Kind => AggregatorKind.Embeddings;

    /// <inheritdoc/>
    public override bool UsesBase => false;

    /// <inheritdoc/>
    public override Tensor Features(ExpertOutput output) =>
        output.Hidden_BED?.flatten(1) ?? throw new ArgumentException("A category without experts has no embeddings.", nameof(output));

    /// <inheritdoc/>
    public override (int Start, int Count) FeaturesOf(int expert) => (expert * _hiddenSize, _hiddenSize);

    /// <inheritdoc/>
    public override Tensor forward(Tensor feature_BF)
    {
        CheckShape(feature_BF);
        using var scope = NewDisposeScope();
        return _score.call(_activation.call(_project.call(feature_BF))).squeeze(1).MoveToOuterDisposeScope();
    }

    private void Start(long seed)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var random = new Generator((ulong)seed);
        foreach (var layer in new[] { _project, _score })
        {
            var bound = 1 / Math.Sqrt(layer.weight!.shape[1]);
            layer.weight!.copy_((rand(layer.weight!.shape, generator: random) * 2 - 1) * bound);
            layer.bias!.copy_((rand(layer.bias!.shape, generator: random) * 2 - 1) * bound);
        }
    }
}
