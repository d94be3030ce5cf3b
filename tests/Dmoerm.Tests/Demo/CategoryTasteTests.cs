using Dmoerm.Cli.Demo.Worlds;

namespace Dmoerm.Tests.Demo;

public class CategoryTasteTests
{
    [Theory]
    // Two vivid sentences, one warm, two steps, one hedge.
    [InlineData("story", 1.0)] // 2 * 1 + 1 * 0.6 - 0.5 * 2 * 0.9 - 0.7
    [InlineData("advice", -0.3)] // 1 * 1 + 2 * 0.5 - 2 * 0.8 - 0.7
    [InlineData("fact", -0.9)] // 1 * 2 - 1 * 0.8 - 2 * 0.7 - 0.7
    public void Gold_Conflicting_IsTheWeightedSum(string category, double expected) =>
        Assert.Equal(expected, CategoryTaste.Conflicting.Single(taste => taste.Category == category).Gold(Traits()), 9);

    [Fact]
    public void Gold_Agreeing_IsTheSameEverywhere() =>
        // 2 * 1 + 1 * 0.8 + 2 * 0.5 - 0.7
        Assert.All(CategoryTaste.Agreeing, taste => Assert.Equal(3.1, taste.Gold(Traits()), 9));

    [Fact]
    public void Conflicting_OneCategorysVirtue_IsAnothersFault()
    {
        foreach (var trait in new[] { Trait.Vivid, Trait.Warm, Trait.Steps, Trait.Source, Trait.Suspense })
        {
            var one = new TraitCounts { [trait] = 1 };
            var gold = CategoryTaste.Conflicting.Select(taste => taste.Gold(one)).ToArray();
            Assert.True(gold.Max() > 0 && gold.Min() < 0, $"{trait}: {string.Join(", ", gold)}");
        }
    }

    private static TraitCounts Traits() => new()
    {
        [Trait.Vivid] = 2,
        [Trait.Warm] = 1,
        [Trait.Steps] = 2,
        [Trait.Hedge] = 1,
        [Trait.Correct] = 1,
    };
}
