using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary><c>score</c> and <c>eval</c> with models that others trained: what they complain about, and what is refused.</summary>
public sealed class ForeignModelTests(TinyModelFolder tiny) : IClassFixture<TinyModelFolder>
{
    private const string Text = """{"id": "a", "prompt": "tell me a story", "response": "once upon a time"}""";
    private const string Ids = """{"input_ids": [1, 31, 66, 115, 0]}""";

    [Fact]
    public void Score_SeveralOutputs_AreAttributesAndWeightsMakeOneReward()
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls-5");
        folder.Json("config.json", config => config["id2label"] = new JsonObject { ["0"] = "help", ["1"] = "fact", ["2"] = "a=b", ["3"] = "short", ["4"] = "safe" });
        var plain = Score(folder.Path, [Ids])[0];
        var attributes = plain.GetProperty("attributes").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetDouble());
        Assert.Equal(["help", "fact", "a=b", "short", "safe"], attributes.Keys);
        Assert.Equal(["attributes", "tokens", "truncated"], plain.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        var weighed = Score(folder.Path, [Ids], "--weights", "help=0.5,short=-2", "--weights", "a=b=1")[0];
        Assert.Equal(0.5 * attributes["help"] - 2 * attributes["short"] + attributes["a=b"], weighed.GetProperty("reward").GetDouble(), 1e-9);
        Assert.Equal(plain.GetProperty("attributes").GetRawText(), weighed.GetProperty("attributes").GetRawText());
        AssertUsage("The model has no attribute 'hlep' to weigh; it has help, fact, a=b, short, safe.", folder.Path, "--weights", "hlep=1");
        AssertUsage("--weights: 'x' for help is not a number.", folder.Path, "--weights", "help=x");
        AssertUsage("--weights: 'help' is given twice.", folder.Path, "--weights", "help=1,help=2");
    }

    [Fact]
    public void Score_WeightsOfOneOutput_AreRefused() =>
        AssertUsage("Weights are for a model of several outputs; this one has one (LABEL_0), which is the reward.", TestFolders.Fixture("models", "llama", "seqcls"), "--weights", "LABEL_0=1");

    [Fact]
    public void Eval_SeveralOutputs_NeedWeights()
    {
        using var folder = ForeignFolder.WithText(labels: 2);
        var data = tiny.File("""{"category": "x", "prompt": "p", "chosen": "once upon a time", "rejected": "no"}""");
        var streams = new CapturedStreams();
        Assert.Equal(2, streams.Run("eval", folder.Path, "--data", data));
        Assert.Contains("error: The model gives 2 attributes and no reward: LABEL_0, LABEL_1.", streams.Error, StringComparison.Ordinal);
        var scored = Score(folder.Path, [File.ReadAllText(data).Trim()], "--weights", "LABEL_1=1")[0].GetProperty("rewards");
        Assert.Equal(0, streams.Run("eval", folder.Path, "--data", data, "--weights", "LABEL_1=1", "--json"));
        var report = JsonElement.Parse(streams.Out);
        Assert.Equal(scored[0].GetDouble() > scored[1].GetDouble() ? 1 : 0, report.GetProperty("agreement").GetDouble());
        Assert.Equal(report.GetProperty("agreement").GetDouble(), report.GetProperty("categories").GetProperty("x").GetProperty("agreement").GetDouble());
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (report.GetProperty("router").ValueKind, report.GetProperty("calibration").ValueKind));
        Assert.Empty(report.GetProperty("notes").EnumerateArray());
        Assert.Equal(0, streams.Run("eval", folder.Path, "--data", data, "--weights", "LABEL_1=-1", "--json"));
        Assert.Equal(1 - report.GetProperty("agreement").GetDouble(), JsonElement.Parse(streams.Out).GetProperty("agreement").GetDouble());
    }

    [Fact]
    public void Score_Texts_AreWhatTokenIdsOfTheSameConversationGive()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        var encoder = new ConversationEncoder(ChatTemplate.Load(folder.Path), Tokenizer.Load(folder.Path), new EncodingOptions());
        foreach (var (rendering, option) in new[] { (Rendering.Chat, "chat"), (Rendering.Text, "text") })
        {
            var ids = encoder.Encode([Message.User("tell me a story")], [Message.Assistant("once upon a time")], "", rendering)!.Ids;
            var lines = Score(folder.Path, [Text, $$"""{"input_ids": [{{string.Join(", ", ids)}}]}"""], "--render", option);
            Assert.Equal(lines[0].GetProperty("reward").GetDouble(), lines[1].GetProperty("reward").GetDouble(), 1e-6);
            Assert.Equal(ids.Length, lines[0].GetProperty("tokens").GetInt32());
        }
    }

    [Fact]
    public void Score_Artefact_TakesTokenIdsOfANamedCategory()
    {
        var source = Path.Combine(tiny.Folder, "backbone");
        var encoder = new ConversationEncoder(ChatTemplate.Load(source), Tokenizer.Load(source), new EncodingOptions());
        var ids = string.Join(", ", encoder.Encode([Message.User("tell me a story")], [Message.Assistant("once upon a time")], "")!.Ids);
        var lines = Score(tiny.Model, [Text, $$"""{"input_ids": [{{ids}}]}"""], "--category", "stories");
        Assert.Equal(lines[0].GetProperty("reward").GetDouble(), lines[1].GetProperty("reward").GetDouble(), 1e-6);
        AssertError("input_ids do not say where the prompt ends, which the router reads: name a category (stories, answers).", tiny.Model, $$"""{"input_ids": [{{ids}}]}""");
    }

    [Theory]
    [InlineData("""{"input_ids": []}""", "expected 1 to 512 input_ids, which are taken as they are and never cut; came 0.")]
    [InlineData("""{"input_ids": [1, 256]}""", "input_ids[1] is 256; the model's ids are 0 to 255.")]
    [InlineData("""{"input_ids": [1, -1]}""", "input_ids[1] is -1; the model's ids are 0 to 255.")]
    [InlineData("""{"input_ids": [[1], [2]]}""", "field 'input_ids': expected a list of whole numbers, came ")]
    [InlineData("""{"input_ids": [1.5]}""", "field 'input_ids': expected a list of whole numbers, came ")]
    [InlineData("""{"input_ids": [1], "prompt": "p", "response": "r"}""", "expected one of the fields 'input_ids' and 'prompt', came both.")]
    [InlineData("""{"input_ids": [1, 2, 3], "attention_mask": [1, 0, 1]}""", "field 'attention_mask': expected a list of 3 numbers, one run of 1 with 0 before or after it, came ")]
    [InlineData("""{"input_ids": [1, 2, 3], "attention_mask": [1, 1]}""", "field 'attention_mask': expected a list of 3 numbers")]
    [InlineData("""{"input_ids": [1, 2], "attention_mask": [0, 0]}""", "field 'attention_mask': expected a list of 2 numbers")]
    public void Score_TokenIdsThatCannotBe_AreRefused(string line, string sentence) => AssertError(sentence, TestFolders.Fixture("models", "llama", "seqcls"), line);

    [Fact]
    public void Score_Length_IsTheFoldersUnlessGiven()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        var line = $$"""{"prompt": "{{string.Join(' ', Enumerable.Repeat("word", 400))}}", "response": "yes"}""";
        Assert.Equal(JsonValueKind.False, Score(folder.Path, [Text])[0].GetProperty("truncated").ValueKind);
        var cut = Score(folder.Path, [line], "--max-tokens", "40")[0];
        Assert.Equal("prompt", cut.GetProperty("truncated").GetString());
        Assert.InRange(cut.GetProperty("tokens").GetInt32(), 30, 40);
        Assert.InRange(Score(folder.Path, [line])[0].GetProperty("tokens").GetInt32(), 400, 512);
        AssertError("expected 1 to 3 input_ids", TestFolders.Fixture("models", "llama", "seqcls"), Ids, "--max-tokens", "3");
    }

    [Theory]
    [InlineData("score", true)]
    [InlineData("score", false)]
    [InlineData("value_head", true)]
    [InlineData("value_head", false)]
    public void Score_OpenRlhfFolder_NormalisesAsItSaysAndReadsTheLastToken(string head, bool normalise)
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        folder.Rename("score.weight", $"{head}.weight");
        folder.Json("config.json", config =>
        {
            config["architectures"] = new JsonArray("RewardModel");
            config.Remove("id2label");
            config["value_head_prefix"] = head;
            (config["mean"], config["std"], config["normalize_reward"]) = (0.75, 2.5, normalise);
        });
        var expected = Score(TestFolders.Fixture("models", "llama", "seqcls"), [Ids], "--pooling", "last")[0].GetProperty("raw").GetDouble();
        var found = Score(folder.Path, [Ids])[0];
        Assert.Equal(expected, found.GetProperty("raw").GetDouble(), 1e-9);
        Assert.Equal(normalise ? (expected - 0.75) / 2.5 : expected, found.GetProperty("reward").GetDouble(), 1e-9);
    }

    [Fact]
    public void Score_OpenRlhfNumbersThatCannotBe_AreRefused()
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        folder.Json("config.json", config => config["mean"] = 1);
        AssertError("fields 'mean' and 'std' should be two numbers, std above 0; came 1 and none", folder.Path, Ids);
        folder.Json("config.json", config => config["std"] = 0);
        AssertError("came 1 and 0", folder.Path, Ids);
    }

    [Theory]
    [InlineData("LlamaForSequenceClassification")]
    [InlineData("LlamaForCausalLM")]
    public void Score_HeadMissing_IsRefusedUnlessANewOneIsAskedFor(string architecture)
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Rename("score.weight", null);
        folder.Json("config.json", config => config["architectures"] = new JsonArray(architecture));
        AssertError("there is no head (score.weight) to score with; a new one is random, and its rewards mean nothing before it is trained", folder.Path, Text);
        var streams = new CapturedStreams();
        Assert.Equal(0, streams.Run(Text, ["score", folder.Path, "--new-head"]));
        Assert.Contains("warning: ", streams.Error, StringComparison.Ordinal);
        Assert.Contains("its head is new, drawn from seed 0: rewards mean nothing before it is trained.", streams.Error, StringComparison.Ordinal);
        var first = streams.Out;
        Assert.NotEqual(0, JsonElement.Parse(first).GetProperty("reward").GetDouble());
        streams.Run(Text, ["score", folder.Path, "--new-head"]);
        Assert.Equal(first, streams.Out);
        AssertUsage("has a head; a new one (--new-head) is for a folder without.", TestFolders.Fixture("models", "llama", "seqcls"), "--new-head");
    }

    [Fact]
    public void Score_HeadOfAnotherSize_IsRefused()
    {
        // A causal model that was made a classifier without a word has two outputs.
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        folder.Json("config.json", config => config.Remove("id2label"));
        AssertError("tensor 'score.weight' has shape [1, 64]; config.json asks for [2, 64].", folder.Path, Ids);
        folder.Json("config.json", config => config["id2label"] = new JsonObject { ["1"] = "x" });
        AssertError("field 'id2label' should name outputs 0 to 0, but lacks 0.", folder.Path, Ids);
    }

    [Fact]
    public void Score_HeadThatIsNotKnown_IsRefused()
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        File.WriteAllText(folder.At("value_head.safetensors"), "");
        AssertError("a head outside the model's own files (as LLaMA-Factory and TRL's value heads are stored) is not read", folder.Path, Ids);
        File.Delete(folder.At("value_head.safetensors"));
        foreach (var other in new[] { "LlamaForRewardModelWithGating", "CriticModel" })
        {
            folder.Json("config.json", config => config["architectures"] = new JsonArray(other));
            AssertError($"the architecture '{other}' has a head that is not known here", folder.Path, Ids);
        }
    }

    [Fact]
    public void Score_Pickle_IsRefusedWithTheReason()
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        File.Move(folder.At("model.safetensors"), folder.At("pytorch_model.bin"));
        AssertError("pytorch_model.bin can run code when read and is refused", folder.Path, Ids);
    }

    [Fact]
    public void Score_AdapterWithoutHeadOnALanguageModel_IsRefused()
    {
        using var model = ForeignFolder.Of("adapters", "base-llama");
        model.Rename("score.weight", null);
        model.Json("config.json", config => config["architectures"] = new JsonArray("LlamaModel"));
        AssertError("j-no-task-type: there is no head (score.weight) to score with", TestFolders.Fixture("adapters", "j-no-task-type"), Ids, "--base", model.Path);
        Score(TestFolders.Fixture("adapters", "j-no-task-type"), [Ids], "--base", model.Path, "--new-head");
        // An adapter with a head of its own needs none of the base.
        var whole = Score(TestFolders.Fixture("adapters", "a-qv-r8"), [Ids], "--base", TestFolders.Fixture("adapters", "base-llama"))[0];
        Assert.Equal(whole.GetRawText(), Score(TestFolders.Fixture("adapters", "a-qv-r8"), [Ids], "--base", model.Path)[0].GetRawText());
    }

    [Fact]
    public void Score_BaseOfAnAdapter_MustBeTheRightFolder()
    {
        var adapter = TestFolders.Fixture("adapters", "a-qv-r8");
        AssertError("its base model 'base-llama' is not a folder here; name one (--base FOLDER).", adapter, Ids);
        AssertError("nowhere: no such folder; the adapter's base model was expected there.", adapter, Ids, "--base", "nowhere");
        AssertError("adapter_model.safetensors", adapter, Ids, "--base", PlantedFiles.Backbone);
        AssertUsage("is no PEFT adapter, so it sits on no base (--base).", TestFolders.Fixture("adapters", "base-llama"), "--base", adapter);
        using var copy = ForeignFolder.Of("adapters", "a-qv-r8");
        copy.Json("adapter_config.json", config => config["base_model_name_or_path"] = TestFolders.Fixture("adapters", "base-llama"));
        Assert.Equal(Score(adapter, [Ids], "--base", TestFolders.Fixture("adapters", "base-llama"))[0].GetRawText(), Score(copy.Path, [Ids])[0].GetRawText());
    }

    [Fact]
    public void Score_AdapterWithAHeadOfAnotherSize_IsForAnotherBase()
    {
        using var copy = ForeignFolder.Of("adapters", "base-llama");
        using (var scope = NewDisposeScope())
        {
            List<(string, Tensor)> tensors = [];
            using (var file = SafetensorsFile.Open(copy.At("model.safetensors")))
            {
                tensors.AddRange(file.Entries.Keys.Select(name => (name, name == "score.weight" ? cat([file.Read(name), file.Read(name)], 0) : file.Read(name))));
            }

            SafetensorsFile.Write(copy.At("model.safetensors"), tensors);
        }

        copy.Json("config.json", config => config["id2label"] = new JsonObject { ["0"] = "x", ["1"] = "y" });
        AssertError($"its head has 1 outputs, that of its base {copy.Path} has 2: the adapter is for another base.", TestFolders.Fixture("adapters", "a-qv-r8"), Ids, "--base", copy.Path);
    }

    [Fact]
    public void Score_FolderWithoutTemplate_NeedsOne()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        var expected = Score(folder.Path, [Text])[0].GetProperty("reward").GetDouble();
        folder.Json("tokenizer_config.json", config => config.Remove("chat_template"));
        AssertError("no chat_template.jinja, and no chat_template in tokenizer_config.json: name a file (--chat-template), or have conversations rendered as plain texts (--render text).", folder.Path, Text);
        Score(folder.Path, [Text], "--render", "text");
        var template = tiny.File();
        File.WriteAllText(template, ChatTemplate.PlainChatMl);
        Assert.Equal(expected, Score(folder.Path, [Text], "--chat-template", template)[0].GetProperty("reward").GetDouble(), 1e-9);
        AssertError("nowhere.jinja: no such file; a chat template was expected there.", folder.Path, Text, "--chat-template", "nowhere.jinja");
        AssertError("nowhere: no such folder; expected a trained model, a Hugging Face folder or a PEFT adapter.", Path.Combine(folder.Path, "nowhere"), Text);
    }

    [Fact]
    public void Score_TemplateVariablesAndDate_ReachTheTemplate()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        // Each branch prints another text, so each gives another reward; JSON values keep their type.
        File.WriteAllText(folder.At("chat_template.jinja"), """
            {%- if thinking is defined and thinking is false %}advice {% elif thinking == 'deep' %}story story {% endif %}{{ strftime_now('%Y-%m-%d') }}{% for message in messages %}{{ message.content }}{% endfor %}
            """);
        var plain = Score(folder.Path, [Text], "--date", "2026-07-31")[0];
        File.WriteAllText(folder.At("same.jinja"), "2026-07-31{% for message in messages %}{{ message.content }}{% endfor %}");
        Assert.Equal(plain.GetRawText(), Score(folder.Path, [Text], "--chat-template", folder.At("same.jinja"))[0].GetRawText());
        string[] different = [.. new[] { new[] { "thinking=false" }, ["thinking=\"deep\""], ["thinking=deep"], ["thinking=\"false\""] }
            .Select(variables => Score(folder.Path, [Text], ["--date", "2026-07-31", "--template-var", .. variables])[0].GetRawText())];
        Assert.NotEqual(plain.GetRawText(), different[0]);
        Assert.NotEqual(different[0], different[1]);
        Assert.Equal(different[1], different[2]);
        Assert.Equal(plain.GetRawText(), different[3]);
        Assert.NotEqual(plain.GetRawText(), Score(folder.Path, [Text], "--date", "1999-01-02")[0].GetRawText());
        Assert.Equal(Score(folder.Path, [Text])[0].GetRawText(), Score(folder.Path, [Text], "--date", DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))[0].GetRawText());
    }

    [Fact]
    public void Score_OptionsThatDoNotFit_AreWrongUse()
    {
        AssertUsage("--pooling is for reward models from elsewhere;", tiny.Model, "--pooling", "last");
        AssertUsage("--new-head is for reward models from elsewhere;", tiny.Model, "--new-head");
        var classifier = TestFolders.Fixture("models", "llama", "seqcls");
        AssertUsage("--explain shows what a trained model's experts say; a model from elsewhere has none.", classifier, "--explain");
        AssertUsage("The model has no category 'x'; it has none.", classifier, "--category", "x");
        AssertUsage("--date must be a day such as 2026-07-31, not 'today'.", classifier, "--date", "today");
        AssertUsage("--template-var: expected NAME=VALUE, came 'thinking'.", classifier, "--template-var", "thinking");
    }

    [Fact]
    public void Score_CategoryOfALine_DoesNotMatterToAModelWithout()
    {
        var classifier = TestFolders.Fixture("models", "llama", "seqcls");
        var lines = Score(classifier, [Ids, Ids.Replace("{", """{"category": "stories", "id": 7, """, StringComparison.Ordinal)]);
        Assert.Equal(lines[0].GetProperty("reward").GetDouble(), lines[1].GetProperty("reward").GetDouble(), 1e-6);
        Assert.Equal("7", lines[1].GetProperty("id").GetRawText());
    }

    [Fact]
    public void Train_ClassifierWithoutHead_IsRefusedUnlessToldToStartAnew()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        folder.Rename("score.weight", null);
        using var run = new DisposableFolder();
        var recipe = new PlantedFiles(run.Path).Write();
        File.WriteAllText(recipe, Change(File.ReadAllText(recipe), folder.Path));
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("train", recipe, "--dry-run"));
        Assert.Contains("it is a classifier (LlamaForSequenceClassification) without its head, score.weight; with backbone.newHead: true the recipe starts from a new head.", streams.Error, StringComparison.Ordinal);
    }

    private static string Change(string recipe, string folder)
    {
        var json = JsonNode.Parse(recipe)!;
        json["backbone"]!["folder"] = folder;
        return json.ToJsonString();
    }

    private static JsonElement[] Score(string folder, string[] lines, params string[] options)
    {
        var streams = new CapturedStreams();
        Assert.True(streams.Run(string.Join('\n', lines), ["score", folder, .. options]) == 0, streams.Error);
        return [.. streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private static void AssertError(string sentence, string folder, string line, params string[] options) => AssertFails(1, sentence, folder, line, options);

    private static void AssertUsage(string sentence, string folder, params string[] options) => AssertFails(2, sentence, folder, Ids, options);

    private static void AssertFails(int code, string sentence, string folder, string line, string[] options)
    {
        var streams = new CapturedStreams();
        Assert.Equal((code, ""), (streams.Run(line, ["score", folder, .. options]), streams.Out));
        var error = Assert.Single(streams.Error.Split('\n'), text => text.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", error, StringComparison.Ordinal);
    }

    private sealed class DisposableFolder : IDisposable
    {
        public string Path { get; } = TestFolders.Temporary();

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
