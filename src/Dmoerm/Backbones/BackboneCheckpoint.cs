using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;

namespace Dmoerm.Backbones;

// Dimensions: B = batch, T = tokens, V = vocabulary, D = hidden size, L = labels.

/// <summary>What a Hugging Face folder holds: a decoder, and the head that it was saved with.</summary>
public sealed record BackboneCheckpoint : IDisposable
{
    /// <summary>The decoder.</summary>
    public required Backbone Backbone { get; init; }

    /// <summary>[V, D], hidden state to logits; the embedding itself where the two are tied, null where the folder has no language head.</summary>
    public Tensor? LanguageHead_VD { get; init; }

    /// <summary>[L, D], hidden state to a classifier's scores; null where the folder is no classifier.</summary>
    public Tensor? ScoreHead_LD { get; init; }

    /// <summary>Tensors of the files that nothing uses: stored frequencies, a language head beside tied embeddings, layers above the kept ones.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>What a classifier's head says of a batch, as it is: neither sigmoid nor softmax.</summary>
    /// <param name="rows">Conversations, each up to the token that is read.</param>
    /// <returns>One list per row, in the labels' order.</returns>
    /// <exception cref="InvalidOperationException">There is no head.</exception>
    public double[][] Outputs(IReadOnlyList<EncodedConversation> rows)
    {
        var head_LD = ScoreHead_LD ?? throw new InvalidOperationException("A folder without a classifier's head has no outputs.");
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var ids_BT = LengthBatches.PadRight(rows).to(Backbone.Device);
        var length_B = tensor(rows.Select(row => (long)row.Ids.Length).ToArray(), device: Backbone.Device);
        var pooled_BD = Backbone.Pool(Backbone.Embed(ids_BT), length_B, 0).squeeze(0);
        var output_BL = matmul(pooled_BD, head_LD.transpose(0, 1)).to(ScalarType.Float64).cpu();
        return [.. Enumerable.Range(0, rows.Count).Select(row => output_BL[row].ToDoubles())];
    }

    /// <summary>Frees every weight.</summary>
    public void Dispose()
    {
        Backbone.Dispose();
        foreach (var (_, tensor) in Backbone.Weights.Named())
        {
            tensor.Dispose();
        }

        LanguageHead_VD?.Dispose();
        ScoreHead_LD?.Dispose();
    }
}
