namespace Dmoerm.Training.Steps;

/// <summary>Draws the prompts of one pass so that categories have given shares.</summary>
internal static class CategoryMix
{
    /// <summary>As many prompts as there are, each category's share by its weight: prompts of a small category come more than once, those of a large one in turns.</summary>
    /// <param name="examples">The prompts.</param>
    /// <param name="weights">A weight above 0 for each category.</param>
    /// <param name="random">Chooses anew in each pass; null takes each category's first prompts.</param>
    /// <returns>A prompt that comes twice is two examples.</returns>
    /// <exception cref="InvalidDataException">A category has no weight.</exception>
    public static IReadOnlyList<TrainingExample> Draw(IReadOnlyList<TrainingExample> examples, IReadOnlyDictionary<string, double> weights, Random? random)
    {
        var groups = examples.GroupBy(CategoryOf).Select(group => (Examples: group.ToArray(), Weight: WeightOf(group.Key, weights))).ToArray();
        var whole = groups.Sum(group => group.Weight);
        var drawn = new List<TrainingExample>(examples.Count);
        var (before, places) = (0.0, 0);
        foreach (var (own, weight) in groups)
        {
            before += weight;
            var end = (int)Math.Round(examples.Count * before / whole);
            drawn.AddRange(Take(own, end - places, random));
            places = end;
        }

        return drawn;
    }

    private static string CategoryOf(TrainingExample example) => example.Source?.Category ?? example.Category;

    private static double WeightOf(string category, IReadOnlyDictionary<string, double> weights) => weights.TryGetValue(category, out var weight)
        ? weight
        : throw new InvalidDataException($"mix: expected a weight for category '{category}', got {string.Join(", ", weights.Keys)}.");

    private static IEnumerable<TrainingExample> Take(TrainingExample[] own, int count, Random? random)
    {
        var order = own.ToArray();
        random?.Shuffle(order);
        for (var place = 0; place < count; place++)
        {
            yield return place < order.Length ? order[place] : order[place % order.Length] with { };
        }
    }
}
