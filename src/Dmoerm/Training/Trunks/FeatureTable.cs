using Dmoerm.Conversations;

namespace Dmoerm.Training.Trunks;

// Dimensions: N = conversations, F = features, B = rows of a step.

/// <summary>Features of conversations, computed once: what phase 3 and linear heads are trained on.</summary>
public sealed class FeatureTable : IDisposable
{
    private readonly Dictionary<EncodedConversation, int> _rowOf;

    /// <summary>Joins conversations and their features.</summary>
    /// <param name="rows">N distinct conversations.</param>
    /// <param name="feature_NF">[N, F]; the table owns it from now on.</param>
    public FeatureTable(IReadOnlyList<EncodedConversation> rows, Tensor feature_NF)
    {
        if (feature_NF.shape[0] != rows.Count)
        {
            throw new ArgumentException($"Expected features of {rows.Count} conversations, got {feature_NF.shape[0]}.", nameof(feature_NF));
        }

        Rows = rows;
        Feature_NF = feature_NF.DetachFromDisposeScope();
        _rowOf = rows.Select((row, index) => (row, index)).ToDictionary(pair => pair.row, pair => pair.index);
    }

    /// <summary>The conversations, in the features' order.</summary>
    public IReadOnlyList<EncodedConversation> Rows { get; }

    /// <summary>[N, F].</summary>
    public Tensor Feature_NF { get; }

    /// <summary>The features of some of the conversations.</summary>
    /// <returns>[B, F].</returns>
    /// <exception cref="KeyNotFoundException">A conversation is not in the table.</exception>
    public Tensor Of(IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        return Feature_NF.index_select(0, tensor(rows.Select(row => (long)_rowOf[row]).ToArray(), device: Feature_NF.device)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Feature_NF.Dispose();
}
