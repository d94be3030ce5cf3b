using System.Text.Json;
using Dmoerm.Aggregation;
using Dmoerm.Artefacts;
using Dmoerm.Backbones;
using Dmoerm.Conversations.Templates;
using Dmoerm.Experts.Adapters;
using Dmoerm.Tests.Conversations;
using Dmoerm.Tests.Experts.Adapters;

namespace Dmoerm.Tests.Cli;

/// <summary><c>import</c> through the command line, of adapters that PEFT wrote.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private static readonly (string Name, string Adapter)[] Experts = [("plain", "a-qv-r8"), ("all", "b-all-linear-r4"), ("root", "c-rslora-r9"), ("dora", "d-dora-r4"), ("patterns", "e-patterns"), ("layers", "i-layers-0-2"), ("regex", "k-regex-targets")];

    private readonly string _folder = TestFolders.Temporary();
    private readonly CapturedStreams _streams = new();

    public ImportCommandTests()
    {
        TestFolders.Copy(PeftReference.BaseOf("a-qv-r8"), Base);
        TinyTokenizer.Write(Base);
        File.WriteAllText(Path.Combine(Base, "chat_template.jinja"), ChatTemplate.PlainChatMl);
    }

    private string Base => Path.Combine(_folder, "base-llama");

    private string Model => Path.Combine(_folder, "model");

    [Fact]
    public void Import_AdaptersOfPeft_GiveItsLogitsWhenServed()
    {
        Import(Experts);
        using var scope = NewDisposeScope();
        using var parts = ArtefactFolder.Read(Model);
        var category = Assert.Single(parts.Categories);
        Assert.Equal(Experts.Select(expert => expert.Name), category.Model.Capabilities);
        using var noGradient = no_grad();
        var output = category.Model.Run(category.Model.Merged.Embed(PeftReference.Ids()), PeftReference.Lengths(), 0);
        foreach (var (place, (_, adapter)) in Experts.Index())
        {
            TensorAssert.Close(output.Reward_BE.select(1, place).to(ScalarType.Float64), PeftReference.Logits(adapter), 0, 2e-5);
        }

        // The base is the folder as it is, with its own head.
        TensorAssert.Close(output.BaseReward_B.to(ScalarType.Float64), PeftReference.BaseLogits("base-llama"), 0, 2e-5);
    }

    [Fact]
    public void Import_WithoutData_IsTheMeanOfTheExpertsAndSaysSo()
    {
        Import(Experts);
        Assert.Contains("No data: the reward is the mean of the experts' own raw rewards", _streams.Out);
        var scored = Score("""{"prompt": "How are you?", "response": "Well."}""", "--explain");
        var rewards = scored.GetProperty("capabilities").EnumerateObject().Select(capability => capability.Value.GetProperty("reward").GetDouble()).ToArray();
        Assert.Equal(rewards.Average(), scored.GetProperty("reward").GetDouble(), 1e-6);
        Assert.Equal(scored.GetProperty("raw").GetDouble(), scored.GetProperty("reward").GetDouble());
        Assert.Equal(JsonValueKind.Null, scored.GetProperty("capabilities").GetProperty("dora").GetProperty("percentile").ValueKind);
        Assert.Equal(rewards[3] / rewards.Length, scored.GetProperty("capabilities").GetProperty("dora").GetProperty("effect").GetDouble(), 1e-6);
    }

    [Fact]
    public void ImportAndExport_Adapters_AreTheSameToTheByte()
    {
        Import(Experts);
        foreach (var (name, adapter) in Experts)
        {
            var (given, weights) = (PeftReference.Folder(adapter), "adapter_model.safetensors");
            var kept = Path.Combine(Model, "experts", "answers", name);
            Assert.Equal(["adapter_config.json", weights], Directory.GetFiles(kept).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.Equal(File.ReadAllBytes(Path.Combine(given, weights)), File.ReadAllBytes(Path.Combine(kept, weights)));
            var output = Path.Combine(_folder, name);
            Assert.True(_streams.Run("export", Model, "--to", "peft", "--category", "answers", "--capability", name, "--out", output, "--base-name", "base-llama") == 0, _streams.Error);
            Assert.Equal(File.ReadAllBytes(Path.Combine(given, weights)), File.ReadAllBytes(Path.Combine(output, weights)));
            Assert.Equal(File.ReadAllText(Path.Combine(given, "adapter_config.json")), File.ReadAllText(Path.Combine(output, "adapter_config.json")));
        }
    }

    [Fact]
    public void Import_Exported_MergedGivesPeftsMergedWeights()
    {
        Import(("dora", "d-dora-r4"));
        var output = Path.Combine(_folder, "merged");
        Assert.True(_streams.Run("export", Model, "--to", "merged", "--category", "answers", "--capability", "dora", "--out", output) == 0, _streams.Error);
        using var scope = NewDisposeScope();
        using var merged = BackboneFolder.Load(output, ScalarType.Float32);
        TensorAssert.Close(PeftReference.Score(merged), PeftReference.Logits("d-dora-r4", "logits_merged"), 0, 2e-5);
    }

    [Fact]
    public void Import_WithData_FitsAndSaysWhatItMeasured()
    {
        var data = WriteData();
        Import(["--data", data, "--json"], ("plain", "a-qv-r8"), ("all", "b-all-linear-r4"));
        var fit = JsonElement.Parse(_streams.Out).GetProperty("fit");
        Assert.Equal((48, 12, 12), (fit.GetProperty("trainingPrompts").GetInt32(), fit.GetProperty("validationPrompts").GetInt32(), fit.GetProperty("preferences").GetInt32()));
        // What is better is what the first expert likes, so a fit must find it.
        Assert.True(fit.GetProperty("agreement").GetDouble() >= 0.9, fit.GetRawText());
        Assert.InRange(fit.GetProperty("baseAgreement").GetDouble(), 0, 1);
        using var parts = ArtefactFolder.Read(Model);
        var category = parts.Categories[0];
        Assert.Equal((AggregatorKind.Rewards, true, 101), (category.Aggregator.Kind, category.Aggregator.UsesBase, category.Calibration.Overall.Quantiles.Count));
        Assert.Equal(["data.jsonl"], category.Source.Data);
        Assert.Contains("- Fitted on 48 prompts. On 12 preferences of 12 others, which stopped the fit, it agrees with ", File.ReadAllText(Path.Combine(Model, "README.md")));

        // The same command gives the same bytes, wherever it writes.
        var again = Path.Combine(_folder, "again");
        Import(again, ["--data", data, "--json"], ("plain", "a-qv-r8"), ("all", "b-all-linear-r4"));
        Assert.All(Directory.GetFiles(Model, "*", SearchOption.AllDirectories), path => Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(again, Path.GetRelativePath(Model, path)))));
    }

    [Fact]
    public void Import_FolderThatIsNoRewardModel_HasNoBaseReward()
    {
        using (var model = BackboneFolder.Load(Base, ScalarType.Float32))
        {
            BackboneFolder.Save(Base, model.Backbone);
        }

        Import(("plain", "a-qv-r8"));
        Assert.Contains("The base folder has no head, so it has no reward of its own.", _streams.Out);
        Assert.Equal(1, _streams.Run("export", Model, "--to", "merged", "--category", "answers", "--out", Path.Combine(_folder, "no")));
        Assert.Contains("was imported on a base without a head", _streams.Error);
    }

    [Fact]
    public void Import_AdapterThatNamesAnotherBase_IsSaid()
    {
        var folder = ChangedAdapter.Write("a-qv-r8", json => json["base_model_name_or_path"] = "/somewhere/secret/other-model");
        Run(Model, [], ("plain", folder));
        Assert.Contains("Expert 'plain' names other-model as its base, and was put on base-llama", _streams.Out);
        Assert.DoesNotContain("secret", File.ReadAllText(Path.Combine(Model, "experts", "answers", "plain", "adapter_config.json")));
        Assert.Equal(0, _streams.Run("inspect", Model, "--verify"));
    }

    [Theory]
    [InlineData("expected NAME=FOLDER, came 'plain'", "--expert", "plain")]
    [InlineData("no such folder; a PEFT adapter was expected there", "--expert", "plain=nowhere")]
    [InlineData("expected a name of letters, digits", "--expert", "../plain=x")]
    [InlineData("expected another name (the category's base is kept under this one)", "--expert", "base=x")]
    [InlineData("expected names that differ by more than case", "--expert", "a=x", "--expert", "A=y")]
    [InlineData("expected at least 1", "--expert", "a=x", "--max-tokens", "0")]
    [InlineData("--expert", "--chat-template", "none")]
    public void Import_WrongUse_IsNamed(string expected, params string[] arguments)
    {
        Assert.NotEqual(0, _streams.Run(["import", "--base", Base, "--category", "answers", "--out", Model, .. arguments]));
        Assert.Contains(expected, _streams.Error);
        Assert.False(Path.Exists(Model) || Path.Exists(Model + ".partial"));
    }

    [Fact]
    public void Import_AdapterForAnotherBase_NamesTheTensor()
    {
        var folder = ChangedAdapter.Write("a-qv-r8", tensors: (name, tensor) => (name, name == ChangedAdapter.FirstA ? tensor.repeat(1, 2) : tensor));
        Assert.Equal(1, _streams.Run("import", "--base", Base, "--category", "answers", "--out", Model, "--expert", $"plain={folder}"));
        Assert.Contains("layers.0.self_attn.q_proj.lora_A.weight has shape [8, 128], expected [8, 64]", _streams.Error);
    }

    [Fact]
    public void Import_DateAndVariables_ReachTheTemplateAndStayWithTheModel()
    {
        const string turns = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}";
        const string line = """{"prompt": "How are you?", "response": "Well."}""";
        double Reward(string name, string head, params string[] options)
        {
            var template = Path.Combine(_folder, name + ".jinja");
            File.WriteAllText(template, head + turns);
            var model = Path.Combine(_folder, name);
            Import(model, ["--chat-template", template, .. options], ("plain", "a-qv-r8"));
            Assert.True(_streams.Run(line + "\n", ["score", model]) == 0, _streams.Error);
            return JsonElement.Parse(_streams.Out).GetProperty("reward").GetDouble();
        }

        const string head = "{{ strftime_now('%d.%m.%Y') }}{% if strict %}strict{% endif %}{{ level + 1 }}{{ tone }}";
        string[] options = ["--date", "2026-07-31", "--template-var", "strict=true", "--template-var", "level=3", "--template-var", "tone=a=b"];
        var told = Reward("told", head, options);
        Assert.Equal(Reward("written", "31.07.2026strict4a=b"), told, 1e-6);
        Assert.NotEqual(Reward("otherwise", head, [.. options[..2], "--template-var", "strict=false", .. options[4..]]), told);
        Assert.NotEqual(Reward("later", head, ["--date", "2026-08-01", .. options[2..]]), told);

        var kept = ArtefactFolder.ReadManifest(Path.Combine(_folder, "told")).Template!;
        Assert.Equal(new DateTime(2026, 7, 31), kept.Date);
        Assert.Equal(["level", "strict", "tone"], kept.Variables.Keys.Order(StringComparer.Ordinal));
        // A model that says itself how it is used cannot be told otherwise.
        Assert.Equal(2, _streams.Run(line, ["score", Path.Combine(_folder, "told"), "--date", "2026-08-01"]));
    }

    [Theory]
    [InlineData("--date must be a day such as 2026-07-31, not '31.07.2026'", "--date", "31.07.2026")]
    [InlineData("--template-var: expected NAME=VALUE, came 'strict'", "--template-var", "strict")]
    [InlineData("--template-var: 'a' is given twice", "--template-var", "a=1", "--template-var", "a=2")]
    [InlineData("A chat template is given 'messages' anyway, so no variable can have this name.", "--template-var", "messages=1")]
    public void Import_DateOrVariableThatIsNone_IsRefused(string expected, params string[] options)
    {
        Assert.NotEqual(0, _streams.Run(["import", "--base", Base, "--category", "answers", "--out", Model, "--expert", $"plain={PeftReference.Folder("a-qv-r8")}", .. options]));
        Assert.Contains(expected, _streams.Error);
        Assert.False(Path.Exists(Model) || Path.Exists(Model + ".partial"));
    }

    [Fact]
    public void Import_TemplateThatReadsTheClock_NeedsADate()
    {
        var template = Path.Combine(_folder, "clock.jinja");
        File.WriteAllText(template, "{{ strftime_now('%Y') }}{{ messages[0].content }}");
        Assert.Equal(1, _streams.Run("import", "--base", Base, "--category", "answers", "--out", Model, "--expert", $"plain={PeftReference.Folder("a-qv-r8")}", "--chat-template", template));
        Assert.Contains(template, _streams.Error);
        Assert.Contains("date", _streams.Error);
        Assert.False(Path.Exists(Model) || Path.Exists(Model + ".partial"));
    }

    [Fact]
    public void Import_TokenizerOfAnotherModel_IsRefused()
    {
        File.Copy(Path.Combine(TestFolders.Root, "recipes", "debug", "backbone", "tokenizer.json"), Path.Combine(Base, "tokenizer.json"), overwrite: true);
        Assert.Equal(1, _streams.Run("import", "--base", Base, "--category", "answers", "--out", Model, "--expert", $"plain={PeftReference.Folder("a-qv-r8")}"));
        Assert.Contains("and the model's ids are 0 to 319: the two do not belong together.", _streams.Error);
        Assert.False(Path.Exists(Model) || Path.Exists(Model + ".partial"));
    }

    [Fact]
    public void Import_OverSomething_IsRefused()
    {
        Directory.CreateDirectory(Model);
        Assert.Equal(1, _streams.Run("import", "--base", Base, "--category", "answers", "--out", Model, "--expert", $"plain={PeftReference.Folder("a-qv-r8")}"));
        Assert.Contains("exists already; an import is never written over something", _streams.Error);
        Assert.Empty(Directory.GetFileSystemEntries(Model));
    }

    [Fact]
    public void Import_AfterOneThatWasKilled_KeepsNothingOfIt()
    {
        var partial = Directory.CreateDirectory(Model + ".partial").FullName;
        File.WriteAllText(Path.Combine(partial, "left.txt"), "of the other one");
        Import(Experts[..1]);
        Assert.False(File.Exists(Path.Combine(Model, "left.txt")));
        Assert.False(Directory.Exists(partial));
    }

    [Fact]
    public void TrainFrom_ImportedModel_SaysWhyItCannotGrow()
    {
        Import(("plain", "a-qv-r8"));
        var recipe = Path.Combine(_folder, "recipe.json");
        File.WriteAllText(recipe, JsonSerializer.Serialize(new { name = "more", backbone = new { folder = Base }, categories = new { others = new { data = (string[])["x.jsonl"] } } }));
        Assert.Equal(1, _streams.Run("train", recipe, "--from", Model, "--out", Path.Combine(_folder, "run")));
        Assert.Contains("does not say what its category 'answers' was trained from (it was imported", _streams.Error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Import(params (string Name, string Adapter)[] experts) => Import([], experts);

    private void Import(string[] more, params (string Name, string Adapter)[] experts) => Import(Model, more, experts);

    private void Import(string output, string[] more, params (string Name, string Adapter)[] experts) => Run(output, more, [.. experts.Select(expert => (expert.Name, PeftReference.Folder(expert.Adapter)))]);

    private void Run(string output, string[] more, params (string Name, string Folder)[] experts) => Assert.True(
        _streams.Run(["import", "--base", Base, "--category", "answers", "--out", output, .. more, .. experts.SelectMany(expert => (string[])["--expert", $"{expert.Name}={expert.Folder}"])]) == 0, _streams.Error);

    private JsonElement Score(string line, params string[] more)
    {
        Assert.True(_streams.Run(line + "\n", ["score", Model, .. more]) == 0, _streams.Error);
        return JsonElement.Parse(_streams.Out);
    }

    // Pairs whose better side is the one that adapter a rewards more.
    private string WriteData()
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(Base, ScalarType.Float32);
        var merged = PeftFolder.Read(PeftReference.Folder("a-qv-r8")).Merge(model);
        var tokenizer = Dmoerm.Conversations.Tokenizers.Tokenizer.Load(Base);
        double Reward(string prompt, string response)
        {
            var ids = tokenizer.Encode($"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n{response}<|im_end|>\n").Select(id => (long)id).ToArray();
            var pooled_1D = merged.Backbone.Pool(merged.Backbone.Embed(tensor(ids, 1, ids.Length)), tensor((long[])[ids.Length]), 0)[0];
            return matmul(pooled_1D, merged.ScoreHead_LD!.transpose(0, 1)).item<float>();
        }

        var path = Path.Combine(_folder, "data.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, 60).Select(row =>
        {
            var (prompt, first, second) = ($"Question {row}?", $"Yes, {row * 7 % 10}.", $"No: {row * 3 % 10}!");
            var isFirst = Reward(prompt, first) > Reward(prompt, second);
            return JsonSerializer.Serialize(new { prompt, chosen = isFirst ? first : second, rejected = isFirst ? second : first });
        }));
        return path;
    }
}
