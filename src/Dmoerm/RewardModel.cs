using Dmoerm.Data;

namespace Dmoerm;

/// <summary>A trained double-layer mixture of experts: conversations in, rewards out.</summary>
public sealed class RewardModel : IDisposable
{
    /// <summary>The categories in the artefact's order.</summary>
    public IReadOnlyList<CategoryProfile> Categories => throw new NotImplementedException();

    /// <summary>Scores conversations; results come in the order of the requests.</summary>
    /// <exception cref="InvalidDataException">A conversation cannot be rendered, or is too long and <see cref="ScoreOptions.Truncate"/> is false.</exception>
    public IReadOnlyList<ScoredResponse> Score(IReadOnlyList<ScoreRequest> requests, ScoreOptions? options = null) => throw new NotImplementedException();

    /// <summary>Loads an artefact.</summary>
    /// <param name="folder">The folder that <c>train</c> wrote.</param>
    /// <exception cref="InvalidDataException">The folder is no artefact, of another schema version, or a file was changed.</exception>
    public static RewardModel Load(string folder) => throw new NotImplementedException(folder);

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}

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

/// <summary>What the model says of one conversation.</summary>
public sealed record ScoredResponse
{
    /// <summary>The aggregator's output in standard deviations of the category's validation responses, so that categories can be mixed.</summary>
    public required double Reward { get; init; }

    /// <summary>The aggregator's output.</summary>
    public required double Raw { get; init; }

    /// <summary>The category whose model scored.</summary>
    public required string Category { get; init; }

    /// <summary>The router's probability of each category; sums to 1.</summary>
    public required IReadOnlyDictionary<string, double> Route { get; init; }

    /// <summary>Number of tokens scored.</summary>
    public required int Tokens { get; init; }

    /// <summary>What was cut: <c>turns</c>, <c>prompt</c>, <c>response</c>; null for nothing.</summary>
    public string? Truncated { get; init; }

    /// <summary>Each capability's part; null unless asked for, empty for a category without experts.</summary>
    public IReadOnlyDictionary<string, CapabilityScore>? Capabilities { get; init; }
}

/// <summary>What one expert says of a conversation.</summary>
/// <param name="Reward">The expert's own reward in standard deviations of validation responses.</param>
/// <param name="Percentile">Share in [0, 100] of validation responses that the expert rewards less.</param>
/// <param name="Effect">Change of <see cref="ScoredResponse.Reward"/> when the expert's output is replaced by its training mean: reward minus that.</param>
public sealed record CapabilityScore(double Reward, double Percentile, double Effect);

/// <summary>What an artefact says of a category.</summary>
public sealed record CategoryProfile
{
    /// <summary>The category's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its capabilities, in the experts' order.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Where its comparisons came from, with the defaults of evaluation: gap, units, capability sources.</summary>
    public required CategorySource Source { get; init; }
}
