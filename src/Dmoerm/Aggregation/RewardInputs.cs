using Dmoerm.Experts;

namespace Dmoerm.Aggregation;

// Dimensions: B = batch, E = experts, F = inputs.

/// <summary>What aggregators of rewards read: the experts' rewards in order, then the base's own where it is asked for.</summary>
internal static class RewardInputs
{
    private const double ExpertShare = 0.8;

    /// <summary>F.</summary>
    public static int Count(int numExperts, bool useBase) => numExperts + (useBase ? 1 : 0);

    /// <summary>[B, F].</summary>
    public static Tensor Of(ExpertOutput output, bool useBase)
    {
        using var scope = NewDisposeScope();
        var reward_BF = useBase ? cat([output.Reward_BE, output.BaseReward_B.unsqueeze(1)], 1) : output.Reward_BE.clone();
        return reward_BF.MoveToOuterDisposeScope();
    }

    /// <summary>Sets weights [1, F] to the mean of the experts plus a share of the base: already a sensible reward.</summary>
    public static void Start(Tensor weight_1F, int numExperts, bool useBase)
    {
        using var scope = NewDisposeScope();
        weight_1F.fill_((useBase ? ExpertShare : 1) / numExperts);
        if (useBase)
        {
            weight_1F[0, numExperts] = 1 - ExpertShare;
        }
    }
}
