using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Layers;

// Dimensions: E = experts (e: 1 or E), B = batch, T = tokens, D = hidden size, H = query heads, G = key/value heads,
// h = H / G, K = head size, N = rows.

/// <summary>Attention of the last real token alone.</summary>
/// <remarks>
/// Values are mixed before they are projected, sum_t a_t (W h_t) = W (sum_t a_t h_t), which also holds for a low-rank update
/// and for a bias, since attention weights sum to 1. So a value update costs one token per head instead of T. Source: ours.
/// </remarks>
internal static class LastAttention
{
    /// <summary>Values mixed for the last token.</summary>
    /// <param name="query_eBHK">[1 or E, B, H, K], rotated.</param>
    /// <param name="key_eBGTK">[1 or E, B, G, T, K], rotated.</param>
    /// <param name="normed_eBTD">[1 or E, B, T, D], what the value projection reads.</param>
    /// <param name="last_B">[B] int64 index of the last real token.</param>
    /// <param name="run">The layer.</param>
    /// <returns>[1 or E, B, H x K].</returns>
    public static Tensor Mix(Tensor query_eBHK, Tensor key_eBGTK, Tensor normed_eBTD, Tensor last_B, LayerRun run)
    {
        using var scope = NewDisposeScope();
        var weight_eBHT = Weigh(query_eBHK, key_eBGTK, last_B, run);
        var context_eBHD = MixTokens(weight_eBHT, normed_eBTD);
        var update = run.Update(Target.Value);
        var seen_EBHD = update?.Dropout is { } dropout ? MixTokens(weight_eBHT, Hide(dropout, normed_eBTD)) : null;
        return ProjectValues(context_eBHD, seen_EBHD, run.Weights.Value, update, run.Config).MoveToOuterDisposeScope();
    }

    private static Tensor Weigh(Tensor query_eBHK, Tensor key_eBGTK, Tensor last_B, LayerRun run)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, config) = (key_eBGTK.shape[1], key_eBGTK.shape[3], run.Config);
        var grouped_eBGhK = query_eBHK.view(-1, batch, config.NumKeyValueHeads, config.NumHeads / config.NumKeyValueHeads, config.HeadSize) / config.AttentionDivisor;
        var score_eBHT = (grouped_eBGhK.shape[0] > 1 && key_eBGTK.shape[0] == 1
            ? ScoreShared(grouped_eBGhK, key_eBGTK)
            : matmul(grouped_eBGhK, key_eBGTK.transpose(3, 4))).flatten(2, 3);
        var hidden_BT = HiddenFrom(last_B, tokens, run.Window);
        return Attention.Cap(score_eBHT, config.AttentionCap).masked_fill(hidden_BT.unsqueeze(1), double.NegativeInfinity).softmax(-1).MoveToOuterDisposeScope();
    }

    // [B, T] what the last token must not see: padding behind it, and what lies before its window.
    private static Tensor HiddenFrom(Tensor last_B, long tokens, int? window)
    {
        using var scope = NewDisposeScope();
        var place_1T = arange(tokens, dtype: ScalarType.Int64, device: last_B.device).unsqueeze(0);
        var hidden_BT = place_1T > last_B.unsqueeze(1);
        return (window is { } seen ? hidden_BT.logical_or(place_1T <= last_B.unsqueeze(1) - seen) : hidden_BT).MoveToOuterDisposeScope();
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
}
