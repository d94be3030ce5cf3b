using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Tests.Training;

public class CategoryMixTests
{
    private static readonly TrainingExample[] Examples = [.. Enumerable.Range(0, 30).Select(index => Example("story", index)), .. Enumerable.Range(30, 10).Select(index => Example("fact", index))];

    [Fact]
    public void Epoch_WithoutMix_DrawsEveryPromptOnce() =>
        Assert.Equal(Enumerable.Range(0, 40), Prompts(null, new Random(1)).Order());

    [Theory]
    [InlineData(3, 1, 30, 10)]
    [InlineData(1, 1, 20, 20)]
    [InlineData(0.1, 0.3, 10, 30)]
    public void Epoch_Mix_GivesCategoriesTheirSharesOfAsManyPrompts(double story, double fact, int stories, int facts)
    {
        var drawn = Prompts(Mix(story, fact), new Random(1));
        Assert.Equal((stories, facts), (drawn.Count(prompt => prompt < 30), drawn.Count(prompt => prompt >= 30)));
        // The larger category in turns, the smaller one as evenly as it goes.
        Assert.All(drawn.Where(prompt => prompt < 30).CountBy(prompt => prompt), prompt => Assert.Equal(1, prompt.Value));
        Assert.All(drawn.Where(prompt => prompt >= 30).CountBy(prompt => prompt), prompt => Assert.Equal(facts / 10, prompt.Value));
    }

    [Fact]
    public void Epoch_Mix_DrawsAnewByTheRandomAlone()
    {
        var mix = Mix(1, 1);
        Assert.Equal(Prompts(mix, new Random(1)), Prompts(mix, new Random(1)));
        Assert.NotEqual(Prompts(mix, new Random(1)).Where(prompt => prompt < 30).Order(), Prompts(mix, new Random(2)).Where(prompt => prompt < 30).Order());
    }

    [Fact]
    public void Epoch_PromptTwiceInAStep_CountsTwice()
    {
        // All in one step of TRL's kind: ten facts, each twice, beside twenty stories.
        var plan = new BatchPlan([null], new BatchSettings { Comparisons = 100, Mix = Mix(1, 1) });
        var batch = Assert.Single(Assert.Single(plan.Epoch(Examples, new Random(1))).Batches);
        Assert.Equal((40, 40.0), (batch.Judged[0].Count, batch.Judged[0].Weight.Sum()));
    }

    [Fact]
    public void Epoch_CategoryWithoutWeight_IsAnError()
    {
        var plan = new BatchPlan([null], new BatchSettings { Mix = new Dictionary<string, double> { ["story"] = 1 } });
        Assert.Contains("category 'fact'", Assert.Throws<InvalidDataException>(() => plan.Epoch(Examples, null)).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, double> Mix(double story, double fact) => new() { ["story"] = story, ["fact"] = fact };

    private static int[] Prompts(Dictionary<string, double>? mix, Random random) =>
        [.. new BatchPlan([null], new BatchSettings { Responses = 4, Mix = mix }).Epoch(Examples, random).SelectMany(step => step.Batches).SelectMany(batch => batch.Rows).Select(row => row.Ids[0]).Where(id => id % 2 == 0).Select(id => id / 2)];

    // Ids 2 x prompt and 2 x prompt + 1; the category is the row's own, as one model for all sees it.
    private static TrainingExample Example(string category, int index) => new(
        "one for all",
        [new EncodedConversation([2 * index], 1, Truncation.None), new EncodedConversation([2 * index + 1], 1, Truncation.None)],
        [new Comparison(0, 1, 1)],
        new PreferenceExample { Id = $"{index}", Category = category, Prompt = [], Responses = [], Comparisons = [] });
}
