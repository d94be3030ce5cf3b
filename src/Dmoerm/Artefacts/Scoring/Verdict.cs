using Dmoerm.Conversations;

namespace Dmoerm.Artefacts.Scoring;

/// <summary>What the model says of one conversation: which categories count, how much, and their scores.</summary>
/// <param name="Route">The router's probability of each category.</param>
/// <param name="Parts">The category that counts; two where the router was unsure and may fall back.</param>
/// <param name="FellBack">Whether the two most probable categories are mixed; null where the model has no fallback or the caller named the category.</param>
internal sealed record Verdict(double[] Route, IReadOnlyList<VerdictPart> Parts, bool? FellBack)
{
    /// <summary>Chooses the categories.</summary>
    /// <param name="route">The router's probabilities.</param>
    /// <param name="asked">The category that the caller named; null lets the router choose.</param>
    /// <param name="fallbackBelow">Below this probability of the best category, the best two are mixed; null for never.</param>
    public static Verdict Of(double[] route, int? asked, double? fallbackBelow)
    {
        if (asked is { } named)
        {
            return new Verdict(route, [new VerdictPart(named, 1)], null);
        }

        var best = Array.IndexOf(route, route.Max());
        if (!(route.Length > 1 && route[best] < fallbackBelow))
        {
            return new Verdict(route, [new VerdictPart(best, 1)], fallbackBelow is null ? null : false);
        }

        var second = Enumerable.Range(0, route.Length).Where(category => category != best).MaxBy(category => route[category]);
        var both = route[best] + route[second];
        return new Verdict(route, [new VerdictPart(best, route[best] / both), new VerdictPart(second, route[second] / both)], true);
    }

    /// <summary>The part of a category; null where it does not count.</summary>
    public VerdictPart? Part(int category) => Parts.FirstOrDefault(part => part.Category == category);

    /// <summary>The result for the caller.</summary>
    /// <param name="names">The categories' names.</param>
    public ScoredResponse Result(IReadOnlyList<string> names)
    {
        var (first, reward) = (Parts[0], Parts.Sum(part => part.Share * part.Score.Reward));
        return new ScoredResponse
        {
            Reward = Parts.Count == 1 ? first.Score.Reward : reward,
            Raw = Parts.Count == 1 ? first.Score.Raw : reward,
            Category = names[first.Category],
            Route = names.Zip(Route).ToDictionary(pair => pair.First, pair => pair.Second),
            Fallback = FellBack,
            Tokens = first.Row.Ids.Length,
            Truncated = first.Row.Cut,
            Capabilities = Parts.Count == 1 ? first.Score.Capabilities : Mixed(names),
        };
    }

    // The second category's capabilities under its name, since both may have one of the same name.
    private Dictionary<string, CapabilityScore>? Mixed(IReadOnlyList<string> names) =>
        Parts[0].Score.Capabilities is null ? null : Parts.SelectMany((part, place) => part.Score.Capabilities!.Select(capability => (
            Name: place == 0 ? capability.Key : $"{names[part.Category]}/{capability.Key}", Score: capability.Value with { Effect = part.Share * capability.Value.Effect })))
            .ToDictionary(pair => pair.Name, pair => pair.Score);
}

/// <summary>One category's part of a verdict.</summary>
/// <param name="Category">The category's index.</param>
/// <param name="Share">Its share of the reward; the shares sum to 1.</param>
internal sealed record VerdictPart(int Category, double Share)
{
    private (EncodedConversation Row, CategoryScore Score)? _scored;

    /// <summary>The score is still to come, since the category renders conversations otherwise than the router.</summary>
    public bool IsOpen => _scored is null;

    /// <summary>The conversation as this category reads it.</summary>
    public EncodedConversation Row => _scored!.Value.Row;

    /// <summary>What the category says.</summary>
    public CategoryScore Score => _scored!.Value.Score;

    /// <summary>Fills the score in.</summary>
    public void Set(EncodedConversation row, CategoryScore score) => _scored = (row, score);
}
