using System.Text.Json.Nodes;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Data;
using Dmoerm.Training.Runs;

namespace Dmoerm.Tests.Training;

public sealed class TrainingRunTests(PlainRun plain) : IClassFixture<PlainRun>
{
    [Fact]
    public void Run_CrossFit_ReloadsWithTheTrainersRewards()
    {
        var run = plain.Run;
        run.AssertReloadsWithTheTrainersRewards();
        // Two folds, then what is served.
        Assert.All(run.Report.Categories.Values, category => Assert.Equal(3, category.Fits.Count));
        Assert.All(run.Report.Categories.Values, category => Assert.NotNull(category.FoldAgreement));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("all")]
    public void Run_Split_ReloadsWithTheTrainersRewards(string prompts)
    {
        using var run = new TrainedRun(recipe => recipe["phases"] = new JsonObject { ["split"] = 0.6, ["phase2Prompts"] = prompts });
        run.AssertReloadsWithTheTrainersRewards();
        Assert.All(run.Report.Categories.Values, category => Assert.Single(category.Fits));
    }

    [Fact]
    public void Run_EmbeddingsAggregator_ReloadsWithTheTrainersRewards()
    {
        using var run = new TrainedRun(recipe =>
        {
            recipe["phases"] = new JsonObject { ["split"] = 0.6 };
            recipe["aggregator"]!["kind"] = "embeddings";
        });
        run.AssertReloadsWithTheTrainersRewards();
        Assert.All(ArtefactFolder.ReadManifest(run.Model).Categories, category => Assert.Equal(AggregatorKind.Embeddings, category.Aggregator));
        Assert.All(run.Report.Categories.Values, category => Assert.DoesNotContain(category.Notes, note => note.Contains("meant for phases.split", StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_EmbeddingsWithFolds_Warns()
    {
        using var run = new TrainedRun(recipe => recipe["aggregator"]!["kind"] = "embeddings");
        Assert.All(run.Report.Categories.Values, category => Assert.Contains(category.Notes, note => note.Contains("meant for phases.split", StringComparison.Ordinal)));
        Assert.Contains("meant for phases.split", File.ReadAllText(Path.Combine(run.Model, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WholeBackboneTuned_KeepsOneBackboneForEachCategory()
    {
        using var run = new TrainedRun(recipe => recipe["base"]!["adapt"] = "full");
        run.AssertReloadsWithTheTrainersRewards();
        Assert.All(Recipe(run), name => Assert.True(File.Exists(Path.Combine(run.Model, "experts", name, "base", "config.json"))));
        Assert.All(ArtefactFolder.ReadManifest(run.Model).Categories, category => Assert.True(category.HasOwnBackbone && category.BaseLora is null && category.ExpertLora is not null));
    }

    [Fact]
    public void Run_LowestLayersOnly_KeepsThoseAlone()
    {
        using var run = new TrainedRun(recipe => recipe["backbone"]!["keepLayers"] = 1);
        run.AssertReloadsWithTheTrainersRewards();
        Assert.Equal(1, JsonNode.Parse(File.ReadAllText(Path.Combine(run.Model, "backbone", "config.json")))!["num_hidden_layers"]!.GetValue<int>());
    }

    [Fact]
    public void Run_AdaptersInAllLayers_NeedsNoCache()
    {
        using var run = new TrainedRun(recipe => recipe["base"]!["lora"]!["layers"] = "all");
        run.AssertReloadsWithTheTrainersRewards();
        Assert.False(Directory.Exists(Path.Combine(run.Run, "cache")));
    }

    [Fact]
    public void Run_CategoryWithoutCapabilities_HasItsBaseOnly()
    {
        using var run = new TrainedRun(recipe => recipe["categories"]!["story"]!.AsObject().Remove("capabilities"));
        run.AssertReloadsWithTheTrainersRewards();
        Assert.Equal(["base"], Directory.GetDirectories(Path.Combine(run.Model, "experts", "story")).Select(Path.GetFileName));
        Assert.Contains("No capability labels", Assert.Single(run.Report.Categories["story"].Notes), StringComparison.Ordinal);
        using var model = RewardModel.Load(run.Model);
        Assert.Empty(Assert.Single(model.Score([new([Message.User("p")], [Message.Assistant("r")], "story")], new ScoreOptions { Explain = true })).Capabilities!);
    }

    [Fact]
    public void Run_TestFileWithoutCapabilityLabels_IsJudgedOverall()
    {
        using var run = new TrainedRun(recipe => recipe["categories"]!["fact"]!["capabilities"]!["care"] = new JsonObject { ["reasons"] = new JsonArray("c1", "c2"), ["score"] = "seldom" });
        var pairs = Path.Combine(run.Folder, "pairs.jsonl");
        File.WriteAllText(pairs, File.ReadAllText(pairs).Replace("\"c1\"", "\"x\"", StringComparison.Ordinal).Replace("\"c2\"", "\"x\"", StringComparison.Ordinal));
        Directory.Delete(run.Run, recursive: true);
        Assert.Equal(["kindness"], run.Train().Methods[^1].Evaluation.Categories["fact"].Capabilities!.Keys);
    }

    [Fact]
    public void Run_TwoFolders_WriteTheSameModel()
    {
        var first = plain.Run;
        using var second = new TrainedRun();
        Assert.Equal(Files(first.Model).Select(file => file.Name), Files(second.Model).Select(file => file.Name));
        Assert.All(Files(first.Model).Zip(Files(second.Model)), pair => Assert.True(pair.First.Bytes.SequenceEqual(pair.Second.Bytes), pair.First.Name));
        Assert.NotNull(first.Report.Seconds);
    }

    [Fact]
    public void Run_FinishedFolder_IsNotTrainedAgain()
    {
        var run = plain.Run;
        var written = Directory.GetLastWriteTimeUtc(run.Model);
        var again = run.Train(progress => Assert.Fail($"Trained again: {progress}."));
        Assert.Equal(run.Report.ToJson(), again.ToJson());
        Assert.Equal(written, Directory.GetLastWriteTimeUtc(run.Model));
    }

    [Fact]
    public void Run_FolderOfAnotherRecipeOrOtherData_IsAnError()
    {
        var run = plain.Run;
        var other = new TrainingRun(run.Recipe with { Seed = 2 }, run.Folder, run.Run);
        Assert.Contains("holds a run of another recipe", Assert.Throws<InvalidDataException>(() => other.Run()).Message, StringComparison.Ordinal);

        var data = Path.Combine(run.Folder, "story.jsonl");
        var text = File.ReadAllText(data);
        File.WriteAllText(data, text + "\n");
        Assert.Contains("holds a run of this recipe on other data", Assert.Throws<InvalidDataException>(() => run.Train()).Message, StringComparison.Ordinal);
        File.WriteAllText(data, text);
    }

    [Fact]
    public void Run_LeftoverOfAKilledRun_IsReplaced()
    {
        using var run = new TrainedRun();
        var before = Files(run.Model);
        Directory.Move(run.Model, run.Model + ".partial");
        File.WriteAllText(Path.Combine(run.Model + ".partial", "junk.bin"), "junk");
        File.Delete(Path.Combine(run.Model + ".partial", "dmoerm.json"));
        run.Train();
        Assert.Equal(before.Select(file => file.Name), Files(run.Model).Select(file => file.Name));
        Assert.False(Directory.Exists(run.Model + ".partial"));
    }

    [Fact]
    public void Run_EvaluationFails_LeavesNoModel()
    {
        using var run = new TrainedRun();
        Directory.Delete(run.Run, recursive: true);
        Assert.Throws<InvalidOperationException>(() => run.Train(step => { if (step.Stage.StartsWith("DMoERM", StringComparison.Ordinal)) { throw new InvalidOperationException(); } }));
        Assert.Equal(["cache", "events", "metrics.jsonl", "recipe.json", "run.json", "stages"], Directory.EnumerateFileSystemEntries(run.Run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Recipe(TrainedRun run) => run.Recipe.Categories.Keys;

    private static (string Name, byte[] Bytes)[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => (Path.GetRelativePath(folder, path), File.ReadAllBytes(path)))];
}

/// <summary>One run with nothing changed, for the tests that leave it as it is.</summary>
public sealed class PlainRun : IDisposable
{
    internal TrainedRun Run { get; } = new();

    public void Dispose() => Run.Dispose();
}
