using Dmoerm.Conversations;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Steps;

/// <summary>One update of the weights: the batches whose gradients it adds up.</summary>
/// <param name="Batches">At least one.</param>
public sealed record TrainingStep(IReadOnlyList<TrainingBatch> Batches)
{
    /// <summary>How many of the batches have a label for a scorer; each counts alike in the scorer's loss.</summary>
    public int BatchesOf(int scorer) => Batches.Count(batch => batch.Judged[scorer].Count > 0);
}

/// <summary>What goes through the model at once: every response once, and what each scorer learns from them.</summary>
/// <param name="Rows">The distinct conversations.</param>
/// <param name="Judged">One list of pairs per scorer; empty where the batch has no label for it.</param>
public sealed record TrainingBatch(IReadOnlyList<EncodedConversation> Rows, IReadOnlyList<PairList> Judged);

/// <summary>Compared rows.</summary>
/// <param name="First">Row of the response that P speaks for.</param>
/// <param name="Second">Row of the other.</param>
/// <param name="P">Probability that the first is better.</param>
/// <param name="Weight">Weight in the batch's mean.</param>
/// <param name="Margin">Subtracted from the difference inside the loss, 0 where unknown; null where no pair has one.</param>
/// <param name="Strength">Multiplies a pair's loss, not its weight; null for 1.</param>
public sealed record PairList(long[] First, long[] Second, double[] P, double[] Weight, double[]? Margin, double[]? Strength = null)
{
    /// <summary>Number of pairs.</summary>
    public int Count => First.Length;

    /// <summary>The loss of these pairs under given rewards.</summary>
    /// <param name="reward_B">[B] a reward per row.</param>
    /// <param name="settings">Which loss; null for Bradley-Terry.</param>
    public Tensor Loss(Tensor reward_B, LossSettings? settings = null)
    {
        using var scope = NewDisposeScope();
        var (dtype, device) = (reward_B.dtype, reward_B.device);
        return PreferenceLoss.Of(
            settings ?? new LossSettings(),
            reward_B.index_select(0, tensor(First, device: device)),
            reward_B.index_select(0, tensor(Second, device: device)),
            tensor(P, dtype, device),
            tensor(Weight, dtype, device),
            Margin is null ? null : tensor(Margin, dtype, device),
            Strength is null ? null : tensor(Strength, dtype, device)).MoveToOuterDisposeScope();
    }
}
