namespace Dmoerm.Artefacts.Classifiers;

/// <summary>Which token of a conversation a classifier's head reads.</summary>
public enum PoolingRule
{
    /// <summary>transformers' rule: the rightmost token that is not <c>pad_token_id</c>, whatever the attention mask says; the last token where no pad token is set.</summary>
    NotPad,

    /// <summary>The last token, whatever it is.</summary>
    Last,
}

/// <summary>The rules at work.</summary>
internal static class RewardToken
{
    /// <summary>How many tokens of a conversation there are up to the one that is read, and with it: what follows has no say, since a decoder looks back only.</summary>
    /// <param name="ids">All tokens, at least one.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="padId">The folder's pad token; null for none.</param>
    /// <returns>At least 1: of nothing but pad tokens transformers reads the first.</returns>
    /// <remarks>Source: the reference folders' row that ends in the pad id, and what transformers is known to do there (references/models).</remarks>
    public static int CountTo(ReadOnlySpan<int> ids, PoolingRule rule, int? padId) =>
        rule == PoolingRule.Last || padId is not { } pad ? ids.Length : Math.Max(1, ids.LastIndexOfAnyExcept(pad) + 1);

    /// <summary>A rule in words.</summary>
    public static string Describe(PoolingRule rule, int? padId) => rule == PoolingRule.Last ? "the last token"
        : padId is { } pad ? $"transformers' rule: the rightmost token that is not pad_token_id ({pad})"
        : "transformers' rule: the last token, as no pad_token_id is set";
}
