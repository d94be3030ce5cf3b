namespace Dmoerm.Training.Fitting;

// Dimensions: P = pairs.

/// <summary>What training makes small.</summary>
public static class PreferenceLoss
{
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
    public static Tensor BradleyTerry(Tensor first_P, Tensor second_P, Tensor p_P, Tensor weight_P, Tensor? margin_P = null)
    {
        using var scope = NewDisposeScope();
        var difference_P = first_P - second_P;
        if (margin_P is not null)
        {
            difference_P = difference_P - margin_P;
        }

        var loss_P = -(p_P * nn.functional.logsigmoid(difference_P) + (1 - p_P) * nn.functional.logsigmoid(-difference_P));
        return ((loss_P * weight_P).sum() / weight_P.sum()).MoveToOuterDisposeScope();
    }
}
