namespace Dmoerm.Backbones;

/// <summary>Text from a language model.</summary>
public static class Generation
{
    /// <summary>Continues with the most likely token, one after another.</summary>
    /// <remarks>Every step runs the whole row again: short continuations of short rows are all that is needed here.</remarks>
    /// <param name="backbone">The decoder.</param>
    /// <param name="head_VD">[V, D] hidden state to logits.</param>
    /// <param name="ids">What to continue, at least one token.</param>
    /// <param name="maxTokens">At most so many new tokens.</param>
    /// <param name="endIds">Tokens after which it stops; such a token is part of the result.</param>
    /// <returns>The new tokens only.</returns>
    public static int[] Greedy(Backbone backbone, Tensor head_VD, IReadOnlyList<int> ids, int maxTokens, IReadOnlyCollection<int> endIds)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ids.Count, nameof(ids));
        var row = ids.Select(id => (long)id).ToList();
        while (row.Count < ids.Count + maxTokens && !(row.Count > ids.Count && endIds.Contains((int)row[^1])))
        {
            row.Add(Next(backbone, head_VD, row));
        }

        return [.. row.Skip(ids.Count).Select(id => (int)id)];
    }

    private static long Next(Backbone backbone, Tensor head_VD, List<long> row)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var ids_1T = tensor(row.ToArray(), device: backbone.Device).unsqueeze(0);
        var length_1 = tensor(new long[] { row.Count }, device: backbone.Device);
        var last_11D = backbone.Pool(backbone.Embed(ids_1T), length_1, 0);
        return backbone.Logits(last_11D, head_VD).argmax(-1).item<long>();
    }
}
