using Dmoerm.Conversations;
using Dmoerm.Experts;

namespace Dmoerm.Training.Trunks;

// Dimensions: N = rows, E = scorers, F = features.

/// <summary>Runs frozen models over many conversations.</summary>
public static class Prediction
{
    /// <summary>The rewards of a stack.</summary>
    /// <returns>[E, N] in the rows' order.</returns>
    public static Tensor Rewards(StackedScorers scorers, Trunk trunk, IReadOnlyList<EncodedConversation> rows)
    {
        using var scope = NewDisposeScope();
        var reward_NE = Columns(trunk, rows, batch => scorers.Reward(scorers.Pool(batch.Hidden_1BTD, batch.Length_B, trunk.Layer)).transpose(0, 1));
        return reward_NE.transpose(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>What a stack's heads read.</summary>
    /// <returns>[N, E x D] in the rows' order.</returns>
    public static Tensor Pooled(StackedScorers scorers, Trunk trunk, IReadOnlyList<EncodedConversation> rows) =>
        Columns(trunk, rows, batch => scorers.Pool(batch.Hidden_1BTD, batch.Length_B, trunk.Layer).transpose(0, 1).flatten(1));

    /// <summary>Any features of rows, computed in batches of like length without gradient.</summary>
    /// <param name="trunk">Gives the states.</param>
    /// <param name="rows">The conversations, at least one.</param>
    /// <param name="compute">From a batch to [B, F].</param>
    /// <returns>[N, F] in the rows' order.</returns>
    public static Tensor Columns(Trunk trunk, IReadOnlyList<EncodedConversation> rows, Func<TrunkBatch, Tensor> compute) =>
        Columns(trunk, rows, (batch, _) => compute(batch));

    /// <summary>The same where the computation also needs the batch's conversations.</summary>
    public static Tensor Columns(Trunk trunk, IReadOnlyList<EncodedConversation> rows, Func<TrunkBatch, IReadOnlyList<EncodedConversation>, Tensor> compute)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var order = Enumerable.Range(0, rows.Count).OrderBy(row => rows[row].Ids.Length).ToArray();
        var parts = new List<Tensor>();
        foreach (var batch in LengthBatches.Of(order.Select(row => rows[row]), LengthBatches.MaxTokens))
        {
            using var batchScope = NewDisposeScope();
            parts.Add(compute(trunk.Run(batch), batch).MoveToOuterDisposeScope());
        }

        var place = new long[rows.Count];
        for (var sorted = 0; sorted < order.Length; sorted++)
        {
            place[order[sorted]] = sorted;
        }

        return cat(parts, 0).index_select(0, tensor(place, device: parts[0].device)).MoveToOuterDisposeScope();
    }
}
