using System.Text.Json.Nodes;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Data;
using Dmoerm.Training.Runs;

namespace Dmoerm.Tests.Training;

/// <summary>Options of aggregators and of adapters' layers, through whole runs.</summary>
public sealed class AggregatorOptionsTests
{
    [Theory]
    [InlineData(AggregatorKind.Monotone, true)]
    [InlineData(AggregatorKind.Monotone, false)]
    [InlineData(AggregatorKind.Rewards, false)]
    public void Run_AnyAggregator_ReloadsWithTheTrainersRewards(AggregatorKind kind, bool useBase)
    {
        using var run = new TrainedRun(recipe =>
        {
            recipe["aggregator"]!["kind"] = kind.ToString().ToLowerInvariant();
            recipe["aggregator"]!["useBase"] = useBase;
        });
        run.AssertReloadsWithTheTrainersRewards();
        using var parts = ArtefactFolder.Read(run.Model);
        Assert.All(parts.Categories, category => Assert.Equal((kind, useBase, useBase ? 3 : 2), (category.Aggregator.Kind, category.Aggregator.UsesBase, category.Aggregator.NumFeatures)));
        AssertEffects(parts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_ExpertsThatSayTheOpposite_FallBackToTheBaseOnlyWhereAsked(bool fallBack)
    {
        // A story's labels of kindness are read the wrong way round, and the aggregator may not turn them back.
        using var run = new TrainedRun(recipe =>
        {
            recipe["categories"]!["story"]!["capabilities"] = new JsonObject { ["kindness"] = new JsonObject { ["lowerIsBetter"] = true } };
            foreach (var phase in new[] { "base", "experts" })
            {
                recipe[phase]!["training"]!["epochs"] = 4;
            }

            recipe["aggregator"] = new JsonObject { ["kind"] = "monotone", ["useBase"] = false, ["fallBackToBase"] = fallBack };
        });
        var report = run.Report.Categories["story"];
        Assert.True(report.HeldOutAggregatorAgreement < report.HeldOutBaseAgreement, $"{report.HeldOutAggregatorAgreement} against {report.HeldOutBaseAgreement}");
        Assert.Equal(fallBack, report.Notes.Any(note => note.StartsWith("Served by its base", StringComparison.Ordinal)));
        Assert.Equal(fallBack ? AggregatorKind.Base : AggregatorKind.Monotone, ArtefactFolder.ReadManifest(run.Model).Categories[0].Aggregator);
        run.AssertReloadsWithTheTrainersRewards();

        // What serves: the base's own reward, whatever the experts say; or the experts', whatever the base says.
        using var model = RewardModel.Load(run.Model);
        var kind = Assert.Single(model.Score([Request(kind: true)], new ScoreOptions { Explain = true }));
        var cold = Assert.Single(model.Score([Request(kind: false)], new ScoreOptions { Explain = true }));
        Assert.Equal(fallBack, kind.Raw > cold.Raw);
        Assert.Equal(fallBack, kind.Capabilities!["kindness"].Effect == 0);
        Assert.True(kind.Capabilities["kindness"].Reward < cold.Capabilities!["kindness"].Reward);
    }

    [Theory]
    [InlineData("""{ "top": 1 }""", """{ "top": 1 }""", 1)]
    [InlineData("""{ "top": 2 }""", """{ "top": 1 }""", 0)]
    [InlineData("""{ "top": 1 }""", "\"all\"", 0)]
    public void Plan_Layers_SayWhatTheTrunkIs(string baseLayers, string expertLayers, int trunk)
    {
        var folder = TestFolders.Temporary();
        var path = new PlantedFiles(folder).Write(prompts: 12, recipe => SetLayers(recipe, baseLayers, expertLayers));
        var plan = new TrainingRun(Dmoerm.Training.Settings.TrainingRecipe.Read(path), folder, Path.Combine(folder, "run")).Plan();
        // Float32 states of 32 numbers a token, where there is a trunk to keep.
        Assert.Equal((trunk, trunk == 0 ? 0 : plan.Tokens * 32 * 4), (plan.TrunkLayers, plan.CacheBytes));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("""{ "top": 1 }""", """{ "top": 1 }""")]
    [InlineData("""{ "top": 2 }""", """{ "top": 1 }""")]
    public void Run_WithAndWithoutACache_GiveTheSameRewards(string baseLayers, string expertLayers)
    {
        using var cached = new TrainedRun(recipe => SetLayers(recipe, baseLayers, expertLayers));
        using var computed = new TrainedRun(recipe =>
        {
            SetLayers(recipe, baseLayers, expertLayers);
            recipe["cache"] = new JsonObject { ["maxBytes"] = 0 };
        });
        Assert.Equal(baseLayers.Contains('1', StringComparison.Ordinal), Directory.Exists(Path.Combine(cached.Run, "cache")));
        Assert.False(Directory.Exists(Path.Combine(computed.Run, "cache")));
        using var first = RewardModel.Load(cached.Model);
        using var second = RewardModel.Load(computed.Model);
        foreach (var request in new[] { Request(kind: true), Request(kind: false) })
        {
            Assert.Equal(first.Score([request])[0].Reward, second.Score([request])[0].Reward, 1e-4);
        }

        var manifest = ArtefactFolder.ReadManifest(cached.Model).Categories[0];
        Assert.Equal((baseLayers, expertLayers), (Layers(manifest.BaseLora!), Layers(manifest.ExpertLora!)));
    }

    private static string Layers(Dmoerm.Experts.LoraSettings lora) => $$"""{ "top": {{lora.Layers.Top}} }""";

    private static void SetLayers(JsonObject recipe, string baseLayers, string expertLayers)
    {
        recipe["base"]!["lora"]!["layers"] = JsonNode.Parse(baseLayers);
        recipe["experts"]!["lora"]!["layers"] = JsonNode.Parse(expertLayers);
    }

    // Of a weighted sum the effect is known by hand: the weight times the expert's standardised reward, in deviations of the sum.
    private static void AssertEffects(ArtefactParts parts)
    {
        if (parts.Categories[0].Aggregator is not MonotoneAggregator monotone)
        {
            return;
        }

        var scored = Assert.Single(new RewardModel(parts).Score([Request(kind: true)], new ScoreOptions { Explain = true }));
        foreach (var (expert, capability) in parts.Categories[0].Model.Capabilities.Index())
        {
            var score = scored.Capabilities![capability];
            Assert.Equal(monotone.Weights[expert] * score.Reward / parts.Categories[0].Calibration.Overall.Deviation, score.Effect, 1e-4);
        }
    }

    private static ScoreRequest Request(bool kind)
    {
        var (prompt, response) = PlantedFiles.Conversation("story", kind, careless: false);
        return new ScoreRequest([Message.User(prompt)], [Message.Assistant(response)], "story");
    }
}
