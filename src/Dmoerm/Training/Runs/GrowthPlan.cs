using Dmoerm.Artefacts;

namespace Dmoerm.Training.Runs;

/// <summary>What a run takes over from the model that it grows from, and what it trains.</summary>
/// <param name="From">The model.</param>
/// <param name="Kept">Categories whose every file stays as it is.</param>
/// <param name="Unnamed">Those of them that the recipe does not name.</param>
/// <param name="Grown">Categories whose base and experts stay, and that gain experts.</param>
/// <param name="Trained">Categories that the model lacks.</param>
public sealed record GrowthPlan(ModelIdentity From, IReadOnlyList<string> Kept, IReadOnlyList<string> Unnamed, IReadOnlyList<GrownCategory> Grown, IReadOnlyList<string> Trained)
{
    /// <summary>The plan in sentences, one for each kind of category that there is.</summary>
    public IReadOnlyList<string> Sentences =>
    [
        $"Grows from the model '{From.Name}' (hash {From.Hash}). The router is fitted anew on the prompts of all categories.",
        .. Listed("Kept as they are, no file of them changed", Kept),
        .. Listed("Not in the recipe, and kept with the data and settings that the model names", Unnamed),
        .. Grown.Select(category => category.Sentence),
        .. Listed("Trained", Trained),
    ];

    private static string[] Listed(string what, IReadOnlyList<string> names) => names.Count == 0 ? [] : [$"{what}: {string.Join(", ", names)}."];
}

/// <summary>A category that gains experts.</summary>
/// <param name="Name">The category.</param>
/// <param name="Kept">Capabilities whose experts stay as they are.</param>
/// <param name="Added">Capabilities whose experts are trained.</param>
public sealed record GrownCategory(string Name, IReadOnlyList<string> Kept, IReadOnlyList<string> Added)
{
    /// <summary>What happens to it.</summary>
    public string Sentence =>
        $"{Name}: its base{(Kept.Count > 0 ? $" and its experts {string.Join(", ", Kept)}" : "")} kept as trained; {string.Join(", ", Added)} added on that base; its aggregator and its scale fitted anew.";
}
