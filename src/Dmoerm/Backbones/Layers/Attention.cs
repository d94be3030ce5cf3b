using Dmoerm.Backbones.Configs;

namespace Dmoerm.Backbones.Layers;

// Dimensions: E = experts (e: 1 or E), B = batch, T = tokens, H = query heads, G = key/value heads, K = head size, N = B x T rows.

/// <summary>Causal attention of every token, over all tokens before it or over a window of them.</summary>
internal static class Attention
{
    /// <summary>Values mixed by attention.</summary>
    /// <param name="query_eBHTK">[1 or E, B, H, T, K].</param>
    /// <param name="key_eBGTK">[1 or E, B, G, T, K].</param>
    /// <param name="value_eBGTK">Likewise.</param>
    /// <param name="window">Tokens that are seen, the current one included; null for all.</param>
    /// <param name="config">The decoder's settings.</param>
    /// <returns>[1 or E, N, H x K].</returns>
    public static Tensor Mix(Tensor query_eBHTK, Tensor key_eBGTK, Tensor value_eBGTK, int? window, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var shape = query_eBHTK.shape;
        var experts = Math.Max(shape[0], Math.Max(key_eBGTK.shape[0], value_eBGTK.shape[0]));

        Tensor Flat(Tensor heads)
        {
            var repeated = heads.shape[2] == shape[2] ? heads : heads.repeat_interleave(shape[2] / heads.shape[2], 2);
            return repeated.expand(experts, shape[1], shape[2], shape[3], shape[4]).flatten(0, 1);
        }

        var (query, key, value) = (Flat(query_eBHTK), Flat(key_eBGTK), Flat(value_eBGTK));
        var mixed_BHTK = config.AttentionCap is { } cap ? Capped(query, key, value, window, cap, config) : Fused(query, key, value, window, config);
        return mixed_BHTK.transpose(1, 2).reshape(experts, shape[1] * shape[3], shape[2] * shape[4]).MoveToOuterDisposeScope();
    }

    /// <summary>Scores within plus and minus a limit: <c>cap tanh(score / cap)</c>.</summary>
    public static Tensor Cap(Tensor score, double? cap)
    {
        using var scope = NewDisposeScope();
        return (cap is { } limit ? (score / limit).tanh() * limit : score.alias()).MoveToOuterDisposeScope();
    }

    private static Tensor Fused(Tensor query_BHTK, Tensor key_BHTK, Tensor value_BHTK, int? window, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        // The operator divides by the root of the head size, and TorchSharp has no parameter to change that.
        var scaled_BHTK = config.QueryScalar is { } scalar ? query_BHTK * Math.Sqrt(config.HeadSize / scalar) : query_BHTK;
        var tokens = query_BHTK.shape[2];
        return (window is { } seen && seen < tokens
            ? nn.functional.scaled_dot_product_attention(scaled_BHTK, key_BHTK, value_BHTK, Hidden(tokens, seen, query_BHTK.device).logical_not())
            : nn.functional.scaled_dot_product_attention(scaled_BHTK, key_BHTK, value_BHTK, is_casual: true)).MoveToOuterDisposeScope();
    }

    private static Tensor Capped(Tensor query_BHTK, Tensor key_BHTK, Tensor value_BHTK, int? window, double cap, BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var tokens = query_BHTK.shape[2];
        var score_BHTT = Cap(matmul(query_BHTK / config.AttentionDivisor, key_BHTK.transpose(2, 3)), cap);
        var weight_BHTT = score_BHTT.masked_fill(Hidden(tokens, window ?? tokens, query_BHTK.device), double.NegativeInfinity).softmax(-1);
        return matmul(weight_BHTT, value_BHTK).MoveToOuterDisposeScope();
    }

    // [T, T] whether query q must not see key k: k comes later, or q - k is the window or more.
    private static Tensor Hidden(long tokens, long window, Device device)
    {
        using var scope = NewDisposeScope();
        var place_T = arange(tokens, dtype: ScalarType.Int64, device: device);
        var back_TT = place_T.unsqueeze(1) - place_T.unsqueeze(0);
        return (back_TT < 0).logical_or(back_TT >= window).MoveToOuterDisposeScope();
    }
}
