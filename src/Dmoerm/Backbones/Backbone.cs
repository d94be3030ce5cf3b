using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Layers;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones;

// Dimensions: E = experts (e: 1 or E), B = batch, T = tokens, D = hidden size, V = vocabulary.

/// <summary>A decoder: token ids to hidden states, in one go or from any layer on.</summary>
/// <remarks>
/// The layers below the lowest adapter (the trunk) need to run once for any number of experts; what they give is passed to
/// <see cref="Pool"/> together with the experts' updates. Rows are padded on the right with any id.
/// </remarks>
public sealed class Backbone : IDisposable
{
    private readonly RotaryTable _rotary;

    /// <summary>Creates a decoder on given weights.</summary>
    public Backbone(BackboneConfig config, BackboneWeights weights)
    {
        Config = config;
        Weights = weights;
        _rotary = new RotaryTable(config, weights.Embedding_VD.dtype, weights.Embedding_VD.device);
    }

    /// <summary>The decoder's shape.</summary>
    public BackboneConfig Config { get; }

    /// <summary>The decoder's weights.</summary>
    public BackboneWeights Weights { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device => Weights.Embedding_VD.device;

    /// <summary>What the rotary angles are computed in; other than float64 only to be compared with models that do so.</summary>
    internal ScalarType AngleType
    {
        init => _rotary.AngleType = value;
    }

    /// <summary>Looks up embeddings, scaled where the family does so.</summary>
    /// <param name="ids_BT">[B, T] int64.</param>
    /// <returns>[1, B, T, D].</returns>
    public Tensor Embed(Tensor ids_BT)
    {
        using var scope = NewDisposeScope();
        var rows_ND = Weights.Embedding_VD.index_select(0, ids_BT.flatten());
        if (Config.ScaledEmbedding)
        {
            // The factor is rounded to the weights' type first: in bfloat16 55.43 becomes 55.5.
            rows_ND = rows_ND * tensor(Math.Sqrt(Config.HiddenSize), rows_ND.dtype, rows_ND.device);
        }

        return rows_ND.view(1, ids_BT.shape[0], ids_BT.shape[1], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Runs layers <paramref name="from"/> up to, but not including, <paramref name="to"/>.</summary>
    /// <param name="hidden_eBTD">[1 or E, B, T, D], what enters layer <paramref name="from"/>; not disposed.</param>
    /// <param name="from">First layer to run.</param>
    /// <param name="to">First layer not to run.</param>
    /// <param name="updates">Low-rank updates, or null.</param>
    /// <returns>[1 or E, B, T, D], what enters layer <paramref name="to"/> (before any norm).</returns>
    public Tensor Run(Tensor hidden_eBTD, int from, int to, LowRankSet? updates = null)
    {
        using var scope = NewDisposeScope();
        var current_eBTD = hidden_eBTD.alias();
        for (var layer = from; layer < to; layer++)
        {
            var next_eBTD = DecoderLayer.Forward(current_eBTD, At(layer, current_eBTD.shape[2], updates));
            current_eBTD.Dispose();
            current_eBTD = next_eBTD;
        }

        return current_eBTD.MoveToOuterDisposeScope();
    }

    /// <summary>Runs the layers from <paramref name="from"/> on and reads the last real token after the final norm.</summary>
    /// <param name="hidden_eBTD">[1 or E, B, T, D], what enters layer <paramref name="from"/>; not disposed.</param>
    /// <param name="length_B">[B] int64, real tokens of each row, at least 1.</param>
    /// <param name="from">First layer to run; the number of layers if there is none left.</param>
    /// <param name="updates">Low-rank updates, or null.</param>
    /// <returns>[1 or E, B, D].</returns>
    public Tensor Pool(Tensor hidden_eBTD, Tensor length_B, int from, LowRankSet? updates = null)
    {
        using var scope = NewDisposeScope();
        var last = Config.NumLayers - 1;
        var last_eBD = from > last
            ? DecoderLayer.LastOf(hidden_eBTD, length_B - 1)
            : DecoderLayer.ForwardLast(Run(hidden_eBTD, from, last, updates), length_B, At(last, hidden_eBTD.shape[2], updates));
        return RmsNorm.Apply(last_eBD, Weights.FinalNorm_D, Config).MoveToOuterDisposeScope();
    }

    /// <summary>The hidden states of all tokens after the final norm.</summary>
    /// <param name="ids_BT">[B, T] int64, padded on the right.</param>
    /// <returns>[B, T, D].</returns>
    public Tensor Hidden(Tensor ids_BT)
    {
        using var scope = NewDisposeScope();
        var hidden_1BTD = Run(Embed(ids_BT), 0, Config.NumLayers);
        return RmsNorm.Apply(hidden_1BTD, Weights.FinalNorm_D, Config).squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>A language model's logits, within its soft cap where it has one.</summary>
    /// <param name="hidden">[..., D] after the final norm.</param>
    /// <param name="head_VD">[V, D] hidden state to logits.</param>
    /// <returns>[..., V].</returns>
    public Tensor Logits(Tensor hidden, Tensor head_VD)
    {
        using var scope = NewDisposeScope();
        return Attention.Cap(nn.functional.linear(hidden, head_VD), Config.LogitCap).MoveToOuterDisposeScope();
    }

    /// <summary>This decoder with the updates of one expert added into its weights; all other tensors are shared.</summary>
    public Backbone Merge(LowRankSet updates, int expert = 0)
    {
        using var scope = NewDisposeScope();
        var layers = Weights.Layers.ToArray();
        foreach (var ((layer, target), update) in updates.Updates)
        {
            layers[layer] = layers[layer].With(target, layers[layer][target].Merge(update, expert));
        }

        return new Backbone(Config, Weights with { Layers = layers });
    }

    /// <inheritdoc/>
    public void Dispose() => _rotary.Dispose();

    private LayerRun At(int layer, long tokens, LowRankSet? updates)
    {
        var (cosine_TK, sine_TK) = _rotary.For(tokens);
        return new LayerRun(Config, Weights.Layers[layer], updates, layer, cosine_TK, sine_TK);
    }
}
