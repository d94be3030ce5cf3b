using Dmoerm.Cli.Demo.Worlds;
using Dmoerm.Data;
using Dmoerm.Data.Formats;

namespace Dmoerm.Tests.Demo;

public class PlantedWorldTests
{
    private static readonly PlantedWorld World = PlantedWorld.Grow(new WorldSettings(), new Random(1));

    private static readonly WorldSettings Small = new() { TrainingPrompts = 40, PreferencePrompts = 20, ValidationPrompts = 5, TestPrompts = 5 };

    [Fact]
    public void Grow_SameSeed_SameWorld() => Assert.Equal(Rows(PlantedWorld.Grow(Small, new Random(7))), Rows(PlantedWorld.Grow(Small, new Random(7))));

    [Fact]
    public void Grow_OtherSeed_OtherWorld() => Assert.NotEqual(Rows(PlantedWorld.Grow(Small, new Random(7))), Rows(PlantedWorld.Grow(Small, new Random(8))));

    [Fact]
    public void Grow_Default_HasTheSizesAsked()
    {
        Assert.Equal(["story", "advice", "fact"], World.Categories.Select(category => category.Name));
        foreach (var category in World.Categories)
        {
            Assert.Equal(4, category.Capabilities.Distinct().Count());
            Assert.Equal((600, 100, 150), (category.Training.Count, category.Validation.Count, category.Test.Count));
            Assert.All(category.Training.Take(300), example => Assert.Contains(example.Comparisons, IsPreference));
            Assert.All(category.Training.Skip(300), example => Assert.DoesNotContain(example.Comparisons, IsPreference));
            Assert.Equal(category.Capabilities.Order(), category.Training.SelectMany(example => example.Comparisons).Select(comparison => comparison.Capability).OfType<string>().Distinct().Order());
            // 150 prompts with 6 pairs each, of which some 4 % are ties.
            Assert.InRange(category.Test.Sum(example => example.Comparisons.Count(IsPreference)), 820, 895);
        }
    }

    [Fact]
    public void Prompts_OfAllParts_AreDistinct_AndUnknownToConversations()
    {
        var prompts = World.Categories.SelectMany(All).Select(example => example.Prompt.Single().Content).ToHashSet();
        Assert.Equal(3 * 850, prompts.Count);
        Assert.All(World.Conversations(500, new Random(2)), turns => Assert.DoesNotContain(turns[0].Content, prompts));
    }

    [Fact]
    public void Responses_OfOnePrompt_AreDistinctAndShort()
    {
        foreach (var example in World.Categories.SelectMany(All))
        {
            Assert.Equal(4, example.Responses.Select(response => response.Text).Distinct().Count());
            Assert.All(example.Responses, response => Assert.InRange(Wording.Pieces(response.Text).Count(), 5, PlantedResponse.MaxPieces));
        }
    }

    [Fact]
    public void Texts_AreSentences()
    {
        foreach (var text in World.Categories.SelectMany(All).SelectMany(example => example.Responses.Select(response => response.Text).Append(example.Prompt[0].Content)))
        {
            Assert.Matches(@"^([A-Z][A-Za-z]*(,? [A-Za-z]+)*[.?])( [A-Z][A-Za-z]*(,? [A-Za-z]+)*[.?])*$", text);
        }
    }

    [Fact]
    public void TestExamples_Comparisons_FollowFromTheirScores()
    {
        foreach (var category in World.Categories)
        {
            var capabilities = category.Capabilities.ToDictionary(name => name, _ => new CapabilitySource());
            foreach (var example in category.Test)
            {
                // The reader's own rule makes the comparisons anew from the scores alone.
                using var row = System.Text.Json.JsonDocument.Parse(PreferenceWriter.ToJson(example with { Comparisons = [] }));
                var read = PreferenceReader.FromJson(row.RootElement, example.Id, null, new CategorySource { Capabilities = capabilities });
                Assert.Equal(read.Comparisons.Select(Directed).Order(), example.Comparisons.Select(Directed).Order());
            }
        }
    }

