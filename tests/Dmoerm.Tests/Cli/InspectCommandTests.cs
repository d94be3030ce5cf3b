using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Artefacts;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary><c>inspect</c> on trained models.</summary>
[Collection(GrownModels.Name)]
public sealed class InspectCommandTests(GrownModel grown)
{
    [Fact]
    public void Inspect_Model_SaysWhatItWasTrainedOn()
    {
        var facts = Facts(grown.AfterModel);
        Assert.Equal(("dmoerm model", "after", 1, 128), (facts.GetProperty("kind").GetString(), facts.GetProperty("name").GetString(), facts.GetProperty("schema").GetInt32(), facts.GetProperty("maxTokens").GetInt32()));
        Assert.Equal(ModelIdentity.Of(grown.BeforeModel).Hash, facts.GetProperty("grownFrom").GetProperty("hash").GetString());
        Assert.Equal(ModelIdentity.Of(grown.AfterModel).Hash, facts.GetProperty("hash").GetString());
        var categories = facts.GetProperty("categories");
        Assert.Equal(["fact", "story", "advice", "tale"], categories.EnumerateObject().Select(category => category.Name));
        var from = categories.GetProperty("story").GetProperty("trainedFrom");
        Assert.Equal(("after", "story.jsonl", 12, 48), (from.GetProperty("recipe").GetString(), from.GetProperty("files")[0].GetString(), from.GetProperty("data").GetProperty("prompts").GetInt32(), from.GetProperty("data").GetProperty("responses").GetInt32()));
        Assert.Equal("before", categories.GetProperty("fact").GetProperty("trainedFrom").GetProperty("recipe").GetString());
        Assert.Equal(32, from.GetProperty("data").GetProperty("hash").GetString()!.Length);
    }

    [Fact]
    public void Inspect_Model_CountsItsWeights()
    {
        var facts = Facts(grown.AfterModel);
        // Rank 2 on query and value of one layer of width 32, and a head: 4 factors of 64 numbers and 32.
        var story = facts.GetProperty("categories").GetProperty("story");
        Assert.Equal(288, story.GetProperty("base").GetProperty("parameters").GetInt64());
        Assert.Equal(2 * 288, story.GetProperty("experts").GetProperty("parameters").GetInt64());
        Assert.Equal(0, facts.GetProperty("categories").GetProperty("tale").GetProperty("experts").GetProperty("parameters").GetInt64());
        // Mean and deviation of 32 inputs, and weight and bias of four outputs.
        Assert.Equal(64 + 4 * 33, facts.GetProperty("routerSize").GetProperty("parameters").GetInt64());
        var files = Directory.GetFiles(grown.AfterModel, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "dmoerm.json").ToArray();
        Assert.Equal(files.Sum(path => new FileInfo(path).Length), facts.GetProperty("whole").GetProperty("bytes").GetInt64());
        Assert.Equal(files.Length, facts.GetProperty("files").EnumerateObject().Count());
    }

    [Fact]
    public void Inspect_Model_ShowsAgreementAndNotes()
    {
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("inspect", grown.AfterModel));
        Assert.Empty(streams.Error);
        foreach (var expected in new[]
        {
            "after: a dmoerm model of 4 categories, ", "grown from: 'before', hash ", "tokenizer_config.json; rewards are read at", "rewards are read at the last token", "licence as stated by the user: not stated",
            "router: reads what enters layer 1 of 2, temperature ", "Agreement with people in %, as the run measured it (test):", "  kindness", "story: experts", "tale: No capability labels",
            "experts/fact/care/adapter_model.safetensors", "--verify compares the hashes.",
        })
        {
            Assert.Contains(expected, streams.Out, StringComparison.Ordinal);
        }

        var agreement = JsonElement.Parse(File.ReadAllText(Path.Combine(grown.AfterModel, "metrics.json"))).GetProperty("methods")[0].GetProperty("evaluation").GetProperty("agreement").GetDouble();
        Assert.Equal(agreement, Facts(grown.AfterModel).GetProperty("agreement").GetProperty("agreement").GetDouble());
    }

    [Fact]
    public void Verify_WholeModel_SaysThatAllIsWell()
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run("inspect", grown.AfterModel, "--verify") == 0, streams.Out);
        Assert.Contains("files were read: every hash is as it was written, and the model loads.", streams.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_FilesMissingChangedAndUnknown_NamesEach()
    {
        using var copy = new ReleasedModelCopy();
        File.Delete(copy["router.safetensors"]);
        File.AppendAllText(copy["recipe.json"], " ");
        File.WriteAllText(copy["experts/stories/letter.txt"], "dear");
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("inspect", copy.Model, "--verify", "--json"));
        var verification = JsonElement.Parse(streams.Out).GetProperty("verification");
        Assert.Equal(
            ["unknown experts/stories/letter.txt", "changed recipe.json", "missing router.safetensors"],
            verification.GetProperty("faults").EnumerateArray().Select(fault => $"{fault.GetProperty("fault").GetString()} {fault.GetProperty("name").GetString()}"));
        Assert.Equal(1, streams.Run("inspect", copy.Model, "--verify"));
        Assert.Contains("tiny: a dmoerm model that is not as it was written.\nunknown: ", streams.Out, StringComparison.Ordinal);

        // A glance sees what is missing or of another length.
        Assert.Equal(1, streams.Run("inspect", copy.Model));
        Assert.Contains("missing: ", streams.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown: ", streams.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_CardThatItsOwnerAddedTo_IsNamedAndLoadsAllTheSame()
    {
        var model = TestFolders.Copy(grown.AfterModel, Path.Combine(grown.Folder, "carded"));
        File.AppendAllText(Path.Combine(model, "README.md"), "Ours.\n");
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("inspect", model, "--verify"));
        Assert.Contains($"changed: {Path.Combine(model, "README.md")} was changed", streams.Out, StringComparison.Ordinal);
        Assert.Equal(0, streams.Run("inspect", model));
        RewardModel.Load(model).Dispose();
    }

    [Fact]
    public void Inspect_TheRunsFolder_PointsToTheModel()
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("inspect", grown.After));
        Assert.Contains($"{grown.After} is no trained model: expected a folder with dmoerm.json, as `dmoerm train` writes it. Its folder model is one.", streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_ModelWithoutFigures_SaysSo()
    {
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run("inspect", TestFolders.Fixture("artefacts", "schema-1"), "--verify"));
        Assert.Contains("No figures: ", streams.Out, StringComparison.Ordinal);
        Assert.Contains("not noted", streams.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Licences_AreShown()
    {
        using var run = new TrainedRun(recipe =>
        {
            recipe["dataLicence"] = "CC0";
            recipe["backbone"]!["licence"] = "MIT";
            recipe["categories"] = new JsonObject { ["fact"] = recipe["categories"]!["fact"]!.DeepClone() };
            recipe["categories"]!["fact"]!.AsObject().Remove("capabilities");
        });
        var facts = Facts(run.Model);
        Assert.Equal(("MIT", "CC0"), (facts.GetProperty("backboneLicence").GetString(), facts.GetProperty("categories").GetProperty("fact").GetProperty("trainedFrom").GetProperty("dataLicence").GetString()));
    }

    private static JsonElement Facts(string model)
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run("inspect", model, "--json") == 0, streams.Error);
        return JsonElement.Parse(streams.Out);
    }
}
