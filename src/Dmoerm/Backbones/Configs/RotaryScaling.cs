namespace Dmoerm.Backbones.Configs;

/// <summary>How the rotary frequencies were stretched after pre-training: <c>rope_type: llama3</c>.</summary>
/// <remarks>
/// Frequencies whose wave is longer than the original context are divided by the factor, short ones stay, and those between are
/// interpolated. Source: transformers' <c>rope_type: llama3</c>, by the values of the reference files it made.
/// </remarks>
public sealed record RotaryScaling
{
    /// <summary>What low frequencies are divided by.</summary>
    public required double Factor { get; init; }

    /// <summary>Below so many turns within the original context a frequency counts as low.</summary>
    public required double LowFrequencyFactor { get; init; }

    /// <summary>Above so many turns within the original context a frequency counts as high.</summary>
    public required double HighFrequencyFactor { get; init; }

    /// <summary>Tokens of the original context.</summary>
    public required int OriginalPositions { get; init; }
}
