using System.Text.Json;
using Dmoerm.Backbones.Updates;
using Dmoerm.Backbones.Weights;
using Dmoerm.Experts;
using Dmoerm.Experts.Adapters;
using Dmoerm.Tests.Artefacts;
using Dmoerm.Tests.Artefacts.Exports;

namespace Dmoerm.Tests.Cli;

/// <summary><c>export</c> through the command line.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();
    private readonly CapturedStreams _streams = new();

    public static TheoryData<int, int, bool> Shapes { get; } = new(
        from low in (int[])[1, 3] from high in (int[])[1, 2, 3] from whole in (bool[])[false, true] where !(whole && low == 3) select (low, high, whole));

    private string Out => Path.Combine(_folder, "out");

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Export_Expert_GivesItsOwnRewardAlone(int low, int high, bool whole)
    {
        var model = Model(low, high, whole);
        Export(model, "--to", "peft", "--category", "stories", "--capability", "plot", "--out", Out);
        var loadOn = whole ? Path.Combine(model, "experts", "stories", "base") : Path.Combine(model, "backbone");
        Assert.Contains($"Load it with PEFT on {loadOn} (one label); for batches set its pad_token_id to 257 (<|im_start|>), in which no conversation ends.", _streams.Out);
        var own = ExportedFolder.Own(model, "stories", "plot");
        ExportedFolder.AssertClose(own, ExportedFolder.Adapter(Out, loadOn));
        var config = ExportedFolder.Json(Out, "adapter_config.json");
        var rank = whole ? 2 : 5;
        Assert.Equal((rank, (double)rank, "SEQ_CLS", loadOn), (config.GetProperty("r").GetInt32(), config.GetProperty("lora_alpha").GetDouble(), config.GetProperty("task_type").GetString(), config.GetProperty("base_model_name_or_path").GetString()));
        Assert.Equal(["score"], config.GetProperty("modules_to_save").EnumerateArray().Select(name => name.GetString()));

        var merged = Path.Combine(_folder, "merged");
        Export(model, "--to", "merged", "--category", "stories", "--capability", "plot", "--out", merged);
        ExportedFolder.AssertClose(own, ExportedFolder.Classifier(merged));
    }

    [Fact]
    public void Export_Base_IsAClassifierAndSaysWhatStaysBehind()
    {
        var model = Model(2, 1);
        Export(model, "--to", "merged", "--category", "stories", "--out", Out);
        Assert.Contains("its experts (style, plot) and the aggregator that joins them stay behind", _streams.Out);
        ExportedFolder.AssertClose(ExportedFolder.Own(model, "stories", null), ExportedFolder.Classifier(Out));
        var adapter = Path.Combine(_folder, "adapter");
        Export(model, "--to", "peft", "--category", "stories", "--out", adapter);
        // The base's adapter goes out as it lies in the model.
        Assert.Equal(File.ReadAllBytes(Path.Combine(model, "experts", "stories", "base", "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(adapter, "adapter_model.safetensors")));
    }

    [Fact]
    public void Export_WholeBase_IsMergedOnly()
    {
        var model = Model(1, 1, whole: true);
        Export(model, "--to", "merged", "--category", "stories", "--out", Out);
        ExportedFolder.AssertClose(ExportedFolder.Own(model, "stories", null), ExportedFolder.Classifier(Out));
        Fails("adapt: full), so its base is no adapter: export it merged", model, "--to", "peft", "--category", "stories", "--out", Path.Combine(_folder, "no"));
    }

    [Fact]
    public void Export_Merged_SaysWhatServersNeed()
    {
        var model = Model(2, 1);
        Export(model, "--to", "merged", "--category", "stories", "--capability", "style", "--out", Out, "--json");
        var report = JsonElement.Parse(_streams.Out);
        Assert.Equal(("<|im_start|>", 6), (report.GetProperty("padToken").GetString(), report.GetProperty("compared").GetInt32()));
        var config = ExportedFolder.Json(Out, "config.json");
        Assert.Equal("LlamaForSequenceClassification", config.GetProperty("architectures")[0].GetString());
        Assert.Equal("""{"0":"style"}""", config.GetProperty("id2label").GetRawText().ReplaceLineEndings("").Replace(" ", ""));
        Assert.Equal(("regression", 257, "score", false), (config.GetProperty("problem_type").GetString(), config.GetProperty("pad_token_id").GetInt32(), config.GetProperty("value_head_prefix").GetString(), config.GetProperty("normalize_reward").GetBoolean()));
        Assert.Equal((1, "2 3"), (config.GetProperty("bos_token_id").GetInt32(), string.Join(' ', config.GetProperty("eos_token_id").EnumerateArray())));
        // The scale of -1, 0 and 1.
        Assert.Equal((0.0, Math.Sqrt(2.0 / 3)), (config.GetProperty("mean").GetDouble(), config.GetProperty("std").GetDouble()));
        Assert.Equal("<|im_start|>", ExportedFolder.Json(Out, "tokenizer_config.json").GetProperty("pad_token").GetString());
        Assert.Equal(["chat_template.jinja", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(model, "backbone", "chat_template.jinja")), File.ReadAllBytes(Path.Combine(Out, "chat_template.jinja")));
        using var file = SafetensorsFile.Open(Path.Combine(Out, "model.safetensors"));
        Assert.All(file.Entries.Values, entry => Assert.Equal(ScalarType.Float32, entry.Type));
    }

    [Fact]
    public void Export_BackboneThatPadsWithWhatEndsConversations_TakesAnotherToken()
    {
        var model = Model(2, 1);
        // What every conversation of this template ends in.
        Fails("cannot pad: conversations end in it", model, "--to", "merged", "--category", "stories", "--out", Out, "--pad", ((char)0x10A).ToString());
        Export(model, "--to", "merged", "--category", "stories", "--out", Out, "--pad", "<|im_end|>");
        Assert.Equal(258, ExportedFolder.Json(Out, "config.json").GetProperty("pad_token_id").GetInt32());
    }

    [Fact]
    public void Export_ReadBackAndWrittenAgain_HasTheSameTensors()
    {
        using var scope = NewDisposeScope();
        var model = Model(2, 1);
        Export(model, "--to", "peft", "--category", "stories", "--capability", "plot", "--out", Out, "--base-name", "org/name");
        using var backbone = Dmoerm.Backbones.BackboneFolder.Load(Path.Combine(model, "backbone"), ScalarType.Float32);
        var adapter = PeftFolder.Read(Out).On(backbone.Backbone);
        Assert.Equal("org/name", adapter.Folder.Settings.BaseModel);
        using var file = SafetensorsFile.Open(Path.Combine(Out, "adapter_model.safetensors"));
        foreach (var ((layer, target), update) in adapter.Updates.Updates)
        {
            var name = $"base_model.model.model.layers.{layer}.{target.ModulePath()}";
            Assert.True(file.Read($"{name}.lora_A.weight").Equals(update.A_ERI[0]) && file.Read($"{name}.lora_B.weight").Equals(update.B_EOR[0]), name);
        }

        Assert.True(file.Read("base_model.model.score.weight").Equals(adapter.Head_LD!));
        Assert.Equal(2 * adapter.Updates.Updates.Count() + 1, file.Entries.Count);
    }

    [Fact]
    public void Export_ArtefactsOwnFolders_AreAdaptersOfPeft()
    {
        using var scope = NewDisposeScope();
        var model = Model(2, 1);
        using var backbone = Dmoerm.Backbones.BackboneFolder.Load(Path.Combine(model, "backbone"), ScalarType.Float32);
        var merged = PeftFolder.Read(Path.Combine(model, "experts", "stories", "base")).Merge(backbone);
        var expert = PeftFolder.Read(Path.Combine(model, "experts", "stories", "style")).Merge(merged);
        var folder = Path.Combine(_folder, "by-hand");
        Dmoerm.Backbones.BackboneFolder.Save(folder, expert.Backbone, scoreHead_LD: expert.ScoreHead_LD);
        ExportedFolder.AssertClose(ExportedFolder.Own(model, "stories", "style"), ExportedFolder.Classifier(folder));
    }

    [Theory]
    [InlineData("the model has no category 'poems'; it has stories, answers", "--to", "peft", "--category", "poems")]
    [InlineData("category 'stories' has no capability 'rhyme'; it has style, plot", "--to", "peft", "--category", "stories", "--capability", "rhyme")]
    [InlineData("category 'answers' has no capability 'style'; it has none, only its base", "--to", "peft", "--category", "answers", "--capability", "style")]
    [InlineData("--pad is for --to merged", "--to", "peft", "--category", "stories", "--pad", "x")]
    [InlineData("--base-name is for --to peft", "--to", "merged", "--category", "stories", "--base-name", "x")]
    [InlineData("The vocabulary has no token 'nowhere'", "--to", "merged", "--category", "stories", "--pad", "nowhere")]
    public void Export_WhatIsNotThere_IsNamed(string expected, params string[] arguments)
    {
        Fails(expected, Model(2, 1), [.. arguments, "--out", Out]);
        Assert.False(Path.Exists(Out));
    }

    [Fact]
    public void Score_Exported_GivesTheExpertsRawReward()
    {
        const string Line = """{"prompt": "Name a prime.", "response": "7, I think."}""";
        var model = Model(2, 1);
        var (adapter, merged) = (Path.Combine(_folder, "adapter"), Path.Combine(_folder, "merged"));
        Export(model, "--to", "peft", "--category", "stories", "--capability", "plot", "--out", adapter);
        Export(model, "--to", "merged", "--category", "stories", "--capability", "plot", "--out", merged);
        double Score(params string[] arguments)
        {
            Assert.True(_streams.Run(Line + "\n", ["score", .. arguments]) == 0, _streams.Error);
            var scored = JsonElement.Parse(_streams.Out);
            return scored.TryGetProperty("capabilities", out var capabilities) ? capabilities.GetProperty("plot").GetProperty("reward").GetDouble() : scored.GetProperty("reward").GetDouble();
        }

        // The scale of -1, 0 and 1.
        var raw = Score(model, "--category", "stories", "--explain") * Math.Sqrt(2.0 / 3);
        Assert.Equal(raw, Score(merged), 1e-5 * Math.Max(1, Math.Abs(raw)));
        Assert.Equal(raw, Score(adapter, "--base", Path.Combine(model, "backbone")), 1e-5 * Math.Max(1, Math.Abs(raw)));
    }

    [Fact]
    public void Export_OverSomething_IsRefusedAndLeavesIt()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "mine"), "x");
        Fails("exists already; an export is never written over something", Model(2, 1), "--to", "peft", "--category", "stories", "--out", Out);
        Assert.Equal(["mine"], Directory.GetFileSystemEntries(Out).Select(Path.GetFileName));
        Assert.Equal(["backbone", "model", "out"], Directory.GetDirectories(_folder).Select(Path.GetFileName).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Model(int low, int high, bool whole = false) => TinyArtefact.Write(_folder, new TinyShape
    {
        WholeBase = whole,
        Base = new LoraSettings { Rank = 3, Alpha = 6, Layers = new LayerChoice(low), Targets = [Target.Query, Target.Up] },
        Experts = new LoraSettings { Rank = 2, Layers = new LayerChoice(high), Targets = [Target.Key, Target.Value, Target.Up] },
    });

    private void Export(string model, params string[] arguments) => Assert.True(_streams.Run(["export", model, .. arguments]) == 0, _streams.Error);

    private void Fails(string expected, string model, params string[] arguments)
    {
        Assert.NotEqual(0, _streams.Run(["export", model, .. arguments]));
        Assert.Contains(expected, _streams.Error);
    }
}
