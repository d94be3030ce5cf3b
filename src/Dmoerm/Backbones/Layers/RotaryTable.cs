using Dmoerm.Backbones.Configs;

namespace Dmoerm.Backbones.Layers;

// Dimensions: T = tokens, K = head size.

/// <summary>Cosines and sines of the rotary position embedding, made once per length and kept.</summary>
/// <remarks>
/// Rotation of the two halves of a head, as in transformers' <c>apply_rotary_pos_emb</c>. The inverse frequencies are float32
/// whatever the weights' type: that is part of the models' definition.
/// </remarks>
internal sealed class RotaryTable(BackboneConfig config, ScalarType dtype, Device device) : IDisposable
{
    private Tensor? _cosine_TK;
    private Tensor? _sine_TK;

    /// <summary>What angles are computed in. Reference logits of adapters have float32 angles in an otherwise float64 model.</summary>
    public ScalarType AngleType { get; set; } = ScalarType.Float64;

    /// <summary>The tables of the first <paramref name="tokens"/> positions, [T, K] each; views of what this object owns.</summary>
    public (Tensor Cosine_TK, Tensor Sine_TK) For(long tokens)
    {
        if (_cosine_TK is null || _cosine_TK.shape[0] < tokens)
        {
            Grow(Math.Max(tokens, 2 * (_cosine_TK?.shape[0] ?? 128)));
        }

        return (_cosine_TK![..(int)tokens], _sine_TK![..(int)tokens]);
    }

    /// <summary>Rotates queries or keys.</summary>
    /// <param name="heads">[..., K].</param>
    /// <param name="cosine">Broadcasts to the heads' shape.</param>
    /// <param name="sine">Likewise.</param>
    public static Tensor Rotate(Tensor heads, Tensor cosine, Tensor sine)
    {
        using var scope = NewDisposeScope();
        var halves = heads.chunk(2, -1);
        var turned = cat([-halves[1], halves[0]], -1);
        return (heads * cosine + turned * sine).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosine_TK?.Dispose();
        _sine_TK?.Dispose();
    }

    /// <summary>The inverse frequencies, [K / 2] float32.</summary>
    internal static Tensor Frequencies(BackboneConfig config)
    {
        using var scope = NewDisposeScope();
        var even = arange(0, config.HeadSize, 2, ScalarType.Int64).to(ScalarType.Float32) / config.HeadSize;
        var inverse = pow(tensor((float)config.RotaryBase), even).reciprocal();
        return (config.RotaryScaling is { } scaling ? Stretch(inverse, scaling) : inverse).MoveToOuterDisposeScope();
    }

    private static Tensor Stretch(Tensor inverse, RotaryScaling scaling)
    {
        if (scaling.Bands is not { } bands)
        {
            return inverse / scaling.Factor;
        }

        using var scope = NewDisposeScope();
        var wave = 2 * Math.PI / inverse;
        var smooth = (bands.OriginalPositions / wave - bands.LowFrequencyFactor) / (bands.HighFrequencyFactor - bands.LowFrequencyFactor);
        var between = (1 - smooth) * inverse / scaling.Factor + smooth * inverse;
        var stretched = where(wave > bands.OriginalPositions / bands.LowFrequencyFactor, inverse / scaling.Factor, inverse);
        var middle = (wave <= bands.OriginalPositions / bands.LowFrequencyFactor).logical_and(wave >= bands.OriginalPositions / bands.HighFrequencyFactor);
        return where(middle, between, stretched).MoveToOuterDisposeScope();
    }

    // Angles in float64: position times frequency loses three digits in float32 at a few thousand tokens.
    private void Grow(long tokens)
    {
        using var scope = NewDisposeScope();
        // Made inside someone's inference mode, the tables could never be saved for a backward pass later.
        using var ordinary = inference_mode(false);
        var angle_TK = outer(arange(0, tokens, AngleType), Frequencies(config).to(AngleType));
        angle_TK = cat([angle_TK, angle_TK], -1);
        Dispose();
        _cosine_TK = angle_TK.cos().to(dtype).to(device).DetachFromDisposeScope();
        _sine_TK = angle_TK.sin().to(dtype).to(device).DetachFromDisposeScope();
    }
}
