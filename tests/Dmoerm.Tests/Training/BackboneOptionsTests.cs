using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Artefacts;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations.Templates;
using Dmoerm.Data;
using Dmoerm.Tests.Cli;

namespace Dmoerm.Tests.Training;

/// <summary>Options of backbone and rendering through whole runs.</summary>
public sealed class BackboneOptionsTests(PlainRun plain) : IClassFixture<PlainRun>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_BackboneThatIsARewardModel_KeepsItsHeadUnlessToldOtherwise(bool newHead)
    {
        var folder = RewardModelFolder(labels: 1, out var head);
        // So small a rate leaves the head where it started.
        using var run = new TrainedRun(recipe =>
        {
            recipe["backbone"]!["folder"] = folder;
            recipe["backbone"]!["newHead"] = newHead;
            recipe["base"]!["training"]!["learningRates"] = new JsonArray(1e-9);
        });
        run.AssertReloadsWithTheTrainersRewards();
        var trained = Head(run.Model);
        Assert.Equal(!newHead, head.Zip(trained).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(5, null, "its head gives 5 numbers, a reward model's gives one; with backbone.newHead: true")]
    [InlineData(1, 1, "its head reads the last layer, which backbone.keepLayers leaves out")]
    public void Train_HeadThatCannotBeStartedFrom_SaysWhatToDo(int labels, int? keepLayers, string sentence)
    {
        var folder = RewardModelFolder(labels, out _);
        AssertError(recipe =>
        {
            recipe["backbone"]!["folder"] = folder;
            recipe["backbone"]!["keepLayers"] = keepLayers;
        }, sentence);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(0, "backbone.keepLayers: expected at least 1 layer, got 0")]
    [InlineData(3, "field backbone.keepLayers: expected 1 to 2, the backbone's layers, got 3.")]
    public void Train_LayersThatAreNotThere_NamesTheField(int layers, string sentence) => AssertError(recipe => recipe["backbone"]!["keepLayers"] = layers, sentence);

    [Fact]
    public void Run_LowestLayersOnly_GivesWhatAFolderOfTheseLayersGives()
    {
        // Saved by itself, the lower half is a backbone like any other: half the layers to run, and the same model.
        using var kept = new TrainedRun(recipe => recipe["backbone"]!["keepLayers"] = 1);
        var folder = TestFolders.Temporary();
        using (var half = BackboneFolder.Load(PlantedFiles.Backbone, ScalarType.Float32, keepLayers: 1))
        {
            BackboneFolder.Save(folder, half.Backbone, tokenizerFolder: PlantedFiles.Backbone);
        }

        using var alone = new TrainedRun(recipe => recipe["backbone"]!["folder"] = folder);
        foreach (var file in new[] { "backbone/config.json", "backbone/model.safetensors", "aggregators.safetensors", "router.safetensors", "experts/story/care/adapter_model.safetensors" })
        {
            Assert.True(File.ReadAllBytes(Path.Combine(alone.Model, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(kept.Model, file))), file);
        }

        using var whole = SafetensorsFile.Open(Path.Combine(PlantedFiles.Backbone, "model.safetensors"));
        using var written = SafetensorsFile.Open(Path.Combine(kept.Model, "backbone", "model.safetensors"));
        Assert.Equal(2 * written.Entries.Keys.Count(name => name.Contains(".layers.", StringComparison.Ordinal)), whole.Entries.Keys.Count(name => name.Contains(".layers.", StringComparison.Ordinal)));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Run_ChatTemplateOfTheRecipe_StandsInForTheFoldersAndGoesWithTheModel()
    {
        var folder = CopyWithoutTemplate();
        var template = Path.Combine(folder, "..", Path.GetFileName(folder) + ".jinja");
        File.WriteAllText(template, ChatTemplate.PlainChatMl);
        using var run = new TrainedRun(recipe =>
        {
            recipe["backbone"]!["folder"] = folder;
            recipe["backbone"]!["chatTemplate"] = template;
        });
        // The folder's own template had the same text, so nothing else is different.
        Assert.Equal(File.ReadAllBytes(Path.Combine(plain.Run.Model, "aggregators.safetensors")), File.ReadAllBytes(Path.Combine(run.Model, "aggregators.safetensors")));
        Assert.Equal(ChatTemplate.PlainChatMl, File.ReadAllText(Path.Combine(run.Model, "backbone", "chat_template.jinja")));
        Assert.False(File.Exists(Path.Combine(plain.Run.Model, "backbone", "chat_template.jinja")));
        run.AssertReloadsWithTheTrainersRewards();
        File.Delete(template);
        AssertError(recipe =>
        {
            recipe["backbone"]!["folder"] = folder;
            recipe["backbone"]!["chatTemplate"] = "gone.jinja";
        }, "gone.jinja: no such file; the recipe's field backbone.chatTemplate names it.");
        AssertError(recipe => recipe["backbone"]!["folder"] = folder, "name a file in the recipe's field backbone.chatTemplate");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Run_TemplateThatReadsClockAndVariables_ServesWithWhatItWasTrainedWith()
    {
        var folder = CopyWithoutTemplate();
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), "{{ strftime_now('%d %b %Y') }} {{ mode }}\n" + ChatTemplate.PlainChatMl);
        using var run = new TrainedRun(recipe =>
        {
            recipe["backbone"]!["folder"] = folder;
            recipe["backbone"]!["template"] = new JsonObject { ["date"] = "2026-01-02", ["variables"] = new JsonObject { ["mode"] = "calm" } };
        });
        run.AssertReloadsWithTheTrainersRewards();
        using var parts = ArtefactFolder.Read(run.Model);
        Assert.StartsWith("02 Jan 2026 calm\n<|im_start|>user", parts.Template!.Render([Message.User("Hi")]), StringComparison.Ordinal);
        Assert.Null(ArtefactFolder.ReadManifest(plain.Run.Model).Template);
        Assert.DoesNotContain("\"template\"", File.ReadAllText(Path.Combine(plain.Run.Model, "recipe.json")), StringComparison.Ordinal);
        AssertError(recipe => recipe["backbone"]!["folder"] = folder, "the template reads the clock (strftime_now), and no date is given that is the same in training and in use (recipe: backbone.template.date; command line: --date)");
        AssertError(recipe => recipe["backbone"]!["template"] = new JsonObject { ["variables"] = new JsonObject { ["tools"] = 1 } }, "backbone.template.variables: expected names that the chat template is not given anyway, got tools.");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Run_RenderedAsText_NeedsNoTemplateAndServesAsItWasTrained()
    {
        var folder = CopyWithoutTemplate();
        using var run = new TrainedRun(recipe =>
        {
            recipe["backbone"]!["folder"] = folder;
            SetRender(recipe, "story", "fact");
            recipe["baselines"]!["linearHead"] = true;
        });
        run.AssertReloadsWithTheTrainersRewards();
        using var parts = ArtefactFolder.Read(run.Model);
        Assert.Null(parts.Template);
        Assert.All(parts.Categories, category => Assert.Equal(Rendering.Text, category.Source.Render));
        using var model = new RewardModel(parts);
        var scored = Assert.Single(model.Score([Request("story")]));
        // Prompt, response and the end of text, and nothing of a template.
        Assert.Equal(parts.Tokenizer.EncodeWhole(Request("story").Prompt[0].Content + Request("story").Response[0].Content + "<|im_end|>").Length, scored.Tokens);
        Assert.Equal("story", scored.Category);
        Assert.Contains("rendered as text", Assert.Throws<InvalidDataException>(() => model.Score([new([new("system", "Be kind."), Message.User("p")], [Message.Assistant("r")])])).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Run_OneCategoryAsText_RoutesByChatsAndScoresEachAsItWasTrained()
    {
        using var run = new TrainedRun(recipe =>
        {
            SetRender(recipe, "story");
            recipe["baselines"]!["linearHead"] = true;
        });
        run.AssertReloadsWithTheTrainersRewards();
        using var parts = ArtefactFolder.Read(run.Model);
        Assert.Equal(Rendering.Chat, parts.RouterRendering);
        Assert.True(run.Report.Methods[^1].Evaluation.Router!.Accuracy > 0.9);
        // The other category is what it was; nor did the router's rows change, so it is the same too.
        foreach (var file in new[] { "experts/fact/base/adapter_model.safetensors", "experts/fact/care/adapter_model.safetensors" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(plain.Run.Model, file)), File.ReadAllBytes(Path.Combine(run.Model, file)));
        }

        using var model = new RewardModel(parts);
        using var chats = RewardModel.Load(plain.Run.Model);
        var requests = new[] { Request("story"), Request("fact"), Request("story"), Request("fact") with { Category = "fact" } };
        var (scored, other) = (model.Score(requests, new ScoreOptions { Explain = true }), chats.Score(requests));
        Assert.Equal(["story", "fact", "story", "fact"], scored.Select(one => one.Category));
        Assert.Equal(scored[0].Reward, scored[2].Reward, 1e-5);
        Assert.Equal(other[1].Reward, scored[1].Reward, 1e-5);
        Assert.True(scored[0].Tokens < other[0].Tokens);
        Assert.Equal(other[1].Tokens, scored[1].Tokens);
        Assert.Equal(other[0].Route["story"], scored[0].Route["story"], 1e-4);
        Assert.Equal(scored[0].Reward, Assert.Single(model.Score([Request("story") with { Category = "story" }])).Reward, 1e-5);
    }

    [Theory]
    [InlineData("error", null)]
    [InlineData("drop", "1 training responses are left out, with their comparisons: longer than 128 tokens.")]
    [InlineData("truncate", "1 training conversations are cut to fit 128 tokens.\nIn 1 of them the response alone is longer than that, so nothing of the last question is left")]
    public void Train_ResponseThatIsTooLong_IsRefusedLeftOutOrCutAndCounted(string tooLong, string? note)
    {
        var folder = TestFolders.Temporary();
        var recipe = new PlantedFiles(folder).Write(prompts: 12, change =>
        {
            TrainedRun.Shorten(change);
            change["categories"]!.AsObject().Remove("advice");
            change["backbone"]!["tooLong"] = tooLong;
        });
        var path = Path.Combine(folder, "story.jsonl");
        var rows = File.ReadAllLines(path);
        var row = JsonNode.Parse(rows[2])!;
        row["responses"]![1]!["text"] = string.Concat(Enumerable.Repeat("Many people pass by. ", 60));
        rows[2] = row.ToJsonString();
        File.WriteAllLines(path, rows);
        var streams = new CapturedStreams();

        Assert.Equal(note is null ? 1 : 0, streams.Run("train", recipe, "--out", Path.Combine(folder, "run")));
        if (note is null)
        {
            Assert.Contains("story.jsonl, line 3: the conversation has ", streams.Error, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(note, streams.Out, StringComparison.Ordinal);
            streams = new CapturedStreams();
            Assert.Equal(0, streams.Run("train", recipe, "--dry-run", "--json"));
            var plan = JsonElement.Parse(streams.Out);
            Assert.Equal((tooLong == "truncate" ? 1 : 0, tooLong == "drop" ? 1 : 0), (plan.GetProperty("cutConversations").GetInt32(), plan.GetProperty("droppedResponses").GetInt32()));
            Assert.Equal(tooLong == "truncate" ? 1 : 0, plan.GetProperty("lostPrompts").GetInt32());
            Assert.Equal(tooLong == "truncate", ArtefactFolder.ReadManifest(Path.Combine(folder, "run", "model")).CutsResponses);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static void SetRender(JsonObject recipe, params string[] categories)
    {
        foreach (var category in categories)
        {
            recipe["categories"]![category]!["render"] = "text";
        }
    }

    private static ScoreRequest Request(string category)
    {
        var (prompt, response) = PlantedFiles.Conversation(category, kind: true, careless: false);
        return new ScoreRequest([Message.User(prompt)], [Message.Assistant(response)]);
    }

    private static double[] Head(string model)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(Path.Combine(model, "experts", "story", "base", "adapter_model.safetensors"));
        return file.Take("base_model.model.score.weight", [1, 32]).flatten().ToDoubles();
    }

    private static string RewardModelFolder(int labels, out double[] head)
    {
        var folder = TestFolders.Temporary();
        using var scope = NewDisposeScope();
        using var checkpoint = BackboneFolder.Load(PlantedFiles.Backbone, ScalarType.Float32);
        using var random = new Generator(9);
        var head_LD = randn([labels, checkpoint.Backbone.Config.HiddenSize], generator: random) * 0.1;
        head = head_LD.flatten().ToDoubles();
        BackboneFolder.Save(folder, checkpoint.Backbone, scoreHead_LD: head_LD, tokenizerFolder: PlantedFiles.Backbone);
        return folder;
    }

    private static string CopyWithoutTemplate()
    {
        var folder = TestFolders.Copy(PlantedFiles.Backbone, TestFolders.Temporary());
        var path = Path.Combine(folder, "tokenizer_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config.Remove("chat_template");
        File.WriteAllText(path, config.ToJsonString());
        return folder;
    }

    private static void AssertError(Action<JsonObject> change, string sentence)
    {
        var folder = TestFolders.Temporary();
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("train", new PlantedFiles(folder).Write(change: change), "--out", Path.Combine(folder, "run")));
        Assert.Contains(sentence, streams.Error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
