using Dmoerm.Data;

namespace Dmoerm.Tests.Evaluation;

/// <summary>A model small enough to follow by hand: category <c>more</c> rewards each letter a, <c>less</c> punishes it; the route is the prompt's first word.</summary>
internal sealed class LetterModel
{
    /// <summary>Requests so far.</summary>
    public List<ScoreRequest> Asked { get; } = [];

    /// <summary>-1 turns every reward around.</summary>
    public double Sign { get; init; } = 1;

    /// <summary>Two categories; <c>more</c> has one expert, which counts letters b, and calls for topics as units.</summary>
    public static IReadOnlyList<CategoryProfile> Categories { get; } =
    [
        new()
        {
            Name = "more",
            Capabilities = ["bees"],
            Source = new CategorySource { RowCategory = "rows of more", Gap = 2, Capabilities = new Dictionary<string, CapabilitySource> { ["bees"] = new() } },
        },
        new() { Name = "less", Capabilities = [], Source = new CategorySource { ResampleBy = "responses" } },
    ];

    public IReadOnlyList<ScoredResponse> Score(IReadOnlyList<ScoreRequest> requests, ScoreOptions? options = null)
    {
        Asked.AddRange(requests);
        return [.. requests.Select(request => Score(request, options ?? new ScoreOptions()))];
    }

    private ScoredResponse Score(ScoreRequest request, ScoreOptions options)
    {
        var routed = request.Prompt[^1].Content.StartsWith("more", StringComparison.Ordinal) ? "more" : "less";
        var category = request.Category ?? routed;
        var text = string.Concat(request.Response.Select(message => message.Content));
        var raw = Sign * (category == "more" ? 1 : -1) * text.Count(letter => letter == 'a');
        return new ScoredResponse
        {
            Reward = raw / 10,
            Raw = raw,
            Category = category,
            Route = Categories.ToDictionary(profile => profile.Name, profile => profile.Name == routed ? 0.75 : 0.25),
            Tokens = text.Length,
            Capabilities = !options.Explain ? null
                : category == "more" ? new Dictionary<string, CapabilityScore> { ["bees"] = new(Sign * text.Count(letter => letter == 'b'), 50, 0) }
                : new Dictionary<string, CapabilityScore>(),
        };
    }
}
