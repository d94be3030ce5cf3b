using System.Globalization;
using Dmoerm.Backbones.Configs;

namespace Dmoerm.Artefacts.Classifiers;

/// <summary>What OpenRLHF writes into <c>config.json</c> beside the decoder's fields: the mean and deviation of rewards on its training data.</summary>
/// <param name="Mean"><c>mean</c>.</param>
/// <param name="Deviation"><c>std</c>.</param>
/// <param name="Applies"><c>normalize_reward</c>: rewards are (raw - mean) / std; otherwise they are as the head gives them.</param>
/// <remarks>Source: OpenRLHF, openrlhf/models/model.py at commit 0008ea1: without mean and std it takes 0 and 1.</remarks>
public sealed record RewardNormalisation(double Mean, double Deviation, bool Applies)
{
    /// <summary>The reward of what a head gives.</summary>
    public double Apply(double raw) => Applies ? (raw - Mean) / Deviation : raw;

    /// <summary>Reads the fields; null where there are none of them.</summary>
    /// <exception cref="InvalidDataException">One of them is no number, or one of mean and std is missing, or std is not above 0.</exception>
    internal static RewardNormalisation? Read(ConfigField config)
    {
        var (mean, deviation, applies) = (config.OptionalNumber("mean"), config.OptionalNumber("std"), config.Flag("normalize_reward", false));
        if (mean is null != deviation is null || deviation <= 0)
        {
            throw config.Error($"fields 'mean' and 'std' should be two numbers, std above 0; came {Text(mean)} and {Text(deviation)}");
        }

        return mean is null && !applies ? null : new RewardNormalisation(mean ?? 0, deviation ?? 1, applies);
    }

    private static string Text(double? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
