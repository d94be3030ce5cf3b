using Dmoerm.Experts;

namespace Dmoerm.Aggregation;

// Dimensions: B = batch, E = experts, D = hidden size, F = input features.

/// <summary>Turns the outputs of a category's base and experts into one reward per response.</summary>
public abstract class Aggregator : nn.Module<Tensor, Tensor>
{
    /// <summary>Names the module and fixes the number of inputs.</summary>
    protected Aggregator(string name, int numFeatures)
        : base(name) => NumFeatures = numFeatures;

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
