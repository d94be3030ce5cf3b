namespace Dmoerm.Experts;

// Dimensions: E = experts, B = batch, D = hidden size.

/// <summary>What a category's base and experts say of a batch.</summary>
/// <param name="BaseReward_B">[B] the base's own reward.</param>
/// <param name="Reward_BE">[B, E] each expert's own reward; E is 0 for a category without experts.</param>
/// <param name="Hidden_BED">[B, E, D] what each expert's head read; null without experts.</param>
public sealed record ExpertOutput(Tensor BaseReward_B, Tensor Reward_BE, Tensor? Hidden_BED)
{
    /// <summary>Hands all tensors to the scope outside the current one.</summary>
    public ExpertOutput MoveToOuterDisposeScope()
    {
        BaseReward_B.MoveToOuterDisposeScope();
        Reward_BE.MoveToOuterDisposeScope();
        Hidden_BED?.MoveToOuterDisposeScope();
        return this;
    }
}
