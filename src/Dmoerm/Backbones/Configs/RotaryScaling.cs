namespace Dmoerm.Backbones.Configs;

/// <summary>How the rotary frequencies were stretched after pre-training.</summary>
/// <remarks>
/// <c>rope_type: linear</c> divides all frequencies by the factor. <c>rope_type: llama3</c> divides those whose wave is longer than the
/// original context, leaves short ones, and interpolates between. Source: transformers, by the values of the reference files it made.
/// </remarks>
public sealed record RotaryScaling
{
    /// <summary>What frequencies are divided by.</summary>
    public required double Factor { get; init; }

    /// <summary>Which frequencies llama3 stretches; null for linear, which stretches all.</summary>
    public RotaryBands? Bands { get; init; }
}

/// <summary>The bands of <c>rope_type: llama3</c>.</summary>
/// <param name="LowFrequencyFactor">Below so many turns within the original context a frequency counts as low.</param>
/// <param name="HighFrequencyFactor">Above so many turns within the original context a frequency counts as high.</param>
/// <param name="OriginalPositions">Tokens of the original context.</param>
public sealed record RotaryBands(double LowFrequencyFactor, double HighFrequencyFactor, int OriginalPositions);
