using Dmoerm.Conversations;
using Dmoerm.Experts;

namespace Dmoerm.Training.Trunks;

/// <summary>Rewards of a step's rows, with their gradient.</summary>
internal static class Scoring
{
    /// <summary>[E, B] rewards.</summary>
    public static Tensor Reward(StackedScorers scorers, Trunk trunk, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        var batch = trunk.Run(rows);
        return scorers.Reward(scorers.Pool(batch.Hidden_1BTD, batch.Length_B, trunk.Layer)).MoveToOuterDisposeScope();
    }
}
