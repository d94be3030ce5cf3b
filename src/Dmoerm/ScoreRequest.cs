using Dmoerm.Data;

namespace Dmoerm;

/// <summary>One conversation to score.</summary>
/// <param name="Prompt">The turns before the response.</param>
/// <param name="Response">The response's turns.</param>
/// <param name="Category">The category whose model is to be used; null lets the router choose.</param>
public sealed record ScoreRequest(IReadOnlyList<Message> Prompt, IReadOnlyList<Message> Response, string? Category = null);

/// <summary>How to score.</summary>
public sealed record ScoreOptions
{
    /// <summary>Longest conversation in tokens; null takes the artefact's.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>A response that alone is too long is cut instead of refused.</summary>
    public bool Truncate { get; init; }

    /// <summary>Also give each capability's reward, percentile and effect.</summary>
    public bool Explain { get; init; }
}
