using System.Text.Json.Nodes;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary>What <c>train --from</c> refuses: every change of what the model has, named by its field, before anything is trained.</summary>
[Collection(GrownModels.Name)]
public sealed class TrainFromErrorTests(GrownModel grown)
{
    [Theory]
    [InlineData("backbone.maxTokens", "127", "field backbone.maxTokens: the model", "was trained with 128, the recipe says 127")]
    [InlineData("backbone.tooLong", "\"truncate\"", "field backbone.tooLong (truncate or not)")]
    [InlineData("backbone.tooLong", "\"drop\"", "field backbone.tooLong is \"drop\" in the recipe and \"error\" in the model")]
    [InlineData("backbone.keepLayers", "1", "field backbone.folder", "num_hidden_layers is 1, not 2")]
    [InlineData("seed", "2", "field seed is 2 in the recipe and 1 in the model", "take the category out of the recipe to keep it as it is, or train without --from.")]
    [InlineData("validationShare", "0.3", "field validationShare is 0.3")]
    [InlineData("phases", """{"crossFit": 3}""", "field phases.crossFit is 3 in the recipe and 2 in the model")]
    [InlineData("base.lora.rank", "3", "field base.lora.rank is 3 in the recipe and 2 in the model")]
    [InlineData("experts.training.epochs", "2", "field experts.training.epochs is 2")]
    [InlineData("aggregator.width", "9", "field aggregator.width is 9 in the recipe and 8 in the model")]
    [InlineData("categories.story.groupBy", "\"responses\"", "field categories.story.groupBy is \"responses\"")]
    [InlineData("categories.story.gap", "2", "field categories.story.gap is 2")]
    [InlineData("categories.story.capabilities", """{"care": {"score": "mistakes", "lowerIsBetter": true}}""", "field categories.story.capabilities.kindness is none in the recipe and a capability in the model")]
    [InlineData("categories.story.capabilities.kindness", """{"gap": 1}""", "field categories.story.capabilities.kindness.gap is 1 in the recipe and 0 in the model")]
    [InlineData("categories.story.data", """["advice.jsonl"]""", "Category 'story' has no row")]
    [InlineData("assignUncategorised", "\"router\"", "Recipe, field assignUncategorised: expected drop or error where a run grows from a model", "the recipe says router")]
    [InlineData("labelTeacher", "true", "field labelTeacher is true in the recipe and false in the model")]
    [InlineData("categories.advice.labelTeacher", "true", "field categories.advice.labelTeacher is true in the recipe and null in the model")]
    [InlineData("categories.Fact", """{"data": ["fact.jsonl"], "rowCategory": "fact"}""", "The recipe with the categories of ", "names that differ by more than case, got fact, Fact")]
    public void Train_SettingThatTheModelWasNotTrainedWith_IsNamed(string field, string value, params string[] words) =>
        AssertError(grown.BeforeModel, recipe => Set(recipe, field, value), words);

    [Fact]
    public void Train_OtherDataOfAKeptCategory_SaysWhatCameAndWhatToDo()
    {
        var fewer = Path.Combine(grown.Folder, "fewer.jsonl");
        File.WriteAllLines(fewer, File.ReadLines(Path.Combine(grown.Folder, "story.jsonl")).Skip(1));
        AssertError(
            grown.BeforeModel, recipe => recipe["categories"]!["story"]!["data"] = new JsonArray("fewer.jsonl"),
            "Category 'story' of the model", "its data are not those that it was trained on: 11 prompts, 44 responses", "in the model 12 prompts, 48 responses",
            "Bring those back, or train without --from.");
    }

    [Fact]
    public void Train_OtherLabelsOfAKeptExpert_NamesTheCapability()
    {
        var turned = Path.Combine(grown.Folder, "turned.jsonl");
        File.WriteAllText(turned, File.ReadAllText(Path.Combine(grown.Folder, "story.jsonl")).Replace("\"kindness\":5", "\"kindness\":0.5", StringComparison.Ordinal));
        AssertError(
            grown.BeforeModel, recipe => recipe["categories"]!["story"]!["data"] = new JsonArray("turned.jsonl"),
            "the labels of capability 'kindness' are not those that it was trained on");
    }

