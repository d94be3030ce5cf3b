using Dmoerm.Artefacts;
using Dmoerm.Artefacts.Scoring;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Tests.Cli;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests;

// Dimensions: B = batch, F = aggregator inputs.

[Collection(PlantedModels.Name)]
public sealed class RewardModelTests(PlantedModel planted)
{
    private static readonly ScoreOptions Explained = new() { Explain = true };

    private static ScoreRequest[] Requests =>
    [
        .. from category in new[] { "story", "advice", "fact" }
           from kind in new[] { true, false }
           from careless in new[] { true, false }
           let text = PlantedFiles.Conversation(category, kind, careless)
           select new ScoreRequest([Message.User(text.Prompt)], [Message.Assistant(text.Response)]),
        new ScoreRequest([Message.User("Please help.")], [Message.Assistant("")]),
        new ScoreRequest([Message.User("Please help.")], [Message.Assistant(string.Concat(Enumerable.Repeat("That is how it went. ", 12)))]),
    ];

    [Fact]
    public void Score_AnyBatchOrderAndMates_GivesTheSame()
    {
        using var model = RewardModel.Load(planted.Model);
        var together = model.Score(Requests, Explained);
        var backwards = model.Score([.. Requests.Reverse()], Explained).Reverse().ToArray();
        var alone = Requests.Select(request => Assert.Single(model.Score([request], Explained))).ToArray();
        for (var row = 0; row < together.Count; row++)
        {
            AssertSame(together[row], backwards[row]);
            AssertSame(together[row], alone[row]);
        }
    }

    [Fact]
    public void Score_Results_AreInTheirRanges()
    {
        using var model = RewardModel.Load(planted.Model);
        foreach (var scored in model.Score(Requests, Explained))
        {
            Assert.Equal(["story", "advice", "fact"], scored.Route.Keys);
            Assert.Equal(1, scored.Route.Values.Sum(), 1e-6);
            Assert.Equal(scored.Route.MaxBy(pair => pair.Value).Key, scored.Category);
            Assert.All(scored.Capabilities!.Values, capability => Assert.InRange(capability.Percentile!.Value, 0, 100));
            Assert.True(double.IsFinite(scored.Reward) && double.IsFinite(scored.Raw));
        }
    }

    [Fact]
    public void Score_PromptsOfThePlantedTasks_AreRoutedToThem()
    {
        using var model = RewardModel.Load(planted.Model);
        Assert.Equal(
            ["story", "story", "story", "story", "advice", "advice", "advice", "advice", "fact", "fact", "fact", "fact"],
            model.Score(Requests).Take(12).Select(scored => scored.Category));
    }

    [Fact]
    public void Score_CategoryGiven_OverridesTheRouterAlone()
    {
        using var model = RewardModel.Load(planted.Model);
        var free = model.Score([Requests[0]])[0];
        var forced = model.Score([Requests[0] with { Category = "advice" }])[0];
        Assert.Equal(("story", "advice"), (free.Category, forced.Category));
        Assert.Equal(free.Route, forced.Route);
        Assert.NotEqual(free.Raw, forced.Raw);
        Assert.Null(free.Capabilities);
    }

    [Fact]
    public void Score_UnknownCategory_NamesTheModels()
    {
        using var model = RewardModel.Load(planted.Model);
        var error = Assert.Throws<ArgumentException>(() => model.Score([Requests[0] with { Category = "poem" }]));
        Assert.StartsWith("Category 'poem' is not one of the model's: story, advice, fact.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_NothingAsked_AnswersNothing()
    {
        using var model = RewardModel.Load(planted.Model);
        Assert.Empty(model.Score([]));
    }

    [Fact]
    public void Explain_Effect_IsRewardMinusRewardAtTheExpertsMean()
    {
        using var parts = ArtefactFolder.Read(planted.Model);
        using var model = new RewardModel(parts);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var encoder = new ConversationEncoder(parts.Template, parts.Tokenizer, new EncodingOptions { MaxTokens = parts.MaxTokens });
        foreach (var category in parts.Categories)
        {
            var request = Requests[0] with { Category = category.Name };
            var row = encoder.Encode(request.Prompt, request.Response, "row")!;
            var hidden_1BTD = category.Model.Merged.Embed(LengthBatches.PadRight([row]));
            var feature_BF = category.Scaling.Apply(category.Aggregator.Features(category.Model.Run(hidden_1BTD, tensor([(long)row.Ids.Length]), 0)));
            var reward = Reward(category, feature_BF);
            var scored = Assert.Single(model.Score([request], Explained));
            Assert.Equal(reward, scored.Reward, 1e-5);
            for (var expert = 0; expert < category.Model.Capabilities.Count; expert++)
            {
                var without_BF = feature_BF.clone();
                without_BF[0, expert] = 0;
                Assert.Equal(reward - Reward(category, without_BF), scored.Capabilities![category.Model.Capabilities[expert]].Effect, 1e-5);
            }
        }
    }

    private static double Reward(ServedCategory category, Tensor feature_BF) =>
        (category.Aggregator.forward(feature_BF).item<float>() - category.Calibration.Overall.Mean) / category.Calibration.Overall.Deviation;

    private static void AssertSame(ScoredResponse expected, ScoredResponse found)
    {
        Assert.Equal(expected.Category, found.Category);
        Assert.Equal(expected.Tokens, found.Tokens);
        Assert.Equal(expected.Reward, found.Reward, 1e-5);
        // Raw has no unit; in single precision its last digits depend on its size.
        Assert.Equal(expected.Raw, found.Raw, 1e-5 * Math.Max(1, Math.Abs(expected.Raw)));
        Assert.All(expected.Route, pair => Assert.Equal(pair.Value, found.Route[pair.Key], 1e-5));
        Assert.All(expected.Capabilities!, pair => Assert.Equal(pair.Value.Effect, found.Capabilities![pair.Key].Effect, 1e-5));
        Assert.All(expected.Capabilities!, pair => Assert.Equal(pair.Value.Reward, found.Capabilities![pair.Key].Reward, 1e-5));
    }
}
