using System.Text.Json.Nodes;
using Dmoerm.Artefacts;
using Dmoerm.Backbones.Weights;
using Dmoerm.Tests.Cli;

namespace Dmoerm.Tests.Artefacts;

[Collection(PlantedModels.Name)]
public sealed class ArtefactFolderTests(PlantedModel planted)
{
    private static readonly string[] Documents = ["README.md", "metrics.json", "report.html"];

    private static readonly string[] Layout =
    [
        "README.md", "aggregators.safetensors", "backbone/config.json", "backbone/model.safetensors", "backbone/tokenizer.json", "backbone/tokenizer_config.json", "dmoerm.json",
        .. new[] { "advice/base", "advice/distance", "advice/ease", "fact/base", "fact/care", "fact/kindness", "story/base", "story/care", "story/kindness" }
            .SelectMany(folder => new[] { $"experts/{folder}/adapter_config.json", $"experts/{folder}/adapter_model.safetensors" }),
        "metrics.json", "recipe.json", "report.html", "router.safetensors",
    ];

    [Fact]
    public void Model_HasTheLayoutOfTheDesign() => Assert.Equal(Layout, Files(planted.Model).Order(StringComparer.Ordinal));

    [Fact]
    public void Model_NamesNoPlaceAndNoTime()
    {
        foreach (var file in Files(planted.Model))
        {
            // Two letters in a row, such as some machines' names, stand in any file of weights.
            var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(planted.Model, file))).Replace("everySeconds", "a field of recipes", StringComparison.Ordinal);
            Assert.All(
                new[] { planted.Folder, TestFolders.Root, Path.GetTempPath(), Environment.MachineName, "econds", $"{DateTime.UtcNow:yyyy-MM-dd}" }.Where(word => word.Length >= 5),
                word => Assert.False(text.Contains(word, StringComparison.Ordinal), $"{file} holds '{word}'."));
        }
    }

    [Fact]
    public void Read_ThenWritten_GivesTheSameBytes()
    {
        var copy = Path.Combine(TestFolders.Temporary(), "model");
        using var parts = ArtefactFolder.Read(planted.Model);
        var manifest = ArtefactFolder.ReadManifest(planted.Model);
        new ArtefactWriter(copy).Write(
            parts, new ArtefactIdentity(manifest.Name, manifest.DataHash, manifest.Tool), Path.Combine(planted.Model, "backbone"), wholeBackbone: true, File.ReadAllText(Path.Combine(planted.Model, "recipe.json")));
        Assert.Equal(Layout.Except(Documents), Files(copy).Order(StringComparer.Ordinal));
        Assert.Empty(ArtefactFolder.ReadManifest(copy).Documents);
        foreach (var document in Documents)
        {
            File.Copy(Path.Combine(planted.Model, document), Path.Combine(copy, document));
        }

        new ArtefactWriter(copy).NoteDocuments();
        Assert.All(Files(copy), file => Assert.True(File.ReadAllBytes(Path.Combine(copy, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(planted.Model, file))), file));
        Directory.Delete(Path.GetDirectoryName(copy)!, recursive: true);
    }

    [Fact]
    public void Model_EveryFileButTheManifest_HasItsHash()
    {
        var manifest = ArtefactFolder.ReadManifest(planted.Model);
        Assert.Equal(Documents, manifest.Documents.Keys);
        Assert.Equal(Files(planted.Model).Where(file => file != "dmoerm.json").Order(StringComparer.Ordinal), manifest.Files.Keys.Concat(manifest.Documents.Keys).Order(StringComparer.Ordinal));
        FileFingerprint.Check(planted.Model, manifest.Documents);
    }

    [Fact]
    public void Load_ChangedCard_LeavesTheModelUsable()
    {
        using var copy = new ModelCopy(planted.Model);
        File.AppendAllText(Path.Combine(copy.Model, "README.md"), "\nOurs to share.\n");
        RewardModel.Load(copy.Model).Dispose();
        var error = Assert.Throws<InvalidDataException>(() => FileFingerprint.Check(copy.Model, ArtefactFolder.ReadManifest(copy.Model).Documents));
        Assert.Contains("README.md was changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnyChangedOrMissingFile_NamesIt()
    {
        using var copy = new ModelCopy(planted.Model);
        var files = ArtefactFolder.ReadManifest(copy.Model).Files;
        Assert.Equal(Layout.Except([.. Documents, "dmoerm.json"]), files.Keys);
        foreach (var (name, entry) in files)
        {
            var path = Path.Combine(copy.Model, name);
            var bytes = File.ReadAllBytes(path);
            bytes[entry.Bytes / 2] ^= 1;
            File.WriteAllBytes(path, bytes);
            AssertError(copy.Model, path, "was changed after the artefact was written");
            File.Delete(path);
            AssertError(copy.Model, path, "is missing");
            bytes[entry.Bytes / 2] ^= 1;
            File.WriteAllBytes(path, bytes);
        }

        RewardModel.Load(copy.Model).Dispose();
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 2", "schema version 2 cannot be read by this version of dmoerm, which reads version 1.")]
    [InlineData("\"schema\": 1,", "", "schema version none cannot be read")]
    [InlineData("{", "", "not valid JSON")]
    [InlineData("\"maxTokens\"", "\"maxTokenz\"", "(nearest: 'maxTokens')")]
    public void Load_ManifestThatIsNotOurs_SaysWhy(string from, string to, string sentence)
    {
        using var copy = new ModelCopy(planted.Model);
        var path = Path.Combine(copy.Model, "dmoerm.json");
        var text = File.ReadAllText(path);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(path, text[..at] + to + text[(at + from.Length)..]);
        AssertError(copy.Model, path, sentence);
    }

    [Fact]
    public void Load_FolderWithoutAManifest_SaysWhatWasExpected()
    {
        AssertError(planted.Run, planted.Run, "is no trained model: expected a folder with dmoerm.json");
        AssertError(Path.Combine(planted.Run, "nowhere"), "nowhere", "is no trained model");
    }

    [Fact]
    public void Adapter_IsNamedAsPeftNamesIt()
    {
        using var file = SafetensorsFile.Open(Path.Combine(planted.Model, "experts", "story", "care", "adapter_model.safetensors"));
        // Rank 2 on query and value of the upper one of two layers; hidden size and key width are 32.
        Assert.Equal(
            [
                "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight [2, 32]", "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight [32, 2]",
                "base_model.model.model.layers.1.self_attn.v_proj.lora_A.weight [2, 32]", "base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight [32, 2]",
                "base_model.model.score.weight [1, 32]",
            ],
            file.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.Shape)}]"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(planted.Model, "experts", "story", "care", "adapter_config.json")))!;
        Assert.Equal(("LORA", "SEQ_CLS", 2, 2.0), ((string)config["peft_type"]!, (string)config["task_type"]!, (int)config["r"]!, (double)config["lora_alpha"]!));
        Assert.Equal("[\"q_proj\",\"v_proj\"]", config["target_modules"]!.ToJsonString());
        Assert.Equal("[1]", config["layers_to_transform"]!.ToJsonString());
        Assert.Equal("[\"score\"]", config["modules_to_save"]!.ToJsonString());
    }

    [Fact]
    public void Adapter_HasTheKeysOfAPeftFolder()
    {
        using var peft = SafetensorsFile.Open(TestFolders.Shared("references", "adapters", "i-layers-0-2", "adapter_model.safetensors"));
        using var ours = SafetensorsFile.Open(Path.Combine(planted.Model, "experts", "story", "care", "adapter_model.safetensors"));
        // PEFT's folder adapts layers 0 and 2, ours layer 1.
        Assert.Equal(
            peft.Entries.Keys.Where(name => !name.Contains("layers.2.", StringComparison.Ordinal)).Select(name => name.Replace("layers.0.", "layers.1.", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            ours.Entries.Keys.Order(StringComparer.Ordinal));
    }

    private static void AssertError(string model, params string[] words)
    {
        var message = Assert.Throws<InvalidDataException>(() => RewardModel.Load(model)).Message;
        Assert.All(words, word => Assert.Contains(word, message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', message);
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'));

    private sealed class ModelCopy : IDisposable
    {
        public ModelCopy(string source) => TestFolders.Copy(source, Model);

        public string Model { get; } = TestFolders.Temporary();

        public void Dispose() => Directory.Delete(Model, recursive: true);
    }
}
