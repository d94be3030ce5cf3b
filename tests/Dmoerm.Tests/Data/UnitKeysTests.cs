using Dmoerm.Data;
using Dmoerm.Data.Splits;
using Dmoerm.Data.Texts;

namespace Dmoerm.Tests.Data;

public class UnitKeysTests
{
    // 30 words: 28 shingles of three. Changing the last word changes one shingle: 27 shared of 29, 0.93.
    // Changing the middle word changes three: 25 of 31, 0.806. Changing words 10 and 20 changes six: 22 of 34, 0.65.
    private static readonly string[] Words = [.. Enumerable.Range(0, 30).Select(index => $"word{index}")];

    [Theory]
    [InlineData(29, -1, true)]
    [InlineData(15, -1, true)]
    [InlineData(10, 20, false)]
    public void Of_LongPrompts_ShareAUnitFromJaccardFourFifths(int first, int second, bool same)
    {
        var keys = UnitKeys.Of([Example(Changed()), Example(Changed(first, second))], "prompt");
        Assert.Equal(same, keys[0][0] == keys[1][0]);
    }

    [Fact]
    public void Jaccard_ChangedWord_IsCountedByHand()
    {
        var whole = NearDuplicates.Shingles(Changed());
        Assert.Equal(27d / 29, NearDuplicates.Jaccard(whole, NearDuplicates.Shingles(Changed(29))));
        Assert.Equal(25d / 31, NearDuplicates.Jaccard(whole, NearDuplicates.Shingles(Changed(15))));
        Assert.Equal(22d / 34, NearDuplicates.Jaccard(whole, NearDuplicates.Shingles(Changed(10, 20))));
        Assert.Equal(0, NearDuplicates.Jaccard([], []));
    }

    [Fact]
    public void Group_ManyTexts_FindsEveryPlantedCopy()
    {
        // Each of 200 texts of 30 own words has a copy with the middle word changed, the hardest case above the threshold.
        string[] texts = [.. Enumerable.Range(0, 200).SelectMany(text => new[] { Own(text, null), Own(text, "changed") })];
        var group = NearDuplicates.Group(texts);
        Assert.Equal(200, group.Distinct().Count());
        Assert.All(Enumerable.Range(0, 200), text => Assert.Equal(group[2 * text], group[(2 * text) + 1]));
    }

    [Fact]
    public void Of_NearDuplicates_TakeTheSmallestKeyInAnyOrder()
    {
        PreferenceExample[] examples = [Example(Changed(29)), Example(Changed(0)), Example(Changed()), Example("apart")];
        var keys = UnitKeys.Of(examples, "prompt").Select(key => key[0]).ToArray();
        var alone = examples.Take(3).Select(example => UnitKeys.Of(example, "prompt")[0]).ToArray();
        // Two changed ends share 26 of 30 shingles, 0.87: one group of three.
        Assert.Equal(Enumerable.Repeat(alone.Order(StringComparer.Ordinal).First(), 3), keys.Take(3));
        Assert.Equal(UnitKeys.Of(examples[3], "prompt")[0], keys[3]);
        Assert.Equal(keys.Reverse(), UnitKeys.Of([.. examples.Reverse()], "prompt").Select(key => key[0]));
    }

    [Theory]
    [InlineData("Tell me  a JOKE\n", "tell me a joke", true)]
    [InlineData("caf\u00e9", "cafe\u0301", true)]
    [InlineData("one two three four five six seven eight nine", "one two three four five six seven eight ten", false)]
    [InlineData("tell me a joke", "tell me a joke!", false)]
    public void Of_ShortPrompts_ShareAUnitOnlyWhenFoldedEqual(string first, string second, bool same)
    {
        var keys = UnitKeys.Of([Example(first), Example(second)], "prompt");
        Assert.Equal(same, keys[0][0] == keys[1][0]);
    }

    [Fact]
    public void Of_ScriptWithoutSpaces_HasAWordPerCharacter()
    {
        var text = string.Concat(Enumerable.Range(0x4e00, 40).Select(char.ConvertFromUtf32));
        Assert.Equal(38, NearDuplicates.Shingles(text).Length);
        Assert.Equal(["gb", "1", "\u4f60", "\u597d", "x"], NormalText.Words("gb/1\u4f60\u597d\u3002x"));
    }

    [Fact]
    public void Of_Rules_DifferInWhatTheyLookAt()
    {
        var example = Example("p", "a", "A ", "b") with { Fields = new Dictionary<string, string> { ["topic"] = "cats" } };
        Assert.Single(UnitKeys.Of(example, "prompt").Distinct());
        var texts = UnitKeys.Of(example, "responses");
        Assert.Equal((texts[0], false), (texts[1], texts[0] == texts[2]));
        Assert.Equal(["cats", "cats", "cats"], UnitKeys.Of(example, "topic"));
        Assert.Equal(["cats", "cats", "cats"], Assert.Single(UnitKeys.Of([example], "topic")));
    }

    [Fact]
    public void Of_NoPrompt_IsAUnitPerRow()
    {
        var keys = UnitKeys.Of([Example(null, "a", "b"), Example(null, "b", "a"), Example(null, "a", "c")], "prompt");
        Assert.Equal(keys[0][0], keys[1][1]);
        Assert.NotEqual(keys[0][0], keys[2][0]);
    }

    [Fact]
    public void Of_MissingField_NamesRowAndField()
    {
        var error = Assert.Throws<InvalidDataException>(() => UnitKeys.Of(Example("p"), "topic"));
        Assert.StartsWith("here: field 'topic'", error.Message);
    }

    internal static PreferenceExample Example(string? prompt, params string[] responses) => new()
    {
        Id = "x",
        Prompt = prompt is null ? [] : [Message.User(prompt)],
        Responses = [.. (responses.Length > 0 ? responses : ["r", "s"]).Select(Response.FromText)],
        Comparisons = [new Comparison(0, 1, 1)],
        Origin = "here",
    };

    private static string Changed(params int[] places) =>
        string.Join(' ', Words.Select((word, index) => places.Contains(index) ? "other" + index : word));

    private static string Own(int text, string? changed) =>
        string.Join(' ', Enumerable.Range(0, 30).Select(index => changed is not null && index == 15 ? changed : $"t{text}w{index}"));
}
