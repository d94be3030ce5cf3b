namespace Dmoerm.Conversations;

/// <summary>Puts conversations of like length together, so that little padding is computed.</summary>
public static class LengthBatches
{
    /// <summary>Tokens in one batch, padding included, where no gradient is kept.</summary>
    public const int MaxTokens = 8192;

    /// <summary>Batches in the order given, which should be by length.</summary>
    /// <param name="rows">The conversations.</param>
    /// <param name="maxTokens">Most tokens in a batch, padding included; a longer row stands alone.</param>
    public static IEnumerable<IReadOnlyList<EncodedConversation>> Of(IEnumerable<EncodedConversation> rows, int maxTokens)
    {
        var batch = new List<EncodedConversation>();
        var longest = 0;
        foreach (var row in rows)
        {
            longest = Math.Max(longest, row.Ids.Length);
            if (batch.Count > 0 && longest * (batch.Count + 1) > maxTokens)
            {
                yield return batch;
                (batch, longest) = ([], row.Ids.Length);
            }

            batch.Add(row);
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>Batches of like lengths, since a batch is padded to its longest row, each with the rows' places.</summary>
    /// <param name="rows">The conversations with their places, in any order.</param>
    public static IEnumerable<(int[] Places, IReadOnlyList<EncodedConversation> Rows)> ByLength(IEnumerable<(int Place, EncodedConversation Row)> rows)
    {
        var order = rows.OrderBy(row => row.Row.Ids.Length).ToArray();
        var start = 0;
        foreach (var batch in Of(order.Select(row => row.Row), MaxTokens))
        {
            yield return ([.. order[start..(start + batch.Count)].Select(row => row.Place)], batch);
            start += batch.Count;
        }
    }

    /// <summary>Token ids as a matrix, padded on the right with 0.</summary>
    /// <returns>[B, T] int64.</returns>
    public static Tensor PadRight(IReadOnlyList<EncodedConversation> rows)
    {
        var tokens = rows.Max(row => row.Ids.Length);
        var ids = new long[rows.Count * tokens];
        for (var row = 0; row < rows.Count; row++)
        {
            for (var token = 0; token < rows[row].Ids.Length; token++)
            {
                ids[row * tokens + token] = rows[row].Ids[token];
            }
        }

        return tensor(ids, rows.Count, tokens);
    }
}
