using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary>What <c>train</c> answers to what cannot be trained, and that it leaves nothing behind.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_RecipeThatIsNotThere_IsWrongUse() =>
        AssertError(2, Path.Combine(_folder, "none.json"), "none.json: no such file; a recipe was expected there.");

    [Theory]
    [InlineData("""{"learnigRates": [1e-3]}""", "field 'base.training.learnigRates'", "(nearest: 'learningRates')")]
    [InlineData("""{"learningRates": []}""", "base.training.learningRates: expected at least one rate", "got []")]
    [InlineData("""{"learningRates": [0.1, -1]}""", "base.training.learningRates", "got [0.1, -1]")]
    [InlineData("""{"epochs": 0}""", "base.training.epochs: expected at least 1", "got 0")]
    [InlineData("""{"warmupSteps": 2.5}""", "base.training.warmupSteps: expected a whole number of steps, or a share of all steps between 0 and 1", "got 2.5")]
    [InlineData("""{"maxSteps": 0}""", "base.training.maxSteps: expected at least 1", "got 0")]
    [InlineData("""{"beta2": 1}""", "base.training.beta2: expected at least 0 and below 1", "got 1")]
    [InlineData("""{"epsilon": 0}""", "base.training.epsilon: expected a number above 0", "got 0")]
    [InlineData("""{"loss": {"flipRate": 0.2}}""", "base.training.loss.flipRate: expected 0 without labelNoise", "got 0.2")]
    [InlineData("""{"loss": {"labelNoise": "smooth"}}""", "base.training.loss.flipRate: expected a rate above 0 with labelNoise", "got 0")]
    [InlineData("""{"loss": {"labelNoise": "smooth", "flipRate": 0.5}}""", "base.training.loss.flipRate: expected at least 0 and below 0.5", "got 0.5")]
    [InlineData("""{"loss": {"labelNoise": "unbiased", "flipRate": 0.45}}""", "base.training.loss.flipRate: expected at most 0.4 with labelNoise unbiased", "got 0.45")]
    [InlineData("""{"loss": {"labelNoise": "robust"}}""", "field 'base.training.loss.labelNoise'", "none, smooth, unbiased, forward")]
    [InlineData("""{"loss": {"nu": 0}}""", "base.training.loss.nu: expected a number above 0", "got 0")]
    [InlineData("""{"loss": {"centre": -1}}""", "base.training.loss.centre: expected at least 0", "got -1")]
    [InlineData("""{"loss": {"marginScale": -1}}""", "base.training.loss.marginScale: expected at least 0", "got -1")]
    [InlineData("""{"batch": {"accumulate": 0}}""", "base.training.batch.accumulate: expected at least 1", "got 0")]
    [InlineData("""{"batch": {"mix": {"story": 1}}}""", "base.training.batch.mix: expected no mix", "got one of story")]
    [InlineData("""{"epochs": "many"}""", "line 1, field 'base.training.epochs'", "expected a whole number")]
    public void Train_BadPhaseSetting_NamesTheField(string training, string field, string came) =>
        AssertError(1, Recipe(recipe => recipe["base"]!["training"] = JsonNode.Parse(training)), field, came);

    [Theory]
    [InlineData("""{"rank": 2, "targets": ["qurey"], "layers": "all"}""", "field 'base.lora.targets[0]'", "query, key, value")]
    [InlineData("""{"rank": 2, "targets": []}""", "base.lora.targets: expected each projection once and at least one", "got []")]
    [InlineData("""{"dropout": 1}""", "base.lora.dropout: expected a share of at least 0 and below 1", "got 1")]
    [InlineData("""{"rank": 0}""", "base.lora.rank: expected at least 1", "got 0")]
    [InlineData("""{"layers": {"top": 5}}""", "base.lora.layers", "the backbone has 2: expected 1 to 2")]
    [InlineData("""{"layers": {"bottom": 1}}""", "field 'base.lora.layers'", "Expected \"all\" or {\"top\": m}")]
    public void Train_BadAdapter_NamesTheField(string lora, string field, string came) =>
        AssertError(1, Recipe(recipe => recipe["base"]!["lora"] = JsonNode.Parse(lora)), field, came);

    [Theory]
    [InlineData("""{"oneForAll": {"head": "base"}}""", "baselines.oneForAll.head: expected linear or random")]
    [InlineData("""{"oneForAll": {"training": {"batch": {"mix": {"story": 1}}}}}""", "baselines.oneForAll.training.batch.mix: expected a weight for each of story, advice, fact, got story")]
    [InlineData("""{"oneForAll": {"training": {"batch": {"mix": {"story": 1, "advice": 0, "fact": 1}}}}}""", "baselines.oneForAll.training.batch.mix: expected weights above 0, got 1, 0, 1")]
    [InlineData("""{"oneForAll": {"training": {"shuffle": false, "batch": {"mix": {"story": 1, "advice": 2, "fact": 1}}}}}""", "baselines.oneForAll.training.batch.mix: expected shuffle: true")]
    [InlineData("""{"onePerCategory": {"training": {"epochs": 0}}}""", "baselines.onePerCategory.training.epochs: expected at least 1")]
    public void Train_BadBaseline_NamesTheField(string baselines, string sentence) =>
        AssertError(1, Recipe(recipe => recipe["baselines"] = JsonNode.Parse(baselines)), sentence);

    [Theory]
    [InlineData(-1, "router.layer: expected at least 0, got -1.")]
    [InlineData(3, "router.layer: expected 0 to 2, the backbone's layers, got 3.")]
    public void Train_RouterAtALayerThatIsNotThere_NamesTheField(int layer, string sentence) =>
        AssertError(1, Recipe(recipe => recipe["router"] = new JsonObject { ["layer"] = layer }), sentence);

    [Theory]
    [InlineData("phases", """{"crossFit": 2147483647}""", "phases.crossFit: expected 2 to 1000 folds, got 2147483647.")]
    [InlineData("aggregator", """{"width": 2147483647}""", "aggregator.width: expected 1 to 65536, got 2147483647.")]
    [InlineData("router", """{"weightDecay": -1}""", "router.weightDecay: expected at least 0, got -1.")]
    public void Train_NumberBeyondAnySense_NamesTheField(string field, string value, string sentence) =>
        AssertError(1, Recipe(recipe => recipe[field] = JsonNode.Parse(value)), sentence);

    [Fact]
    public void Train_DataFileThatIsNotThere_NamesFileAndField() =>
        AssertError(1, Recipe(recipe => recipe["categories"]!["story"]!["data"] = new JsonArray("gone.jsonl")), "gone.jsonl: no such file; the recipe's field categories.story.data names it.");

    [Fact]
    public void Train_TestFileThatIsNotThere_IsAnErrorBeforeTraining() =>
        AssertError(1, Recipe(recipe => recipe["categories"]!["story"]!["test"] = new JsonArray("gone.jsonl")), "gone.jsonl: no such file; the recipe's field categories.story.test names it.");

    [Theory]
    [InlineData("""{"story": {}}""", "categories.story.data: expected at least one file")]
    [InlineData("""{"story": null}""", "categories.story", "expected an object")]
    [InlineData("""{"story": {"data": ["story.jsonl"], "capabilities": {"Base": {}}}}""", "categories.story.capabilities", "got Base")]
    [InlineData("""{"story": {"data": ["story.jsonl"], "capabilities": {"kindness": {}, "Kindness": {}}}}""", "expected names that differ by more than case", "kindness, Kindness")]
    [InlineData("""{"a/b": {"data": ["story.jsonl"]}}""", "categories: expected a name of letters", "'a/b'")]
    [InlineData("""{"essay": {"data": ["story.jsonl"]}}""", "Category 'essay' has no row in", "came categories story")]
    [InlineData("""{"story": {"data": ["story.jsonl"], "capabilities": {"rhyme": {}}}}""", "no row carries capability 'rhyme'", "seen score fields: kindness, mistakes")]
    [InlineData("""{"story": {"data": ["story.jsonl"], "groupBy": "topic"}}""", "story.jsonl, line 1", "topic")]
    public void Train_BadCategory_SaysWhatCame(string categories, string first, string second = "") =>
        AssertError(1, Recipe(recipe => recipe["categories"] = JsonNode.Parse(categories)), first, second);

    [Theory]
    [InlineData("""{"prompt": "p"}""", "rows.jsonl, line 2", "'responses'")]
    [InlineData("""{"prompt": "p", "responses": [{"score": 1}, {"text": "b", "score": 0}]}""", "rows.jsonl, line 2", "'responses[0].text'")]
    [InlineData("""{"prompt": "p", "responses": [{"text": "a", "score": "high"}, {"text": "b", "score": 0}]}""", "rows.jsonl, line 2", "'responses[0].score': expected a finite number")]
    [InlineData("""{"prompt": "p", "responses":""", "rows.jsonl, line 2", "broken JSON")]
    public void Train_BadRow_NamesFileLineAndField(string row, string place, string field)
    {
        File.WriteAllLines(Path.Combine(_folder, "rows.jsonl"), ["""{"prompt": "q", "responses": [{"text": "a", "score": 1}, {"text": "b", "score": 0}]}""", row]);
        AssertError(1, Recipe(OneCategory("rows.jsonl")), place, field);
    }

    [Fact]
    public void Train_BrokenRowInATestFile_IsAnErrorBeforeTraining()
    {
        File.WriteAllText(Path.Combine(_folder, "broken.jsonl"), "{\n");
        AssertError(1, Recipe(recipe => recipe["categories"]!["story"]!["test"] = new JsonArray("broken.jsonl")), "broken.jsonl, line 1");
    }

    [Fact]
    public void Train_BytesThatAreNoUtf8_NameFileAndLine()
    {
        File.WriteAllBytes(Path.Combine(_folder, "rows.jsonl"), [.. "{\"prompt\": \""u8, 0xFF, .. "\"}\n"u8]);
        AssertError(1, Recipe(OneCategory("rows.jsonl")), "rows.jsonl, line 1", "expected UTF-8");
    }

    [Fact]
    public void Train_BrokenGzip_NamesTheFile()
    {
        File.WriteAllBytes(Path.Combine(_folder, "rows.jsonl.gz"), [0x1F, 0x8B, 8, 0]);
        AssertError(1, Recipe(OneCategory("rows.jsonl.gz")), "rows.jsonl.gz: broken gzip");
    }

    [Fact]
    public void Train_OneUnit_NamesTheCategoryAndTheAlternatives()
    {
        File.WriteAllText(Path.Combine(_folder, "rows.jsonl"), """{"prompt": "q", "responses": [{"text": "a", "score": 1}, {"text": "b", "score": 0}]}""");
        AssertError(1, Recipe(OneCategory("rows.jsonl")), "Category 'rows': Too few units to split: groupBy 'prompt' gives 1", "choose another groupBy");
    }

    [Fact]
    public void Train_ValidationWithoutAComparison_IsAnErrorBeforeTraining()
    {
        File.WriteAllLines(Path.Combine(_folder, "rows.jsonl"), Enumerable.Range(0, 6).Select(index => JsonSerializer.Serialize(
            new { prompt = $"Question {index} of {index * 7919}", responses = new[] { new { text = $"a{index}", score = 1 }, new { text = $"b{index}", score = 1 } } })));
        AssertError(1, Recipe(OneCategory("rows.jsonl")), "Category 'rows': the validation part", "has no comparison of the overall preference");
    }

    [Theory]
    [InlineData("model.safetensors", null, "no weights; *.safetensors")]
    [InlineData("config.json", """{"architectures": ["MambaForCausalLM"], "model_type": "mamba"}""", "mamba")]
    [InlineData("tokenizer.json", null, "tokenizer.json")]
    public void Train_BackboneThatIsNotWhole_SaysWhatIsMissing(string file, string? content, string sentence)
    {
        var copy = CopyBackbone();
        File.Delete(Path.Combine(copy, file));
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(copy, file), content);
        }

        AssertError(1, Recipe(recipe => recipe["backbone"]!["folder"] = copy), copy, sentence);
    }

    [Theory]
    [InlineData("num_hidden_layers", 3, "layers.2.")]
    [InlineData("num_hidden_layers", 1, "layers.1.")]
    [InlineData("intermediate_size", 96, "shape")]
    public void Train_TensorThatDoesNotFit_IsNamed(string field, int value, string sentence)
    {
        var copy = CopyBackbone();
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(copy, "config.json")))!;
        config[field] = value;
        File.WriteAllText(Path.Combine(copy, "config.json"), config.ToJsonString());
        AssertError(1, Recipe(recipe => recipe["backbone"]!["folder"] = copy), copy, sentence);
    }

    [Fact]
    public void DryRun_WritesNothing()
    {
        var recipe = Recipe(_ => { });
        var run = Path.Combine(_folder, "run");
        var streams = new CapturedStreams();

        Assert.Equal(0, streams.Run("train", recipe, "--out", run, "--dry-run", "--json"));
        // 28 prompts, of which some are so alike that they share a unit.
        var story = JsonElement.Parse(streams.Out).GetProperty("categories")[0];
        Assert.Equal(("story", 28, 16, 4), (story.GetProperty("name").GetString(), story.GetProperty("report").GetProperty("rows").GetInt32(), story.GetProperty("trainingUnits").GetInt32(), story.GetProperty("validationUnits").GetInt32()));
        Assert.False(Directory.Exists(run));

        Assert.Equal(0, streams.Run("train", recipe, "--out", run, "--dry-run"));
        Assert.Contains("The states of the lowest 1 layers are computed once and kept", streams.Out, StringComparison.Ordinal);
        Assert.Contains("story.jsonl: 28 rows, format dmoerm (recognised)\n", streams.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void Train_FolderOfSomethingElse_IsLeftAsItIs()
    {
        var recipe = Recipe(_ => { });
        var other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        File.WriteAllText(Path.Combine(other, "letter.txt"), "dear");
        var streams = new CapturedStreams();

        Assert.Equal(1, streams.Run("train", recipe, "--out", other));
        Assert.Contains("holds something that is no run", streams.Error, StringComparison.Ordinal);
        Assert.Equal(["letter.txt"], Directory.EnumerateFileSystemEntries(other).Select(Path.GetFileName));
    }

    private string Recipe(Action<JsonObject> change) => new PlantedFiles(_folder).Write(change: change);

    private static Action<JsonObject> OneCategory(string file) => recipe => recipe["categories"] = new JsonObject { ["rows"] = new JsonObject { ["data"] = new JsonArray(file) } };

    private string CopyBackbone() => TestFolders.Copy(PlantedFiles.Backbone, Path.Combine(_folder, "copy"));

    private void AssertError(int code, string recipe, params string[] words)
    {
        var (streams, run) = (new CapturedStreams(), Path.Combine(_folder, "run"));

        var came = streams.Run("train", recipe, "--out", run);

        var lines = streams.Error.TrimEnd('\n').Split('\n');
        Assert.All(words, word => Assert.Contains(word, lines[^1], StringComparison.Ordinal));
        Assert.StartsWith("error: ", lines[^1], StringComparison.Ordinal);
        Assert.Single(lines);
        Assert.Equal(code, came);
        Assert.Equal("", streams.Out);
        Assert.False(Directory.Exists(run));
    }
}
