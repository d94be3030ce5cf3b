using Dmoerm.Backbones;
using Dmoerm.Conversations;

namespace Dmoerm.Training.Trunks;

// Dimensions: B = batch, T = tokens, D = hidden size.

/// <summary>States of conversations at one layer of a frozen backbone: computed, or read from a cache.</summary>
/// <param name="backbone">The backbone whose lower layers are the trunk.</param>
/// <param name="layer">The states are those that enter this layer; 0 gives embeddings (with their gradient, where they have one).</param>
/// <param name="cache">Where states lie that were computed before; null computes them at each call.</param>
public sealed class Trunk(Backbone backbone, int layer, TrunkCache? cache = null)
{
    /// <summary>The backbone whose lower layers are the trunk.</summary>
    public Backbone Backbone => backbone;

    /// <summary>The states are those that enter this layer.</summary>
    public int Layer => layer;

    /// <summary>The states of a batch, padded on the right.</summary>
    /// <param name="rows">The conversations.</param>
    /// <returns>[1, B, T, D] states and [B] int64 lengths.</returns>
    public TrunkBatch Run(IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        var length_B = tensor(rows.Select(row => (long)row.Ids.Length).ToArray(), device: backbone.Device);
        if (cache is not null)
        {
            return new TrunkBatch(cache.Read(rows).to(backbone.Weights.Embedding_VD.dtype, backbone.Device), length_B).MoveToOuterDisposeScope();
        }

        var hidden_1BTD = backbone.Embed(LengthBatches.PadRight(rows).to(backbone.Device));
        if (layer > 0)
        {
            using var noGradient = no_grad();
            hidden_1BTD = backbone.Run(hidden_1BTD, 0, layer);
        }

        return new TrunkBatch(hidden_1BTD, length_B).MoveToOuterDisposeScope();
    }
}

/// <summary>A batch of states.</summary>
/// <param name="Hidden_1BTD">[1, B, T, D].</param>
/// <param name="Length_B">[B] int64 real tokens.</param>
public sealed record TrunkBatch(Tensor Hidden_1BTD, Tensor Length_B)
{
    /// <summary>Hands both tensors to the scope outside the current one.</summary>
    public TrunkBatch MoveToOuterDisposeScope()
    {
        Hidden_1BTD.MoveToOuterDisposeScope();
        Length_B.MoveToOuterDisposeScope();
        return this;
    }
}
