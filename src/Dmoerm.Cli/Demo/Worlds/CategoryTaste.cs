namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>What makes a response of one category good: capabilities, and their weights in the gold reward.</summary>
internal sealed record CategoryTaste(string Category, IReadOnlyList<PlantedCapability> Capabilities)
{
    // No capability names a hedge: what only preferences show is left for the base's own reward to learn.
    private const double HedgeWeight = -0.7;

    /// <summary>Categories that contradict each other: what one rewards, another punishes.</summary>
    public static IReadOnlyList<CategoryTaste> Conflicting { get; } =
    [
        new("story",
        [
            new("vividness", 1, (Trait.Vivid, 1)), new("tenderness", 0.6, (Trait.Warm, 1)), new("suspense", 1.2, (Trait.Suspense, 1)),
            new("flow", 0.9, (Trait.Steps, -0.5), (Trait.Source, -1)),
        ]),
        new("advice",
        [
            new("empathy", 1, (Trait.Warm, 1)), new("structure", 0.5, (Trait.Steps, 1)), new("caution", 1.2, (Trait.Care, 1)),
            new("plainness", 0.8, (Trait.Vivid, -1), (Trait.Suspense, -1)),
        ]),
        new("fact",
        [
            new("correctness", 2, (Trait.Correct, 1)), new("sourcing", 1.2, (Trait.Source, 1)), new("neutrality", 0.8, (Trait.Warm, -1)),
            new("brevity", 0.7, (Trait.Vivid, -1), (Trait.Filler, -1), (Trait.Suspense, -1)),
        ]),
    ];

    /// <summary>The same categories with one taste for all.</summary>
    public static IReadOnlyList<CategoryTaste> Agreeing { get; } = [.. Conflicting.Select(taste => taste with
    {
        Capabilities =
        [
            new("vividness", 1, (Trait.Vivid, 1)), new("warmth", 0.8, (Trait.Warm, 1)),
            new("structure", 0.5, (Trait.Steps, 1)), new("sourcing", 1.2, (Trait.Source, 1)),
        ],
    })];

    /// <summary>The gold reward; only differences within one prompt mean anything.</summary>
    public double Gold(TraitCounts traits)
    {
        var gold = Capabilities.Sum(capability => capability.Weight * capability.Score(traits)) + HedgeWeight * traits[Trait.Hedge];
        // Equal counts must give equal rewards whatever the order of the sum.
        return Math.Round(gold, 6);
    }
}

/// <summary>A capability and how the gold reward weighs it.</summary>
/// <param name="Name">The capability's name.</param>
/// <param name="Weight">Its weight in the gold reward.</param>
/// <param name="Parts">The traits that it counts, each with its sign and size.</param>
internal sealed record PlantedCapability(string Name, double Weight, params (Trait Trait, double Weight)[] Parts)
{
    /// <summary>The true score; higher is better.</summary>
    public double Score(TraitCounts traits) => Parts.Sum(part => part.Weight * traits[part.Trait]);
}
