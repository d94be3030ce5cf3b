using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Steps;

// Dimensions: P = pairs.

/// <summary>What training makes small.</summary>
public static class PreferenceLoss
{
    private static readonly LossSettings Plain = new();

    /// <summary>Bradley-Terry with soft labels: cross-entropy between p and sigmoid(reward_i - reward_j - margin), as a weighted mean.</summary>
    /// <remarks>
    /// <c>-(p log sigmoid(d) + (1 - p) log sigmoid(-d))</c>. Source: official code, innermoe/train_module.py:16-28, with
    /// log-sigmoid in place of log(sigmoid), which underflows; soft labels as in the reference of shared training runs.
    /// </remarks>
    /// <param name="first_P">[P] rewards of the responses that p speaks for.</param>
    /// <param name="second_P">[P] rewards of the others.</param>
    /// <param name="p_P">[P] probabilities in [0, 1] that the first is better.</param>
    /// <param name="weight_P">[P] weights of at least 0, not all 0.</param>
    /// <param name="margin_P">[P] subtracted from the difference inside the loss, or null.</param>
    /// <returns>A scalar in nats; log 2 where both rewards are equal.</returns>
    public static Tensor BradleyTerry(Tensor first_P, Tensor second_P, Tensor p_P, Tensor weight_P, Tensor? margin_P = null) =>
        Of(Plain, first_P, second_P, p_P, weight_P, margin_P);

    /// <summary>The loss that a recipe asks for, as a weighted mean; finite with finite gradients at any difference of rewards up to 1e4.</summary>
    /// <param name="settings">Ties, flipped labels, centring.</param>
    /// <param name="first_P">[P] rewards of the responses that p speaks for.</param>
    /// <param name="second_P">[P] rewards of the others.</param>
    /// <param name="p_P">[P] probabilities in [0, 1] that the first is better.</param>
    /// <param name="weight_P">[P] weights of at least 0, not all 0.</param>
    /// <param name="margin_P">[P] subtracted from the difference inside the loss, or null.</param>
    /// <param name="strength_P">[P] multiplies each pair's loss but not its weight, or null.</param>
    /// <returns>A scalar in nats.</returns>
    public static Tensor Of(LossSettings settings, Tensor first_P, Tensor second_P, Tensor p_P, Tensor weight_P, Tensor? margin_P = null, Tensor? strength_P = null)
    {
        using var scope = NewDisposeScope();
        var difference_P = first_P - second_P;
        if (margin_P is not null)
        {
            difference_P = difference_P - margin_P;
        }

        var loss_P = settings.Ties == TieRule.Davidson
            ? Davidson(difference_P, p_P, settings)
            : Labelled(-nn.functional.logsigmoid(difference_P), -nn.functional.logsigmoid(-difference_P), p_P, settings);
        var loss = Mean(strength_P is null ? loss_P : loss_P * strength_P, weight_P);
        if (settings.Centre > 0)
        {
            loss = loss + settings.Centre * Mean((first_P + second_P).square(), weight_P);
        }

        return loss.MoveToOuterDisposeScope();
    }

    private static Tensor Mean(Tensor value_P, Tensor weight_P) => (value_P * weight_P).sum() / weight_P.sum();

    // Win, tie and loss have the weights e^d, nu e^(d/2) and 1. Source: Davidson 1970, as the shared reference losses state it.
    private static Tensor Davidson(Tensor difference_P, Tensor p_P, LossSettings settings)
    {
        var tie_P = difference_P / 2 + Math.Log(settings.Nu);
        var whole_P = stack([difference_P, tie_P, zeros_like(difference_P)]).logsumexp(0);
        return where(p_P == 0.5, whole_P - tie_P, Labelled(whole_P - difference_P, whole_P, p_P, settings));
    }

    // From the losses of "the first is better" and "the second is better" to that of a label that may be flipped.
    private static Tensor Labelled(Tensor win_P, Tensor lose_P, Tensor p_P, LossSettings settings)
    {
        var rate = settings.FlipRate;
        var kind = rate == 0 ? LabelNoise.None : settings.LabelNoise;
        if (kind == LabelNoise.Forward)
        {
            Tensor Flipping(Tensor said_P, Tensor other_P) => -logaddexp(Math.Log(1 - rate) - said_P, Math.Log(rate) - other_P);
            return p_P * Flipping(win_P, lose_P) + (1 - p_P) * Flipping(lose_P, win_P);
        }

        // Both corrections are linear in the label: they move p towards 0.5, or away from it and beyond 1.
        var label_P = kind switch
        {
            LabelNoise.Smooth => p_P * (1 - 2 * rate) + rate,
            LabelNoise.Unbiased => (p_P - rate) / (1 - 2 * rate),
            _ => p_P,
        };
        return label_P * win_P + (1 - label_P) * lose_P;
    }
}
