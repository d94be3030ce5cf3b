using Dmoerm.Experts;

namespace Dmoerm.Aggregation;

// Dimensions: B = batch, E = experts, D = hidden size, F = input features.

/// <summary>Turns the outputs of a category's base and experts into one reward per response.</summary>
public abstract class Aggregator : nn.Module<Tensor, Tensor>
{
    /// <summary>Names the module and fixes the number of inputs.</summary>
    protected Aggregator(string name, int numFeatures)
        : base(name) => NumFeatures = numFeatures;

    /// <summary>An aggregator at its start.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="experts">E.</param>
    /// <param name="hiddenSize">D; for <see cref="AggregatorKind.Embeddings"/>.</param>
    /// <param name="width">Inner width; for <see cref="AggregatorKind.Rewards"/>.</param>
    /// <param name="useBase">The base's own reward is an input, where the kind leaves the choice.</param>
    /// <param name="seed">Seeds random weights.</param>
    public static Aggregator Create(AggregatorKind kind, int experts, int hiddenSize, int width, bool useBase, long seed) => kind switch
    {
        AggregatorKind.Rewards => new RewardsAggregator(experts, width, seed, useBase),
        AggregatorKind.Embeddings => new EmbeddingsAggregator(experts, hiddenSize, seed),
        AggregatorKind.Monotone => new MonotoneAggregator(experts, useBase),
        _ => new BaseAggregator(),
    };

    /// <summary>Which aggregator this is.</summary>
    public abstract AggregatorKind Kind { get; }

    /// <summary>F, the number of inputs.</summary>
    public int NumFeatures { get; }

    /// <summary>The base's own reward is among the inputs.</summary>
    public abstract bool UsesBase { get; }

    /// <summary>The inputs of this aggregator, before they are standardised.</summary>
    /// <param name="output">Outputs of base and experts.</param>
    /// <returns>[B, F].</returns>
    public abstract Tensor Features(ExpertOutput output);

    /// <summary>The columns of the inputs that come from one expert.</summary>
    /// <param name="expert">The expert's index.</param>
    public abstract (int Start, int Count) FeaturesOf(int expert);

    /// <summary>Scores a batch.</summary>
    /// <param name="feature_BF">[B, F] standardised inputs.</param>
    /// <returns>[B] rewards. Unit-free; only differences within one prompt mean anything.</returns>
    public abstract override Tensor forward(Tensor feature_BF);

    /// <summary>Fails unless the inputs have the shape [B, F].</summary>
    /// <exception cref="ArgumentException">They have not.</exception>
    protected void CheckShape(Tensor feature_BF)
    {
        if (feature_BF.dim() != 2 || feature_BF.shape[1] != NumFeatures)
        {
            throw new ArgumentException($"Expected [B, {NumFeatures}], got [{string.Join(", ", feature_BF.shape)}].", nameof(feature_BF));
        }
    }
}
