using Dmoerm.Data;

namespace Dmoerm;

/// <summary>One conversation to score.</summary>
/// <param name="Prompt">The turns before the response.</param>
/// <param name="Response">The response's turns.</param>
/// <param name="Category">The category whose model is to be used; null lets the router choose.</param>
public sealed record ScoreRequest(IReadOnlyList<Message> Prompt, IReadOnlyList<Message> Response, string? Category = null)
{
    /// <summary>The conversation as token ids, taken as they are: nothing is rendered, tokenised, added or cut. Null where the turns are the conversation.</summary>
    public IReadOnlyList<int>? InputIds { get; init; }

    /// <summary>The tools that the conversation may use, a JSON list for the chat template; null for none.</summary>
    public string? Tools { get; init; }

    /// <summary>A conversation that is token ids already.</summary>
    /// <param name="ids">All tokens, without padding.</param>
    /// <param name="category">The category whose model is to be used. A model of several categories needs one, since ids do not say where the prompt ends, which is what its router reads.</param>
    public static ScoreRequest OfIds(IReadOnlyList<int> ids, string? category = null) => new([], [], category) { InputIds = ids };

    /// <summary>How error messages call one of several requests.</summary>
    internal static string OriginOf(IReadOnlyList<ScoreRequest> requests, int place) => requests.Count == 1 ? "The conversation" : $"Conversation {place + 1}";
}

/// <summary>How to score.</summary>
public sealed record ScoreOptions
{
    /// <summary>Longest conversation in tokens; null takes the model's.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>A response that alone is too long is cut instead of refused.</summary>
    public bool Truncate { get; init; }

    /// <summary>Also give each capability's reward, percentile and effect.</summary>
    public bool Explain { get; init; }
}
