using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dmoerm.Artefacts;
using Dmoerm.Data;
using Dmoerm.Routing;
using Dmoerm.Tests.Cli;

namespace Dmoerm.Tests.Training;

/// <summary>The router's options through whole runs.</summary>
public sealed partial class RouterOptionsTests(PlainRun plain) : IClassFixture<PlainRun>
{
    [Fact]
    public void Run_LastToken_RoutesToo()
    {
        using var run = new TrainedRun(recipe => recipe["router"] = new JsonObject { ["pooling"] = "last", ["labelSmoothing"] = 0.1 });
        Assert.Equal(PromptPooling.Last, ArtefactFolder.ReadManifest(run.Model).Router.Pooling);
        Assert.Equal(PromptPooling.Mean, ArtefactFolder.ReadManifest(plain.Run.Model).Router.Pooling);
        Assert.True(run.Report.Methods[^1].Evaluation.Router!.Accuracy > 0.9);
        // What does not stand on the router is as it was.
        Assert.Equal(Weights(plain.Run), Weights(run));
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(plain.Run.Model, "router.safetensors")), File.ReadAllBytes(Path.Combine(run.Model, "router.safetensors")));
    }

    [Fact]
    public void Run_Fallback_MixesTheTwoBestWhereTheRouterIsUnsure()
    {
        using var run = new TrainedRun(Fallback, SamePrompts);
        using var without = new TrainedRun(files: SamePrompts);
        Assert.Equal(0.9, ArtefactFolder.ReadManifest(run.Model).Router.FallbackBelow);
        Assert.Equal(Weights(without), Weights(run));
        using var model = RewardModel.Load(run.Model);
        var mixed = Assert.Single(model.Score([Request()]));
        var parts = run.Recipe.Categories.Keys.ToDictionary(name => name, name => Assert.Single(model.Score([Request() with { Category = name }])));
        Assert.True(mixed.Fallback);
        Assert.All(parts.Values, part => Assert.Null(part.Fallback));
        Assert.Equal(parts.Sum(part => mixed.Route[part.Key] * part.Value.Reward), mixed.Reward, 1e-6);

        // Both categories have the same ten prompts and four responses; agreement given the category mixes nothing.
        Assert.Contains(run.Report.Notes, note => note.StartsWith("The router was unsure of 40 of 40 conversations", StringComparison.Ordinal));
        Assert.Equal(without.Report.Methods[^1].Evaluation.AgreementGivenCategory, run.Report.Methods[^1].Evaluation.AgreementGivenCategory);
        Assert.DoesNotContain(without.Report.Notes, note => note.Contains("unsure", StringComparison.Ordinal));
    }

    [Fact]
    public void Score_Fallback_IsSaid()
    {
        using var run = new TrainedRun(Fallback, SamePrompts);
        var input = Path.Combine(run.Folder, "input.jsonl");
        File.WriteAllText(input, JsonSerializer.Serialize(new { prompt = Request().Prompt[0].Content, responses = new[] { "a", "b" } }) + "\n");
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("score", run.Model, "--input", input));
        Assert.Equal("[true,true]", JsonElement.Parse(streams.Out).GetProperty("fallback").GetRawText());
        streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("score", run.Model, "--input", input, "--category", "story"));
        Assert.False(JsonElement.Parse(streams.Out).TryGetProperty("fallback", out _));
        streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("eval", run.Model, "--data", new PlantedFiles(run.Folder).Test));
        Assert.Contains("The router was unsure of", streams.Out, StringComparison.Ordinal);
    }

    private static void Fallback(JsonObject recipe) => recipe["router"] = new JsonObject { ["fallback"] = new JsonObject { ["below"] = 0.9 } };

    // Stories are asked for in the words of the other category: no router can tell them apart.
    private static void SamePrompts(string folder)
    {
        foreach (var path in new[] { "story.jsonl", "test.jsonl" }.Select(name => Path.Combine(folder, name)))
        {
            File.WriteAllText(path, Tale().Replace(File.ReadAllText(path), "$1 asks a question of fact on a $2, number"));
        }
    }

    private static byte[] Weights(TrainedRun run) => [.. Directory.GetFiles(Path.Combine(run.Model, "experts"), "*.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Append(Path.Combine(run.Model, "aggregators.safetensors")).SelectMany(File.ReadAllBytes)];

    private static ScoreRequest Request()
    {
        var (prompt, _) = PlantedFiles.Conversation("fact", kind: true, careless: false);
        return new ScoreRequest([Message.User(prompt)], [Message.Assistant(PlantedFiles.Kind)]);
    }

    [GeneratedRegex(@"Please write a tale for (\w+) with a (\w+) near the river, number")]
    private static partial Regex Tale();
}