    [Fact]
    public void Train_DataOfAnUnnamedCategoryThatIsNotThere_NamesTheFile()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(grown.Folder, "elsewhere")).FullName;
        var recipe = new PlantedFiles(elsewhere).Write(prompts: 12, recipe =>
        {
            TrainedRun.Shorten(recipe);
            GrownModel.Grow(recipe);
        });
        File.Delete(Path.Combine(elsewhere, "fact.jsonl"));
        AssertError(recipe, grown.BeforeModel, Path.Combine(elsewhere, "fact.jsonl"), "the router needs the prompts of all categories", "name its category in the recipe");
    }

    [Fact]
    public void Train_AnotherBackbone_NamesTheTensor()
    {
        var copy = CopyBackbone("shaken");
        var path = Path.Combine(copy, "model.safetensors");
        var bytes = File.ReadAllBytes(path);
        bytes[^2] ^= 1;
        File.WriteAllBytes(path, bytes);
        AssertError(grown.BeforeModel, recipe => Set(recipe, "backbone.folder", $"\"{copy}\""), $"field backbone.folder: {copy} is not the backbone", "has other numbers");
    }

    [Fact]
    public void Train_AnotherTokenizer_IsNamed()
    {
        var copy = CopyBackbone("tokenizer");
        File.AppendAllText(Path.Combine(copy, "tokenizer.json"), "\n");
        AssertError(grown.BeforeModel, recipe => Set(recipe, "backbone.folder", $"\"{copy}\""), copy, "tokenizer.json differs");
    }

    [Fact]
    public void Train_AnotherTemplate_IsNamed()
    {
        var copy = CopyBackbone("template");
        File.Copy(TestFolders.Shared("models", "minimind2-small", "tokenizer_config.json"), Path.Combine(copy, "tokenizer_config.json"), overwrite: true);
        AssertError(grown.BeforeModel, recipe => Set(recipe, "backbone.folder", $"\"{copy}\""), copy, "the chat template differs");
    }

    [Fact]
    public void Train_FromSomethingElse_SaysSo()
    {
        AssertError(grown.Before, GrownModel.Grow, "is no trained model: expected a folder with dmoerm.json");
        AssertError(TestFolders.Fixture("artefacts", "schema-1"), GrownModel.Grow, "does not say what its category 'stories' was trained from", "train without --from");
    }

    [Fact]
    public void Train_BaseThatHasSeenAll_CannotGainExpertsUnderSplit()
    {
        var run = Path.Combine(grown.Folder, "split");
        var streams = new CapturedStreams();
        void Split(JsonObject recipe, bool capabilities)
        {
            recipe["phases"] = new JsonObject { ["split"] = 0.6 };
            recipe["categories"] = new JsonObject { ["story"] = recipe["categories"]!["story"]!.DeepClone() };
            _ = capabilities || recipe["categories"]!["story"]!.AsObject().Remove("capabilities");
        }

        Assert.True(streams.Run("train", grown.Write("split.json", recipe => Split(recipe, false)), "--out", run) == 0, streams.Error);
        AssertError(grown.Write("splitter.json", recipe => Split(recipe, true)), Path.Combine(run, "model"), "has seen all its prompts, and phases.split needs prompts that the base never saw");
    }

    [Fact]
    public void Train_BaseThatLabelsHaveTaught_CannotGainExperts()
    {
        var run = Path.Combine(grown.Folder, "taught");
        var streams = new CapturedStreams();
        void Teach(JsonObject recipe, bool care)
        {
            recipe["labelTeacher"] = true;
            recipe["categories"] = new JsonObject { ["story"] = recipe["categories"]!["story"]!.DeepClone() };
            _ = care || recipe["categories"]!["story"]!["capabilities"]!.AsObject().Remove("care");
        }

        Assert.True(streams.Run("train", grown.Write("taught.json", recipe => Teach(recipe, false)), "--out", run) == 0, streams.Error);
        AssertError(grown.Write("teacher.json", recipe => Teach(recipe, true)), Path.Combine(run, "model"), "with labelTeacher its base learns from the labels of all its capabilities, so care would make another base");
    }

    [Fact]
    public void Train_IntoAFolderOfAnotherStart_IsRefused()
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("train", grown.Recipe, "--out", grown.After, "--from", grown.AfterModel));
        Assert.Contains("lies in the folder of this run", streams.Error, StringComparison.Ordinal);
        Assert.Equal(1, streams.Run("train", grown.Recipe, "--out", grown.After));
        Assert.Contains("holds a run that grows from the model 'before' (hash ", streams.Error, StringComparison.Ordinal);
        Assert.Contains("not from no model", streams.Error, StringComparison.Ordinal);
        Assert.Equal(1, streams.Run("train", grown.Recipe, "--out", grown.Before, "--from", grown.AfterModel));
        Assert.Contains("holds a run that grows from no model, not from the model 'after'", streams.Error, StringComparison.Ordinal);
    }

    private void AssertError(string model, Action<JsonObject> change, params string[] words) =>
        AssertError(grown.Write("wrong.json", recipe =>
        {
            GrownModel.Grow(recipe);
            change(recipe);
        }), model, words);

    private void AssertError(string recipe, string model, params string[] words)
    {
        var (streams, run) = (new CapturedStreams(), Path.Combine(grown.Folder, "wrong"));
        Assert.Equal(1, streams.Run("train", recipe, "--out", run, "--from", model));
        var line = Assert.Single(streams.Error.TrimEnd('\n').Split('\n'));
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.False(Directory.Exists(run));
    }

    private string CopyBackbone(string name) => TestFolders.Copy(PlantedFiles.Backbone, Path.Combine(grown.Folder, $"backbone-{name}"));

    private static void Set(JsonObject recipe, string field, string value)
    {
        var (steps, holder) = (field.Split('.'), recipe);
        foreach (var step in steps.SkipLast(1))
        {
            holder = holder[step]?.AsObject() ?? (holder[step] = new JsonObject()).AsObject();
        }

        holder[steps[^1]] = JsonNode.Parse(value);
    }
}