    [Fact]
    public void NoisyExamples_ShowNoScores() =>
        Assert.All(World.Categories.SelectMany(category => category.Training.Concat(category.Validation)).SelectMany(example => example.Responses), response =>
        {
            Assert.Null(response.Score);
            Assert.Empty(response.Capabilities);
        });

    [Fact]
    public void Flips_AgainstTheSameWorldWithoutNoise_HaveTheSharesAsked()
    {
        // Noise changes no text, so the clean world tells which labels were flipped.
        var clean = PlantedWorld.Grow(new WorldSettings { FlippedPreferences = 0, FlippedCapabilities = 0 }, new Random(1));
        double[] flipped = new double[2], all = new double[2];
        foreach (var (noisy, right) in World.Categories.SelectMany(category => category.Training).Zip(clean.Categories.SelectMany(category => category.Training)))
        {
            Assert.Equal(right.Responses.Select(response => response.Text), noisy.Responses.Select(response => response.Text));
            foreach (var (given, gold) in noisy.Comparisons.Zip(right.Comparisons, (given, gold) => (given, gold)))
            {
                var kind = IsPreference(given) ? 0 : 1;
                all[kind]++;
                flipped[kind] += given == gold ? 0 : 1;
            }
        }

        // About 5,250 and 23,000 labels: three standard errors are 0.019 and 0.008.
        Assert.Equal(0.3, flipped[0] / all[0], 0.019);
        Assert.Equal(0.2, flipped[1] / all[1], 0.008);
    }

    [Fact]
    public void Control_HasNoFlippedPreference_AndOneTaste()
    {
        var control = PlantedWorld.Grow(WorldSettings.Control with { TestPrompts = 0, ValidationPrompts = 0 }, new Random(1));
        var clean = PlantedWorld.Grow(WorldSettings.Control with { TestPrompts = 0, ValidationPrompts = 0, FlippedCapabilities = 0 }, new Random(1));
        static IEnumerable<Comparison> Preferences(PlantedWorld world) =>
            world.Categories.SelectMany(category => category.Training).SelectMany(example => example.Comparisons).Where(IsPreference);
        Assert.Equal(Preferences(clean), Preferences(control));
        Assert.Single(control.Categories.Select(category => string.Join(' ', category.Capabilities)).Distinct());
    }

    [Theory]
    [InlineData(false, 42, 57)]
    [InlineData(true, 70, 80)]
    public void LongerResponse_WinsHalfTheTimeInConflict_AndOftenInControl(bool control, double low, double high)
    {
        var world = control ? PlantedWorld.Grow(WorldSettings.Control, new Random(1)) : World;
        var shares = world.Categories.Select(category => 100 * category.Test.SelectMany(example => example.Comparisons.Where(IsPreference).Select(comparison =>
            (Math.Sign(example.Responses[comparison.I].Text.Length - example.Responses[comparison.J].Text.Length) + 1) / 2.0)).Average());
        Assert.InRange(shares.Average(), low, high);
    }

    [Fact]
    public void Grow_MorePromptsThanTheWordingHas_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => PlantedWorld.Grow(Small with { TrainingPrompts = 8000, Responses = 2 }, new Random(1)));
        Assert.Contains("story", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<PreferenceExample> All(PlantedCategory category) => [.. category.Training, .. category.Validation, .. category.Test];

    private static string Rows(PlantedWorld world) => string.Join('\n', world.Categories.SelectMany(All).Select(PreferenceWriter.ToJson));

    private static bool IsPreference(Comparison comparison) => comparison.Capability is null;

    private static (string, int, int) Directed(Comparison comparison) => comparison.P == 1
        ? (comparison.Capability ?? "", comparison.I, comparison.J)
        : (comparison.Capability ?? "", comparison.J, comparison.I);
}
