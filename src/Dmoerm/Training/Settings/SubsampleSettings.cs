namespace Dmoerm.Training.Settings;

/// <summary>Makes preferences scarcer or noisier than the data are, to study what a method does with few or bad ones.</summary>
/// <remarks>Concerns the overall preferences of the training part alone: capability labels stay, and validation and test are not touched. Fields that are not set change nothing.</remarks>
public sealed record SubsampleSettings
{
    /// <summary>So many overall comparisons of each prompt are kept, those that prefer a side first; null keeps all.</summary>
    public int? ComparisonsPerPrompt { get; init; }

    /// <summary>Share in (0, 1] of the prompts that keep their overall comparisons; null keeps those of all.</summary>
    public double? Share { get; init; }

    /// <summary>Share in [0, 1] of the kept overall comparisons whose sides are exchanged; null is none.</summary>
    public double? Flip { get; init; }
}
