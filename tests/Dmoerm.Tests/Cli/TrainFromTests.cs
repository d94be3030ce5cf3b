using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Backbones.Weights;
using Dmoerm.Tests.Training;
using Dmoerm.Training.Runs;
using Dmoerm.Training.Settings;

namespace Dmoerm.Tests.Cli;

/// <summary><c>train --from</c>: what is unchanged stays bit for bit, what is new is trained.</summary>
[Collection(GrownModels.Name)]
public sealed class TrainFromTests(GrownModel grown)
{
    [Theory]
    [InlineData("backbone")]
    [InlineData("experts/fact")]
    [InlineData("experts/story/base")]
    [InlineData("experts/story/kindness")]
    [InlineData("experts/advice/base")]
    public void Kept_EveryFile_IsTheSame(string folder)
    {
        var before = Directory.GetFiles(Path.Combine(grown.BeforeModel, folder), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(before);
        Assert.All(before, path => Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(grown.AfterModel, Path.GetRelativePath(grown.BeforeModel, path)))));
        Assert.Equal(before.Length, Directory.GetFiles(Path.Combine(grown.AfterModel, folder), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void KeptCategory_AggregatorAndEntry_AreTheSame()
    {
        using var before = SafetensorsFile.Open(Path.Combine(grown.BeforeModel, "aggregators.safetensors"));
        using var after = SafetensorsFile.Open(Path.Combine(grown.AfterModel, "aggregators.safetensors"));
        var names = before.Entries.Keys.Where(name => name.StartsWith("fact/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(7, names.Length);
        Assert.All(names, name => Assert.Equal(before.Read(name).bytes.ToArray(), after.Read(name).bytes.ToArray()));
        Assert.Equal(Entry(grown.BeforeModel, "fact"), Entry(grown.AfterModel, "fact"));
    }

    [Fact]
    public void KeptCategory_GivenItsName_GivesTheSameRewards()
    {
        var (before, after) = (Scores(grown.BeforeModel, "fact"), Scores(grown.AfterModel, "fact"));
        Assert.Equal(4, before.Length);
        Assert.All(before.Zip(after), pair => AssertSame(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void KeptExpert_BesideANewOne_GivesItsReward()
    {
        // Another stack, so sums may be taken in another order.
        var (before, after) = (Scores(grown.BeforeModel, "story"), Scores(grown.AfterModel, "story"));
        var (old, now) = (Scale(grown.BeforeModel, "story", "kindness"), Scale(grown.AfterModel, "story", "kindness"));
        Assert.All(before.Zip(after), pair => Assert.Equal(Own(pair.First, "kindness", old), Own(pair.Second, "kindness", now), 1e-5));
        Assert.Equal(["care", "kindness"], after[0].GetProperty("capabilities").EnumerateObject().Select(capability => capability.Name));
    }

    [Theory]
    [InlineData("story", "care", true)]
    [InlineData("advice", "ease", false)]
    public void NewExpert_IsTrained(string category, string capability, bool careful)
    {
        using var file = SafetensorsFile.Open(Path.Combine(grown.AfterModel, "experts", category, capability, "adapter_model.safetensors"));
        Assert.All(file.Entries.Keys, name => Assert.NotEqual(0, file.Read(name).abs().sum().item<float>()));
        // Rows: kind and careful, kind and careless, cold and careful, cold and careless.
        var rewards = Scores(grown.AfterModel, category).Select(row => row.GetProperty("capabilities").GetProperty(capability).GetProperty("reward").GetDouble()).ToArray();
        Assert.True((rewards[0] > rewards[1]) == careful && (rewards[2] > rewards[3]) == careful, string.Join(", ", rewards));
    }

    [Fact]
    public void Report_CoversAllCategoriesAndSaysWhatWasKept()
    {
        Assert.Equal(["fact", "story", "advice", "tale"], grown.Report.GetProperty("categories").EnumerateObject().Select(category => category.Name));
        Assert.Equal(4, grown.Report.GetProperty("methods")[0].GetProperty("evaluation").GetProperty("categories").EnumerateObject().Count());
        var notes = grown.Report.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!).ToArray();
        Assert.Contains("Not in the recipe, and kept with the data and settings that the model names: fact.", notes);
        Assert.Contains("story: its base and its experts kindness kept as trained; care added on that base; its aggregator and its scale fitted anew.", notes);
        Assert.Contains("advice: its base kept as trained; distance, ease added on that base; its aggregator and its scale fitted anew.", notes);
        Assert.Contains("Trained: tale.", notes);
        // Two folds and what is served, whose base and old expert have the step that they were kept at.
        var (before, after) = (Fits(Metrics(grown.BeforeModel)), Fits(grown.Report));
        Assert.Equal(3, after.Length);
        Assert.Equal(before[^1].GetProperty("baseStep").GetInt32(), after[^1].GetProperty("baseStep").GetInt32());
        Assert.Equal(before[^1].GetProperty("expertSteps")[0].GetInt32(), after[^1].GetProperty("expertSteps")[1].GetInt32());
    }

    [Fact]
    public void Manifest_SaysWhatEachCategoryWasTrainedFrom()
    {
        var manifest = ArtefactFolder.ReadManifest(grown.AfterModel);
        Assert.Equal(ModelIdentity.Of(grown.BeforeModel), manifest.GrownFrom);
        var origins = manifest.Categories.ToDictionary(category => category.Name, category => category.Origin!);
        Assert.Equal(["before", "after", "after", "after"], manifest.Categories.Select(category => category.Origin!.Recipe.GetProperty("name").GetString()));
        Assert.Equal(["kindness", "care"], origins["fact"].Data.Capabilities.Keys);
        Assert.Equal(12, origins["story"].Data.Prompts);
        Assert.Equal(origins["story"].Data.Hash, origins["tale"].Data.Hash);
        Assert.Equal(origins["story"].Data.Hash, ArtefactFolder.ReadManifest(grown.BeforeModel).Categories.Single(category => category.Name == "story").Origin!.Data.Hash);
        Assert.Equal("story.jsonl", origins["tale"].Recipe.GetProperty("categories").GetProperty("tale").GetProperty("data")[0].GetString());
    }

    [Fact]
    public void Train_Again_FindsItsRunFinished()
    {
        Assert.Equal(ModelIdentity.Of(grown.BeforeModel).Hash, JsonElement.Parse(File.ReadAllText(Path.Combine(grown.After, "run.json"))).GetProperty("from").GetProperty("hash").GetString());
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("train", grown.Recipe, "--out", grown.After, "--from", grown.BeforeModel, "--json"));
        Assert.Equal(grown.Report.GetRawText(), JsonElement.Parse(streams.Out).GetRawText());
    }

    [Fact]
    public void Train_FromAModelThatHasAll_KeepsEveryPart()
    {
        var streams = new CapturedStreams();
        var again = Path.Combine(grown.Folder, "again");
        Assert.True(streams.Run("train", grown.Write("again.json", recipe => recipe["categories"] = new JsonObject { ["tale"] = Tale(recipe) }), "--out", again, "--from", grown.AfterModel) == 0, streams.Error);
        Assert.Contains("Kept as they are, no file of them changed: tale.", streams.Out, StringComparison.Ordinal);
        var files = Directory.GetFiles(Path.Combine(grown.AfterModel, "experts"), "*", SearchOption.AllDirectories);
        Assert.All(files, path => Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(again, "model", Path.GetRelativePath(grown.AfterModel, path)))));
        Assert.Equal(File.ReadAllBytes(Path.Combine(grown.AfterModel, "aggregators.safetensors")), File.ReadAllBytes(Path.Combine(again, "model", "aggregators.safetensors")));
    }

    [Fact]
    public void Train_StoppedAndRunAgain_GivesTheSameModel()
    {
        var run = Path.Combine(grown.Folder, "stopped");
        var growth = ModelGrowth.Open(grown.BeforeModel, TrainingRecipe.Read(grown.Recipe), grown.Folder);
        var stopped = new TrainingRun(growth, run) { Progress = step => { if (step.Stage == "advice: 2 experts, all folds") { throw new InvalidOperationException(); } } };
        Assert.Throws<InvalidOperationException>(() => stopped.Run());
        Assert.False(Directory.Exists(Path.Combine(run, "model")));

        var streams = new CapturedStreams();
        Assert.True(streams.Run("train", grown.Recipe, "--out", run, "--from", grown.BeforeModel) == 0, streams.Error);
        var files = Directory.GetFiles(grown.AfterModel, "*", SearchOption.AllDirectories);
        Assert.All(files, path => Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(run, "model", Path.GetRelativePath(grown.AfterModel, path)))));
    }

    [Fact]
    public void DryRun_SaysWhatIsKeptAndWhatIsTrained()
    {
        var streams = new CapturedStreams();
        var run = Path.Combine(grown.Folder, "dry");
        Assert.Equal(0, streams.Run("train", grown.Recipe, "--out", run, "--from", grown.BeforeModel, "--dry-run"));
        Assert.Contains("Grows from the model 'before' (hash ", streams.Out, StringComparison.Ordinal);
        Assert.Contains("Trained: tale.", streams.Out, StringComparison.Ordinal);
        Assert.Equal(0, streams.Run("train", grown.Recipe, "--out", run, "--from", grown.BeforeModel, "--dry-run", "--json"));
        var growth = JsonElement.Parse(streams.Out).GetProperty("growth");
        Assert.Equal("fact", growth.GetProperty("unnamed")[0].GetString());
        Assert.Equal("care", growth.GetProperty("grown")[0].GetProperty("added")[0].GetString());
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void ModelWithBasesOfTheirOwn_KeepsThem()
    {
        static void Full(JsonObject recipe, string category)
        {
            recipe["base"]!["adapt"] = "full";
            recipe["categories"] = new JsonObject { [category] = recipe["categories"]![category]!.DeepClone() };
        }

        var (first, second) = (Path.Combine(grown.Folder, "full"), Path.Combine(grown.Folder, "fuller"));
        var streams = new CapturedStreams();
        Assert.True(streams.Run("train", grown.Write("full.json", recipe => Full(recipe, "story")), "--out", first) == 0, streams.Error);
        Assert.True(streams.Run("train", grown.Write("fuller.json", recipe => Full(recipe, "fact")), "--out", second, "--from", Path.Combine(first, "model")) == 0, streams.Error);
        var weights = Path.Combine("model", "experts", "story", "base", "model.safetensors");
        Assert.Equal(File.ReadAllBytes(Path.Combine(first, weights)), File.ReadAllBytes(Path.Combine(second, weights)));
        Assert.All(Scores(Path.Combine(first, "model"), "story").Zip(Scores(Path.Combine(second, "model"), "story")), pair => AssertSame(pair.First, pair.Second, 1e-12));
    }

    private static JsonObject Tale(JsonObject recipe)
    {
        GrownModel.Grow(recipe);
        return recipe["categories"]!["tale"]!.DeepClone().AsObject();
    }

    private static JsonElement[] Scores(string model, string category)
    {
        var streams = new CapturedStreams();
        var lines = new[] { (true, false), (true, true), (false, false), (false, true) }.Select(traits => PlantedFiles.Conversation(category, traits.Item1, traits.Item2))
            .Select(text => JsonSerializer.Serialize(new { prompt = text.Prompt, response = text.Response }));
        Assert.True(streams.Run(string.Join('\n', lines), ["score", model, "--category", category, "--explain"]) == 0, streams.Error);
        return [.. streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private static void AssertSame(JsonElement before, JsonElement after, double tolerance)
    {
        Assert.Equal(before.GetProperty("raw").GetDouble(), after.GetProperty("raw").GetDouble(), tolerance);
        Assert.Equal(before.GetProperty("reward").GetDouble(), after.GetProperty("reward").GetDouble(), tolerance);
        var capabilities = before.GetProperty("capabilities").EnumerateObject().ToArray();
        Assert.NotEmpty(capabilities);
        Assert.All(capabilities, capability => Assert.All(capability.Value.EnumerateObject(), number =>
            Assert.Equal(number.Value.GetDouble(), after.GetProperty("capabilities").GetProperty(capability.Name).GetProperty(number.Name).GetDouble(), tolerance)));
    }

    private static double Own(JsonElement row, string capability, RewardScale scale) =>
        row.GetProperty("capabilities").GetProperty(capability).GetProperty("reward").GetDouble() * scale.Deviation + scale.Mean;

    private static RewardScale Scale(string model, string category, string capability)
    {
        var entry = ArtefactFolder.ReadManifest(model).Categories.Single(entry => entry.Name == category);
        return entry.Calibration.Capabilities[entry.Capabilities.ToList().IndexOf(capability)];
    }

    private static JsonElement Metrics(string model) => JsonElement.Parse(File.ReadAllText(Path.Combine(model, "metrics.json")));

    private static JsonElement[] Fits(JsonElement report) => [.. report.GetProperty("categories").GetProperty("story").GetProperty("fits").EnumerateArray()];

    private static string Entry(string model, string category) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(model, "dmoerm.json")))!["categories"]!.AsArray().Single(entry => (string)entry!["name"]! == category)!.ToJsonString();
}
