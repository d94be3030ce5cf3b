using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Weights;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary><c>inspect</c> on folders that others made.</summary>
public sealed class InspectFolderTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Inspect_Backbone_CanBeNamedByARecipe()
    {
        var (code, output) = Run(PlantedFiles.Backbone, "--verify");
        Assert.Equal(0, code);
        foreach (var expected in new[]
        {
            ": a Hugging Face folder (LlamaForCausalLM).", "2 layers of width 32", "45,472 parameters as Float32", "language model's head tied to the embedding", "tensors that are left out: none",
            "a reward is read at: the last token", "tokenizer: 776 tokens", "chat template: tokenizer_config.json\n", "A recipe can name it as its backbone.", "All numbers of 1 safetensors files were read and are finite",
        })
        {
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("base", "none")]
    [InlineData("causal", "language")]
    [InlineData("causal-sharded", "language")]
    [InlineData("causal-tied-bf16", "tiedLanguage")]
    [InlineData("seqcls", "score")]
    [InlineData("seqcls-5", "score")]
    public void Inspect_ReferenceModel_CountsWhatLoadingLoads(string name, string head)
    {
        var folder = TestFolders.Fixture("models", "llama", name);
        var facts = Facts(folder, 0);
        var backbone = facts.GetProperty("backbone");
        using var loaded = BackboneFolder.Load(folder, ScalarType.Float32);
        var heads = (loaded.ScoreHead_LD?.numel() ?? 0) + (loaded.Backbone.Config.TiedEmbeddings ? 0 : loaded.LanguageHead_VD?.numel() ?? 0);
        Assert.Equal(loaded.Backbone.Weights.Named().Sum(pair => pair.Tensor.numel()) + heads, backbone.GetProperty("parameters").GetInt64());
        Assert.Equal(head, backbone.GetProperty("head").GetString());
        Assert.Equal(loaded.Unused, backbone.GetProperty("unused").EnumerateArray().Select(tensor => tensor.GetString()));
        // These folders have no tokenizer: that is what keeps a model from standing on them.
        Assert.Contains("tokenizer.json", Assert.Single(facts.GetProperty("obstacles").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Classifier_NamesItsPoolingRule()
    {
        var pad = BackboneConfig.Read(TestFolders.Fixture("models", "llama", "seqcls")).PadId;
        Assert.NotNull(pad);
        Assert.Contains($"a reward is read at: transformers' rule: the rightmost token that is not pad_token_id ({pad})", Run(TestFolders.Fixture("models", "llama", "seqcls")).Out, StringComparison.Ordinal);
        Assert.Contains("classifier's head with 5 outputs", Run(TestFolders.Fixture("models", "llama", "seqcls-5")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_TensorsThatNothingUses_AreListed()
    {
        using var scope = NewDisposeScope();
        Copy(PlantedFiles.Backbone);
        var path = Path.Combine(_folder, "model.safetensors");
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(path))
        {
            tensors = file.Entries.Keys.ToDictionary(name => name, name => file.Read(name));
        }

        tensors["lm_head.weight"] = zeros(776, 32);
        tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = zeros(8);
        SafetensorsFile.Write(path, tensors.Select(pair => (pair.Key, pair.Value)));
        var (code, output) = Run(_folder);
        Assert.Equal(0, code);
        Assert.Contains("tensors that are left out: layers.0.self_attn.rotary_emb.inv_freq, lm_head.weight\n", output, StringComparison.Ordinal);
        Assert.Contains("45,472 parameters", output, StringComparison.Ordinal);

        tensors["model.extra.weight"] = zeros(1);
        SafetensorsFile.Write(path, tensors.Select(pair => (pair.Key, pair.Value)));
        Assert.Contains("This version cannot use it as a backbone: ", Run(_folder).Out, StringComparison.Ordinal);
        Assert.Contains("tensor 'extra.weight' has no place", Run(_folder).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_UnknownArchitecture_TellsWhatItCan()
    {
        Copy(PlantedFiles.Backbone);
        File.WriteAllText(Path.Combine(_folder, "config.json"), """{"architectures": ["MambaForCausalLM"], "model_type": "mamba"}""");
        var (code, output) = Run(_folder);
        Assert.Equal(0, code);
        Assert.Contains("a Hugging Face folder (MambaForCausalLM).\nweights: 45,472 numbers in safetensors files, ", output, StringComparison.Ordinal);
        Assert.Contains("the architecture 'mamba' is not known", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_TemplateThatIsBroken_LeavesText()
    {
        Copy(PlantedFiles.Backbone);
        File.WriteAllText(Path.Combine(_folder, "chat_template.jinja"), "{% for message in %}");
        var (code, output) = Run(_folder);
        Assert.Equal(0, code);
        Assert.Contains("chat template: none that can be rendered: the recipe needs a backbone.chatTemplate that can, or data with render: text. ", output, StringComparison.Ordinal);
        Assert.Contains("chat_template.jinja, line 1", output, StringComparison.Ordinal);
        Assert.Contains("A recipe can name it as its backbone.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Adapter_ShowsItsSettings()
    {
        var facts = Facts(Path.Combine(TestFolders.Fixture("artefacts", "schema-1"), "experts", "stories", "plot"), 0);
        Assert.Equal(("PEFT adapter", "LORA"), (facts.GetProperty("kind").GetString(), facts.GetProperty("architecture").GetString()));
        Assert.Equal(("2", "SEQ_CLS", "[2]"), (facts.GetProperty("adapter").GetProperty("r").GetString(), facts.GetProperty("adapter").GetProperty("task_type").GetString(), facts.GetProperty("adapter").GetProperty("layers_to_transform").GetString()!.Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(176, facts.GetProperty("weights").GetProperty("parameters").GetInt64());
    }

    [Fact]
    public void Verify_NumberThatIsNotFinite_IsNamed()
    {
        Copy(PlantedFiles.Backbone);
        var path = Path.Combine(_folder, "model.safetensors");
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(^4).Fill(0xFF);
        File.WriteAllBytes(path, bytes);
        Assert.Equal(0, Run(_folder).Code);
        var (code, output) = Run(_folder, "--verify");
        Assert.Equal(1, code);
        Assert.Contains($"unreadable: {path}: tensor ", output, StringComparison.Ordinal);
        Assert.Contains("holds a number that is not finite", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_CutWeights_AreAFaultWithoutVerify()
    {
        Copy(PlantedFiles.Backbone);
        using (var file = File.OpenWrite(Path.Combine(_folder, "model.safetensors")))
        {
            file.SetLength(5000);
        }

        Assert.Equal("unreadable", Facts(_folder, 1).GetProperty("verification").GetProperty("faults")[0].GetProperty("fault").GetString());
    }

    [Fact]
    public void Inspect_NothingKnown_SaysWhatWasExpected()
    {
        AssertError(_folder, "is nothing that is known here: expected dmoerm.json (a trained model), config.json (a Hugging Face folder) or adapter_config.json (a PEFT adapter).");
        AssertError(Path.Combine(_folder, "nowhere"), "no such folder; expected a trained model, a Hugging Face folder or a PEFT adapter.");
        File.WriteAllText(Path.Combine(_folder, "config.json"), "{");
        AssertError(_folder, "config.json, line 1: not valid JSON");
    }

    [Theory]
    [InlineData("minimind2-small", "25,829,888 parameters as Float16", "tokenizer_config.json\n")]
    public void Inspect_RealModel_CanBeNamedByARecipe(string name, string parameters, string template)
    {
        var (code, output) = Run(TestFolders.Shared("models", name));
        Assert.Equal(0, code);
        Assert.Contains(parameters, output, StringComparison.Ordinal);
        Assert.Contains(template, output, StringComparison.Ordinal);
        Assert.Contains("A recipe can name it as its backbone.", output, StringComparison.Ordinal);
    }

    private static (int Code, string Out) Run(params string[] arguments)
    {
        var streams = new CapturedStreams();
        var code = streams.Run(["inspect", .. arguments]);
        Assert.Empty(streams.Error);
        return (code, streams.Out);
    }

    private static JsonElement Facts(string folder, int code)
    {
        var (came, output) = Run(folder, "--json");
        Assert.Equal(code, came);
        return JsonElement.Parse(output);
    }

    private static void AssertError(string folder, string sentence)
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("inspect", folder));
        Assert.Contains(sentence, Assert.Single(streams.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Empty(streams.Out);
    }

    private void Copy(string source) => TestFolders.Copy(source, _folder);
}
