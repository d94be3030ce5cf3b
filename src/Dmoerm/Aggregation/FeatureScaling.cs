namespace Dmoerm.Aggregation;

// Dimensions: N = responses, F = input features.

/// <summary>Standardises the inputs of an aggregator: the mean becomes 0, the standard deviation 1.</summary>
/// <param name="Mean_F">[F].</param>
/// <param name="Deviation_F">[F], above 0.</param>
/// <remarks>Taken from the model that made the features, so that features of fold models and of the served model can be mixed.</remarks>
public sealed record FeatureScaling(Tensor Mean_F, Tensor Deviation_F)
{
    /// <summary>Leaves inputs as they are.</summary>
    public static FeatureScaling Identity(int numFeatures, ScalarType dtype = ScalarType.Float32) =>
        new(zeros(numFeatures, dtype).DetachFromDisposeScope(), ones(numFeatures, dtype).DetachFromDisposeScope());

    /// <summary>Mean and standard deviation of given inputs; a constant input keeps a deviation of 1.</summary>
    /// <param name="feature_NF">[N, F], N at least 1.</param>
    public static FeatureScaling Of(Tensor feature_NF)
    {
        using var scope = NewDisposeScope();
        var mean_F = feature_NF.mean([0]);
        var deviation_F = (feature_NF - mean_F).square().mean([0]).sqrt();
        deviation_F = deviation_F.where(deviation_F > 1e-8, ones_like(deviation_F));
        return new FeatureScaling(mean_F.DetachFromDisposeScope(), deviation_F.DetachFromDisposeScope());
    }

    /// <summary>The standardised inputs, [N, F].</summary>
    public Tensor Apply(Tensor feature_NF)
    {
        using var scope = NewDisposeScope();
        return ((feature_NF - Mean_F) / Deviation_F).MoveToOuterDisposeScope();
    }
}
