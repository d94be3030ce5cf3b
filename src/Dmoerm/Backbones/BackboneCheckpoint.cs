namespace Dmoerm.Backbones;

// Dimensions: V = vocabulary, D = hidden size, L = labels.

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
