using Dmoerm.Conversations;
using Dmoerm.Experts;

namespace Dmoerm.Training.Trunks;

/// <summary>Rewards of a step's rows, with their gradient.</summary>
internal static class Scoring
{
    /// <summary>[E, B] rewards.</summary>
    /// <param name="scorers">The scorers.</param>
    /// <param name="trunk">Gives the states that they read.</param>
    /// <param name="rows">The conversations.</param>
    /// <param name="seeds">[E] what each scorer's dropout draws from in this step.</param>
    public static Tensor Reward(StackedScorers scorers, Trunk trunk, IReadOnlyList<EncodedConversation> rows, IReadOnlyList<long> seeds)
    {
        using var scope = NewDisposeScope();
        var batch = trunk.Run(rows);
        var dropout = new AdapterDropout(seeds, [.. rows.Select(row => row.Ids)]);
        return scorers.Reward(scorers.Pool(batch.Hidden_1BTD, batch.Length_B, trunk.Layer, dropout)).MoveToOuterDisposeScope();
    }
}
