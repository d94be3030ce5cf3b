namespace Dmoerm.Backbones;

// Dimensions: T = tokens, N = tokens of the response, D = hidden size, V = vocabulary.

/// <summary>What a language model thinks of a response.</summary>
public static class Likelihood
{
    /// <summary>The log-probability of every token from the prompt's end on, each given all before it.</summary>
    /// <remarks>Logits are made for these positions only; their softmax is taken in float64.</remarks>
    /// <param name="backbone">The decoder.</param>
    /// <param name="head_VD">[V, D] hidden state to logits.</param>
    /// <param name="ids">Prompt and response.</param>
    /// <param name="promptLength">Tokens before the response, at least 1.</param>
    /// <returns>[N] natural logarithms, N = ids - promptLength; empty for an empty response.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The prompt is empty or longer than the ids.</exception>
    public static double[] OfTokens(Backbone backbone, Tensor head_VD, IReadOnlyList<int> ids, int promptLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(promptLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(promptLength, ids.Count);
        if (promptLength == ids.Count)
        {
            return [];
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var ids_1T = tensor(ids.Select(id => (long)id).ToArray(), device: backbone.Device).unsqueeze(0);
        var hidden_ND = backbone.Hidden(ids_1T)[0].narrow(0, promptLength - 1, ids.Count - promptLength);
        // In float32 the softmax's sum over a large vocabulary is off by 6e-6 in the same direction at every token.
        var logits_NV = backbone.Logits(hidden_ND, head_VD).to(ScalarType.Float64);
        var target_N1 = ids_1T[0].narrow(0, promptLength, ids.Count - promptLength).unsqueeze(1);
        var log_N = nn.functional.log_softmax(logits_NV, -1).gather(1, target_N1).squeeze(1);
        return log_N.cpu().data<double>().ToArray();
    }

    /// <summary>The log-probability of the whole response: the sum over its tokens, in float64.</summary>
    /// <inheritdoc cref="OfTokens"/>
    /// <returns>A natural logarithm, at most 0; longer responses have lower ones.</returns>
    public static double OfResponse(Backbone backbone, Tensor head_VD, IReadOnlyList<int> ids, int promptLength) =>
        OfTokens(backbone, head_VD, ids, promptLength).Sum();
}
