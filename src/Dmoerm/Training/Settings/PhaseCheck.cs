using System.Globalization;

namespace Dmoerm.Training.Settings;

/// <summary>What the types of a phase's settings alone cannot hold.</summary>
internal static class PhaseCheck
{
    /// <summary>Checks each field in turn.</summary>
    /// <param name="phase">The settings.</param>
    /// <param name="field">Where they stand in the recipe.</param>
    /// <param name="require">Fails unless its first argument holds: field, what was expected, what came.</param>
    /// <param name="categories">The categories that a mix must weigh; empty where only one is learnt from.</param>
    public static void Check(PhaseSettings phase, string field, Action<bool, string, string, object?> require, IReadOnlyCollection<string> categories)
    {
        CheckOptimizer(phase, field, require);
        require(phase.Epochs >= 1, $"{field}.epochs", "at least 1", phase.Epochs);
        require(phase.MaxSteps is null or >= 1, $"{field}.maxSteps", "at least 1", phase.MaxSteps);
        require(phase.Patience >= 1, $"{field}.patience", "at least 1", phase.Patience);
        require(phase.ValidationsPerEpoch >= 1, $"{field}.validationsPerEpoch", "at least 1", phase.ValidationsPerEpoch);
        CheckLoss(phase.Loss, $"{field}.loss", require);
        CheckBatch(phase.Batch, $"{field}.batch", require);
        CheckMix(phase, $"{field}.batch.mix", require, categories);
    }

    private static void CheckOptimizer(PhaseSettings phase, string field, Action<bool, string, string, object?> require)
    {
        require(phase.LearningRates.Count > 0 && phase.LearningRates.All(rate => rate > 0), $"{field}.learningRates", "at least one rate, and each above 0", string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", phase.LearningRates)}]"));
        require(phase.Beta1 is >= 0 and < 1, $"{field}.beta1", "at least 0 and below 1", phase.Beta1);
        require(phase.Beta2 is >= 0 and < 1, $"{field}.beta2", "at least 0 and below 1", phase.Beta2);
        require(phase.Epsilon > 0, $"{field}.epsilon", "a number above 0", phase.Epsilon);
        require(phase.WeightDecay >= 0, $"{field}.weightDecay", "at least 0", phase.WeightDecay);
        require(phase.WarmupSteps >= 0 && (phase.WarmupSteps < 1 || phase.WarmupSteps is var steps && steps == Math.Floor(steps) && steps <= int.MaxValue), $"{field}.warmupSteps", "a whole number of steps, or a share of all steps between 0 and 1", phase.WarmupSteps);
        require(phase.ClipNorm is null or > 0, $"{field}.clipNorm", "a norm above 0", phase.ClipNorm);
    }

    private static void CheckLoss(LossSettings loss, string field, Action<bool, string, string, object?> require)
    {
        require(loss.MarginScale is >= 0 and < double.PositiveInfinity, $"{field}.marginScale", "at least 0", loss.MarginScale);
        require((loss.LabelNoise == LabelNoise.None) == (loss.FlipRate == 0), $"{field}.flipRate", loss.LabelNoise == LabelNoise.None ? "0 without labelNoise" : "a rate above 0 with labelNoise", loss.FlipRate);
        var highest = loss.LabelNoise == LabelNoise.Unbiased ? LossSettings.HighestUnbiasedRate : 0.5;
        require(loss.FlipRate >= 0 && (loss.FlipRate < 0.5 && loss.FlipRate <= highest), $"{field}.flipRate", loss.LabelNoise == LabelNoise.Unbiased ? string.Create(CultureInfo.InvariantCulture, $"at most {highest} with labelNoise unbiased") : "at least 0 and below 0.5", loss.FlipRate);
        require(loss.Nu is > 0 and < double.PositiveInfinity, $"{field}.nu", "a number above 0", loss.Nu);
        require(loss.Centre is >= 0 and < double.PositiveInfinity, $"{field}.centre", "at least 0", loss.Centre);
    }

    private static void CheckBatch(BatchSettings batch, string field, Action<bool, string, string, object?> require)
    {
        require(batch.Responses is null || batch.Comparisons is null, field, "either responses or comparisons", "both");
        require(batch.Responses is null or >= 2, $"{field}.responses", "at least 2", batch.Responses);
        require(batch.Comparisons is null or >= 1, $"{field}.comparisons", "at least 1", batch.Comparisons);
        require(batch.Accumulate >= 1, $"{field}.accumulate", "at least 1", batch.Accumulate);
    }

    private static void CheckMix(PhaseSettings phase, string field, Action<bool, string, string, object?> require, IReadOnlyCollection<string> categories)
    {
        if (phase.Batch.Mix is not { } mix)
        {
            return;
        }

        require(categories.Count > 0, field, "no mix: only one model for all learns from several categories", $"one of {string.Join(", ", mix.Keys)}");
        require(mix.Keys.ToHashSet().SetEquals(categories), field, $"a weight for each of {string.Join(", ", categories)}", string.Join(", ", mix.Keys));
        require(mix.Values.All(weight => weight is > 0 and < double.PositiveInfinity), field, "weights above 0", string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", mix.Values)}"));
        require(phase.Shuffle, field, "shuffle: true, since a mix draws anew in each pass", "false");
    }
}
