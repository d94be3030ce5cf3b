using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Layers;

// Dimensions: E = experts (e: 1 or E), B = batch, T = tokens, D = hidden size, H = query heads, G = key/value heads,
// K = head size, N = B x T rows.

/// <summary>One decoder layer: attention and MLP, each behind a norm (and, in some families, before another) and added to the residual stream.</summary>
/// <remarks>
/// Experts ride along in the first dimension, which stays 1 as long as nothing tells them apart. Rows are padded on the right,
/// so a causal mask alone keeps padding out of every real token.
/// </remarks>
internal static class DecoderLayer
{
    /// <summary>Runs the layer for every token.</summary>
    /// <param name="hidden_eBTD">[1 or E, B, T, D].</param>
    /// <param name="run">The layer.</param>
    public static Tensor Forward(Tensor hidden_eBTD, LayerRun run)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, config) = (hidden_eBTD.shape[1], hidden_eBTD.shape[2], run.Config);
        var normed_eND = run.Norm(hidden_eBTD, run.Weights.AttentionNorm_D).flatten(1, 2);

        Tensor Heads(Target target, int heads) => run.Project(target, normed_eND).view(-1, batch, tokens, heads, config.HeadSize);

        var query_eBHTK = RotaryTable.Rotate(run.Norm(Heads(Target.Query, config.NumHeads), run.Weights.QueryNorm_K).transpose(2, 3), run.Cosine_TK, run.Sine_TK);
        var key_eBGTK = RotaryTable.Rotate(run.Norm(Heads(Target.Key, config.NumKeyValueHeads), run.Weights.KeyNorm_K).transpose(2, 3), run.Cosine_TK, run.Sine_TK);
        var mixed_eND = Attention.Mix(query_eBHTK, key_eBGTK, Heads(Target.Value, config.NumKeyValueHeads).transpose(2, 3), run.Window, config);
        var attended_eND = run.Norm(run.Project(Target.Output, mixed_eND), run.Weights.AttentionPostNorm_D);
        return FeedForward.Apply(hidden_eBTD + attended_eND.view(-1, batch, tokens, config.HiddenSize), run).MoveToOuterDisposeScope();
    }

    /// <summary>Runs the layer for the last real token alone: its query, its attention row, its MLP.</summary>
    /// <param name="hidden_eBTD">[1 or E, B, T, D], padded on the right.</param>
    /// <param name="length_B">[B] int64, number of real tokens of each row, at least 1.</param>
    /// <param name="run">The layer.</param>
    /// <returns>[1 or E, B, D], before the final norm.</returns>
    public static Tensor ForwardLast(Tensor hidden_eBTD, Tensor length_B, LayerRun run)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, config) = (hidden_eBTD.shape[1], hidden_eBTD.shape[2], run.Config);
        var last_B = length_B - 1;
        var normed_eBTD = run.Norm(hidden_eBTD, run.Weights.AttentionNorm_D);
        var lastNormed_eBD = LastOf(normed_eBTD, last_B);

        var query_eBHK = run.Norm(run.Project(Target.Query, lastNormed_eBD).view(-1, batch, config.NumHeads, config.HeadSize), run.Weights.QueryNorm_K);
        var (cosine_B1K, sine_B1K) = (run.Cosine_TK.index_select(0, last_B).unsqueeze(1), run.Sine_TK.index_select(0, last_B).unsqueeze(1));
        query_eBHK = RotaryTable.Rotate(query_eBHK, cosine_B1K, sine_B1K);
        var key_eBGTK = run.Norm(run.Project(Target.Key, normed_eBTD.flatten(1, 2)).view(-1, batch, tokens, config.NumKeyValueHeads, config.HeadSize), run.Weights.KeyNorm_K);
        key_eBGTK = RotaryTable.Rotate(key_eBGTK.transpose(2, 3), run.Cosine_TK, run.Sine_TK);

        var value_eBD = LastAttention.Mix(query_eBHK, key_eBGTK, normed_eBTD, last_B, run);
        var attended_eBD = run.Norm(run.Project(Target.Output, value_eBD), run.Weights.AttentionPostNorm_D);
        return FeedForward.Apply(LastOf(hidden_eBTD, last_B) + attended_eBD, run).MoveToOuterDisposeScope();
    }

    /// <summary>The state of each row's token at an index.</summary>
    /// <param name="hidden_eBTD">[1 or E, B, T, D].</param>
    /// <param name="index_B">[B] int64.</param>
    /// <returns>[1 or E, B, D].</returns>
    public static Tensor LastOf(Tensor hidden_eBTD, Tensor index_B)
    {
        // index_select on flat rows: its backward is deterministic, that of tensor indexing is not.
        using var scope = NewDisposeScope();
        var (batch, tokens) = (hidden_eBTD.shape[1], hidden_eBTD.shape[2]);
        var row_B = arange(batch, dtype: ScalarType.Int64, device: index_B.device) * tokens + index_B;
        return hidden_eBTD.flatten(1, 2).index_select(1, row_B).MoveToOuterDisposeScope();
    }
}
