using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Layers;

// Dimensions: E = experts (e: 1 or E), B = batch, T = tokens, D = hidden size, H = query heads, G = key/value heads,
// K = head size, N = B x T rows.

/// <summary>One decoder layer: attention and MLP, each behind a norm and added to the residual stream.</summary>
/// <remarks>
/// Experts ride along in the first dimension, which stays 1 as long as nothing tells them apart. Rows are padded on the right,
/// so a causal mask alone keeps padding out of every real token.
/// </remarks>
internal static class DecoderLayer
{
    /// <summary>Runs the layer for every token.</summary>
    /// <param name="hidden_eBTD">[1 or E, B, T, D].</param>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="updates">Low-rank updates, or null.</param>
    /// <param name="layer">The layer's index, to find its updates.</param>
    /// <param name="rotary">[T, K] cosines and sines.</param>
    /// <param name="config">The decoder's shape.</param>
    public static Tensor Forward(Tensor hidden_eBTD, LayerWeights weights, LowRankSet? updates, int layer, (Tensor Cosine_TK, Tensor Sine_TK) rotary, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens) = (hidden_eBTD.shape[1], hidden_eBTD.shape[2]);
        var normed_eND = RmsNorm.Apply(hidden_eBTD, weights.AttentionNorm_D, config.NormEpsilon).flatten(1, 2);

        Tensor Heads(Target target, int heads) =>
            weights[target].Apply(normed_eND, updates?[layer, target]).view(-1, batch, tokens, heads, config.HeadSize).transpose(2, 3);

