using Dmoerm.Conversations;

namespace Dmoerm.Training.Fitting;

/// <summary>One step: every response once, and what each scorer learns from them.</summary>
/// <param name="Rows">The distinct conversations.</param>
/// <param name="Judged">One list of pairs per scorer; empty where the step has no label for it.</param>
public sealed record TrainingBatch(IReadOnlyList<EncodedConversation> Rows, IReadOnlyList<PairList> Judged);

/// <summary>Compared rows.</summary>
/// <param name="First">Row of the response that P speaks for.</param>
/// <param name="Second">Row of the other.</param>
/// <param name="P">Probability that the first is better.</param>
/// <param name="Weight">Weight in the step's mean.</param>
/// <param name="Margin">By how much the first is better, 0 where unknown; null where no pair has one.</param>
public sealed record PairList(long[] First, long[] Second, double[] P, double[] Weight, double[]? Margin)
{
    /// <summary>Number of pairs.</summary>
    public int Count => First.Length;

    /// <summary>The loss of these pairs under given rewards.</summary>
    /// <param name="reward_B">[B] a reward per row.</param>
    public Tensor Loss(Tensor reward_B)
    {
        using var scope = NewDisposeScope();
        var (dtype, device) = (reward_B.dtype, reward_B.device);
        return PreferenceLoss.BradleyTerry(
            reward_B.index_select(0, tensor(First, device: device)),
            reward_B.index_select(0, tensor(Second, device: device)),
            tensor(P, dtype, device),
            tensor(Weight, dtype, device),
            Margin is null ? null : tensor(Margin, dtype, device)).MoveToOuterDisposeScope();
    }
}
