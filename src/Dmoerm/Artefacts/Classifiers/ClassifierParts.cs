using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;

namespace Dmoerm.Artefacts.Classifiers;

// Dimensions: B = batch, T = tokens, D = hidden size, L = labels.

/// <summary>What a reward model from elsewhere is made of, in memory.</summary>
/// <param name="Profile">What its files say.</param>
/// <param name="Checkpoint">Decoder and head.</param>
/// <param name="Text">How it reads conversations.</param>
internal sealed record ClassifierParts(ClassifierProfile Profile, BackboneCheckpoint Checkpoint, ClassifierText Text) : IDisposable
{
    /// <summary>What the head says of a batch, as it is: neither sigmoid nor softmax.</summary>
    /// <param name="rows">Conversations, each up to the token that is read.</param>
    /// <returns>One list per row, in the labels' order.</returns>
    public double[][] Outputs(IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var backbone = Checkpoint.Backbone;
        var ids_BT = LengthBatches.PadRight(rows).to(backbone.Device);
        var length_B = tensor(rows.Select(row => (long)row.Ids.Length).ToArray(), device: backbone.Device);
        var pooled_BD = backbone.Pool(backbone.Embed(ids_BT), length_B, 0).squeeze(0);
        var output_BL = matmul(pooled_BD, Checkpoint.ScoreHead_LD!.transpose(0, 1)).to(ScalarType.Float64).cpu();
        return [.. Enumerable.Range(0, rows.Count).Select(row => output_BL[row].ToDoubles())];
    }

    /// <inheritdoc/>
    public void Dispose() => Checkpoint.Dispose();
}
