using Dmoerm.Data;
using Dmoerm.Data.Splits;

namespace Dmoerm.Tests.Data;

public class PartitionTests
{
    private static readonly PreferenceExample[] Prompts = [.. Enumerable.Range(0, 100).Select(index => UnitKeysTests.Example($"prompt {index / 2}") with { Id = $"{index}" })];

    [Theory]
    [InlineData(new[] { 0.8, 0.1, 0.1 }, new[] { 40, 5, 5 })]
    [InlineData(new[] { 1d, 1, 1 }, new[] { 17, 17, 16 })]
    [InlineData(new[] { 0.999, 0.0005, 0.0005 }, new[] { 48, 1, 1 })]
    [InlineData(new[] { 1d }, new[] { 50 })]
    public void Split_Units_AreDealtByShares(double[] shares, int[] units) =>
        Assert.Equal(units, Partition.Split(Prompts, "prompt", shares, 1).Units);

    [Fact]
    public void Split_EveryUnit_IsInExactlyOnePart()
    {
        var result = Partition.Split(Prompts, "prompt", [0.5, 0.3, 0.2], 1);
        Assert.Equal(Prompts.Select(example => example.Id).Order(), result.Parts.SelectMany(part => part).Select(example => example.Id).Order());
        var units = result.Parts.Select(part => part.Select(example => UnitKeys.Of(example, "prompt")[0]).ToHashSet()).ToArray();
        Assert.Equal(result.Units, units.Select(part => part.Count));
        Assert.Equal(50, units.SelectMany(part => part).Distinct().Count());
        Assert.Equal(0, result.LeftOut);
    }

    [Fact]
    public void Split_OrderOfRows_HasNoSay()
    {
        var forward = Partition.Split(Prompts, "prompt", [0.5, 0.5], 7);
        var backward = Partition.Split([.. Prompts.Reverse()], "prompt", [0.5, 0.5], 7);
        foreach (var (part, mirrored) in forward.Parts.Zip(backward.Parts))
        {
            Assert.Equal(part.Select(example => example.Id), mirrored.Reverse().Select(example => example.Id));
        }
    }

    [Fact]
    public void Split_OtherSeed_DealsOtherwise()
    {
        var first = Partition.Split(Prompts, "prompt", [0.5, 0.5], 1).Parts[0].Select(example => example.Id);
        Assert.Equal(first, Partition.Split(Prompts, "prompt", [0.5, 0.5], 1).Parts[0].Select(example => example.Id));
        Assert.NotEqual(first, Partition.Split(Prompts, "prompt", [0.5, 0.5], 2).Parts[0].Select(example => example.Id));
    }

    [Fact]
    public void Split_Field_KeepsItsRowsTogether()
    {
        PreferenceExample[] examples = [.. Prompts.Select((example, index) => example with { Fields = new Dictionary<string, string> { ["topic"] = $"t{index % 4}" } })];
        var result = Partition.Split(examples, "topic", [0.5, 0.5], 1);
        Assert.Equal([2, 2], result.Units);
        Assert.All(result.Parts, part => Assert.Equal(2, part.Select(example => example.Fields["topic"]).Distinct().Count()));
    }

    [Fact]
    public void Split_Responses_CutsExamplesAndCountsWhatCrosses()
    {
        // One prompt, 20 texts, each against each: 190 comparisons. Halves hold 10 texts each: 45 + 45 inside, 100 across.
        var example = UnitKeysTests.Example("p", [.. Enumerable.Range(0, 20).Select(index => $"text {index}")]) with
        {
            Comparisons = [.. from i in Enumerable.Range(0, 20) from j in Enumerable.Range(i + 1, 19 - i) select new Comparison(i, j, j / 20d)],
        };
        var result = Partition.Split([example], "responses", [0.5, 0.5], 3);
        Assert.Equal([10, 10], result.Units);
        Assert.Equal(100, result.LeftOut);
        var texts = result.Parts.SelectMany(part => Assert.Single(part).Responses).Select(response => response.Text);
        Assert.Equal(example.Responses.Select(response => response.Text).Order(), texts.Order());
        foreach (var cut in result.Parts.SelectMany(part => part))
        {
            Assert.Equal(45, cut.Comparisons.Count);
            // p says which text stood at j: the re-indexed comparison must still point to it.
            Assert.All(cut.Comparisons, comparison => Assert.Equal($"text {comparison.P * 20:0}", cut.Responses[comparison.J].Text));
        }
    }

    [Fact]
    public void Split_Responses_TextOfTwoPromptsStaysInOnePart()
    {
        PreferenceExample[] examples = [.. Enumerable.Range(0, 40).Select(index => UnitKeysTests.Example($"prompt {index}", $"t{index % 10}", $"t{(index + 1) % 10}", $"t{(index + 5) % 10}"))];
        var result = Partition.Split(examples, "responses", [0.5, 0.5], 1);
        var texts = result.Parts.Select(part => part.SelectMany(example => example.Responses).Select(response => response.Text).ToHashSet()).ToArray();
        Assert.Empty(texts[0].Intersect(texts[1]));
        Assert.All(result.Parts.SelectMany(part => part), example => Assert.NotEmpty(example.Comparisons));
        Assert.Equal(40, result.LeftOut + result.Parts.Sum(part => part.Sum(example => example.Comparisons.Count)));
    }

    [Fact]
    public void Split_TooFewUnits_NamesTheAlternatives()
    {
        var error = Assert.Throws<InvalidDataException>(() => Partition.Split([UnitKeysTests.Example("p")], "prompt", [0.5, 0.5], 1));
        Assert.All(["groupBy 'prompt' gives 1", "2 parts", "responses", "text field"], part => Assert.Contains(part, error.Message));
        // Two texts, one in each part: the comparison is across.
        var bare = Assert.Throws<InvalidDataException>(() => Partition.Split([UnitKeysTests.Example("p")], "responses", [0.5, 0.5], 1));
        Assert.All(["part 1 of 2", "without a comparison", "groupBy: prompt"], part => Assert.Contains(part, bare.Message));
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 0.5, 0 })]
    [InlineData(new[] { 0.5, double.NaN })]
    public void Split_BadShares_AreTheCallersError(double[] shares) =>
        Assert.Throws<ArgumentException>(() => Partition.Split(Prompts, "prompt", shares, 1));
}