        var query_eBHTK = RotaryTable.Rotate(Heads(Target.Query, config.NumHeads), rotary.Cosine_TK, rotary.Sine_TK);
        var key_eBGTK = RotaryTable.Rotate(Heads(Target.Key, config.NumKeyValueHeads), rotary.Cosine_TK, rotary.Sine_TK);
        var mixed_eND = Attend(query_eBHTK, key_eBGTK, Heads(Target.Value, config.NumKeyValueHeads));
        var attended_eBTD = weights.Output.Apply(mixed_eND, updates?[layer, Target.Output]).view(-1, batch, tokens, config.HiddenSize);
        return FeedForward(hidden_eBTD + attended_eBTD, weights, updates, layer, config).MoveToOuterDisposeScope();
    }

    /// <summary>Runs the layer for the last real token alone: its query, its attention row, its MLP.</summary>
    /// <remarks>
    /// Values are mixed before they are projected, sum_t a_t (W h_t) = W (sum_t a_t h_t), which also holds for a low-rank update
    /// and for a bias, since attention weights sum to 1. So a value update costs one token per head instead of T. Source: ours.
    /// </remarks>
    /// <param name="hidden_eBTD">[1 or E, B, T, D], padded on the right.</param>
    /// <param name="length_B">[B] int64, number of real tokens of each row, at least 1.</param>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="updates">Low-rank updates, or null.</param>
    /// <param name="layer">The layer's index, to find its updates.</param>
    /// <param name="rotary">[T, K] cosines and sines.</param>
    /// <param name="config">The decoder's shape.</param>
    /// <returns>[1 or E, B, D], before the final norm.</returns>
    public static Tensor ForwardLast(Tensor hidden_eBTD, Tensor length_B, LayerWeights weights, LowRankSet? updates, int layer, (Tensor Cosine_TK, Tensor Sine_TK) rotary, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens) = (hidden_eBTD.shape[1], hidden_eBTD.shape[2]);
        var last_B = length_B - 1;
        var normed_eBTD = RmsNorm.Apply(hidden_eBTD, weights.AttentionNorm_D, config.NormEpsilon);
        var lastNormed_eBD = LastOf(normed_eBTD, last_B);

        var query_eBHK = weights.Query.Apply(lastNormed_eBD, updates?[layer, Target.Query]).view(-1, batch, config.NumHeads, config.HeadSize);
        var (cosine_B1K, sine_B1K) = (rotary.Cosine_TK.index_select(0, last_B).unsqueeze(1), rotary.Sine_TK.index_select(0, last_B).unsqueeze(1));
        query_eBHK = RotaryTable.Rotate(query_eBHK, cosine_B1K, sine_B1K);
        var key_eBGTK = weights.Key.Apply(normed_eBTD.flatten(1, 2), updates?[layer, Target.Key])
            .view(-1, batch, tokens, config.NumKeyValueHeads, config.HeadSize).transpose(2, 3);
        key_eBGTK = RotaryTable.Rotate(key_eBGTK, rotary.Cosine_TK, rotary.Sine_TK);

        var weight_eBHT = AttentionOfLast(query_eBHK, key_eBGTK, last_B, config);
        var context_eBHD = MixTokens(weight_eBHT, normed_eBTD);
        var valueUpdate = updates?[layer, Target.Value];
        var seen_EBHD = valueUpdate?.Dropout is { } dropout ? MixTokens(weight_eBHT, Hide(dropout, normed_eBTD)) : null;
        var value_eBD = ProjectValues(context_eBHD, seen_EBHD, weights.Value, valueUpdate, config);
        var attended_eBD = weights.Output.Apply(value_eBD, updates?[layer, Target.Output]);
        var hidden_eBD = LastOf(hidden_eBTD, last_B) + attended_eBD;
        return FeedForward(hidden_eBD, weights, updates, layer, config).MoveToOuterDisposeScope();
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

    private static Tensor Attend(Tensor query_eBHTK, Tensor key_eBGTK, Tensor value_eBGTK)
    {
        using var scope = NewDisposeScope();
        var shape = query_eBHTK.shape;
        var experts = Math.Max(shape[0], Math.Max(key_eBGTK.shape[0], value_eBGTK.shape[0]));

        Tensor Flat(Tensor heads)
        {
            var repeated = heads.shape[2] == shape[2] ? heads : heads.repeat_interleave(shape[2] / heads.shape[2], 2);
            return repeated.expand(experts, shape[1], shape[2], shape[3], shape[4]).flatten(0, 1);
        }

        var mixed_BHTK = nn.functional.scaled_dot_product_attention(Flat(query_eBHTK), Flat(key_eBGTK), Flat(value_eBGTK), is_casual: true);
        return mixed_BHTK.transpose(1, 2).reshape(experts, shape[1] * shape[3], shape[2] * shape[4]).MoveToOuterDisposeScope();
    }

    private static Tensor AttentionOfLast(Tensor query_eBHK, Tensor key_eBGTK, Tensor last_B, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens) = (key_eBGTK.shape[1], key_eBGTK.shape[3]);
        var grouped_eBGhK = query_eBHK.view(-1, batch, config.NumKeyValueHeads, config.NumHeads / config.NumKeyValueHeads, config.HeadSize) / Math.Sqrt(config.HeadSize);
        var score_eBHT = (grouped_eBGhK.shape[0] > 1 && key_eBGTK.shape[0] == 1
            ? ScoreShared(grouped_eBGhK, key_eBGTK)
            : matmul(grouped_eBGhK, key_eBGTK.transpose(3, 4))).flatten(2, 3);
        var padding_BT = arange(tokens, dtype: ScalarType.Int64, device: last_B.device).unsqueeze(0) > last_B.unsqueeze(1);
        return score_eBHT.masked_fill(padding_BT.unsqueeze(1), double.NegativeInfinity).softmax(-1).MoveToOuterDisposeScope();
    }

    // Shared keys: the queries of all experts side by side, since a broadcast product would copy the keys once per expert.
    private static Tensor ScoreShared(Tensor query_EBGhK, Tensor key_1BGTK)
    {
        using var scope = NewDisposeScope();
        var (experts, heads) = (query_EBGhK.shape[0], query_EBGhK.shape[3]);
        var rows_BGNK = query_EBGhK.permute(1, 2, 0, 3, 4).flatten(2, 3);
        var score_BGNT = matmul(rows_BGNK, key_1BGTK.squeeze(0).transpose(2, 3));
        return score_BGNT.view(score_BGNT.shape[0], score_BGNT.shape[1], experts, heads, -1).permute(2, 0, 1, 3, 4).MoveToOuterDisposeScope();
    }

    // Shared tokens: one product per row for the heads of all experts; else one per expert and row.
    private static Tensor MixTokens(Tensor weight_eBHT, Tensor normed_eBTD)
    {
        using var scope = NewDisposeScope();
        if (normed_eBTD.shape[0] > 1 || weight_eBHT.shape[0] == 1)
        {
            return matmul(weight_eBHT, normed_eBTD).MoveToOuterDisposeScope();
        }

        var (experts, heads) = (weight_eBHT.shape[0], weight_eBHT.shape[2]);
        var rows_BeHT = weight_eBHT.transpose(0, 1).flatten(1, 2);
        var context_BeHD = matmul(rows_BeHT, normed_eBTD.squeeze(0));
        return context_BeHD.view(context_BeHD.shape[0], experts, heads, -1).transpose(0, 1).MoveToOuterDisposeScope();
    }

    // What is hidden differs by token, so it must be hidden before tokens are mixed.
    private static Tensor Hide(InputDropout dropout, Tensor normed_eBTD)
    {
        using var scope = NewDisposeScope();
        long[] shape = [-1, .. normed_eBTD.shape[1..]];
        return dropout.Apply(normed_eBTD.flatten(1, 2)).view(shape).MoveToOuterDisposeScope();
    }

    // context [e, B, H, D] -> values of each head by its own rows of W_v -> [e, B, H x K]; under dropout the update sees another context.
    private static Tensor ProjectValues(Tensor context_eBHD, Tensor? seen_EBHD, Projection value, LowRank? update, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var (batch, heads, group) = (context_eBHD.shape[1], config.NumHeads, config.NumHeads / config.NumKeyValueHeads);
        Tensor Grouped(Tensor heads_eBHD) => heads_eBHD.view(heads_eBHD.shape[0], batch, config.NumKeyValueHeads, group, -1).transpose(1, 2).flatten(2, 3);

        var context_eGND = Grouped(context_eBHD);
        var weight_GDK = value.Weight_OI.view(config.NumKeyValueHeads, config.HeadSize, -1).transpose(1, 2);
        var value_eGNK = matmul(context_eGND, weight_GDK);
        if (update is not null)
        {
            var inner_EGNR = matmul(seen_EBHD is null ? context_eGND : Grouped(seen_EBHD), update.A_ERI.transpose(1, 2).unsqueeze(1));
            var up_EGRK = update.B_EOR.view(update.B_EOR.shape[0], config.NumKeyValueHeads, config.HeadSize, -1).transpose(2, 3);
            value_eGNK = value_eGNK + matmul(inner_EGNR, up_EGRK) * update.Scale;
            value_eGNK = update.Gain_EO is { } gain_EO ? value_eGNK * gain_EO.view(-1, config.NumKeyValueHeads, 1, config.HeadSize) : value_eGNK;
        }

        if (value.Bias_O is not null)
        {
            value_eGNK = value_eGNK + value.Bias_O.view(config.NumKeyValueHeads, 1, config.HeadSize);
        }

        if (update?.Shift_EO is { } shift_EO)
        {
            value_eGNK = value_eGNK + shift_EO.view(-1, config.NumKeyValueHeads, 1, config.HeadSize);
        }

        return value_eGNK.view(-1, config.NumKeyValueHeads, batch, group, config.HeadSize).transpose(1, 2)
            .reshape(value_eGNK.shape[0], batch, heads * config.HeadSize).MoveToOuterDisposeScope();
    }

    // hidden [..., D] with experts first; the rows between are flattened for the products.
    private static Tensor FeedForward(Tensor hidden_eXD, LayerWeights weights, LowRankSet? updates, int layer, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var normed_eND = RmsNorm.Apply(hidden_eXD, weights.MlpNorm_D, config.NormEpsilon).view(hidden_eXD.shape[0], -1, config.HiddenSize);
        var gate_eNF = nn.functional.silu(weights.Gate.Apply(normed_eND, updates?[layer, Target.Gate]));
        var inner_eNF = gate_eNF * weights.Up.Apply(normed_eND, updates?[layer, Target.Up]);
        var output_eND = weights.Down.Apply(inner_eNF, updates?[layer, Target.Down]);
        long[] shape = [output_eND.shape[0], .. hidden_eXD.shape[1..]];
        return (hidden_eXD + output_eND.view(shape)).MoveToOuterDisposeScope();
    }
}
