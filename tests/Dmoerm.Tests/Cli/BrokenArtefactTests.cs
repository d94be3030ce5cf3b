using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dmoerm.Tests.Cli;

/// <summary>Artefacts that are not whole: <c>score</c> and <c>inspect --verify</c> say which file or field, in one sentence.</summary>
public sealed class BrokenArtefactTests : IDisposable
{
    private readonly ReleasedModelCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Theory]
    [InlineData("router.safetensors")]
    [InlineData("backbone/tokenizer.json")]
    [InlineData("experts/stories/plot/adapter_model.safetensors")]
    public void File_Missing_IsNamed(string file)
    {
        File.Delete(_copy[file]);
        AssertBroken(_copy[file], "is missing, though dmoerm.json lists it: the artefact is incomplete; copy or train it again.");
    }

    [Fact]
    public void CategoryFolder_Missing_NamesItsFirstFile()
    {
        Directory.Delete(_copy["experts/stories"], recursive: true);
        AssertBroken(_copy["experts/stories/base/adapter_config.json"], "is missing");
    }

    [Fact]
    public void File_OfAnotherLength_SaysBothLengths()
    {
        File.AppendAllText(_copy["backbone/config.json"], " ");
        AssertBroken(_copy["backbone/config.json"], "was changed after the artefact was written: expected 502 bytes, found 503;");
    }

    [Fact]
    public void File_Cut_SaysBothLengths()
    {
        using (var file = File.OpenWrite(_copy["backbone/model.safetensors"]))
        {
            file.SetLength(1000);
        }

        AssertBroken(_copy["backbone/model.safetensors"], "expected 61232 bytes, found 1000;");
    }

    [Fact]
    public void File_EditedInPlace_IsNoticedByItsHash()
    {
        var text = File.ReadAllText(_copy["backbone/config.json"]);
        File.WriteAllText(_copy["backbone/config.json"], text.Replace("10000", "10001", StringComparison.Ordinal));
        AssertBroken(_copy["backbone/config.json"], "expected hash fd1316cfc3e54a98d52276ddeb149272, found ");
    }

    [Theory]
    [InlineData("experts/stories/style/adapter_model.safetensors", "base_model.model.score.weight", float.NaN)]
    [InlineData("aggregators.safetensors", "stories/linear.weight", float.PositiveInfinity)]
    [InlineData("router.safetensors", "score.bias", float.NegativeInfinity)]
    [InlineData("backbone/model.safetensors", "model.norm.weight", float.NaN)]
    public void Weight_NotFinite_IsNamed(string file, string tensor, float number)
    {
        _copy.Poison(file, tensor, number);
        AssertBroken(_copy[file], tensor, "holds a number that is not finite (NaN or infinite): expected weights.");
    }

    [Fact]
    public void Weight_HugeButFinite_IsTaken()
    {
        // Two of these overflow a sum of float32.
        _copy.Poison("aggregators.safetensors", "stories/linear.weight", float.MaxValue);
        _copy.Poison("experts/stories/plot/adapter_model.safetensors", "base_model.model.score.weight", float.MaxValue);
        Assert.Equal(0, new CapturedStreams().Run("inspect", _copy.Model, "--verify"));
    }

    [Theory]
    [InlineData("schema", "2", "schema version 2 cannot be read by this version of dmoerm, which reads version 1.")]
    [InlineData("maxTokens", "0", "maxTokens: expected at least 1, came 0.")]
    [InlineData("maxTokens", "\"many\"", "field 'maxTokens': expected a whole number.")]
    [InlineData("router.temperature", "0", "router.temperature: expected a number above 0, came 0.")]
    [InlineData("router.layer", "7", "router.layer: expected 0 to 3, the backbone's layers, came 7.")]
    [InlineData("categories", "[]", "categories: expected at least one category, came none.")]
    [InlineData("categories.0.name", "\"answers\"", "categories: expected each name once, came answers.")]
    [InlineData("categories.0.name", "\"../stories\"", "categories[0].name: expected the name of a folder, came '../stories'.")]
    [InlineData("categories.0.name", "\"tales\"", "experts/tales/base/adapter_model.safetensors: no such file; a safetensors file was expected there.")]
    [InlineData("categories.0.capabilities", "[\"style\"]", "categories[0].calibration.capabilities: expected a scale for each of 1 capabilities, came 2.")]
    [InlineData("categories.0.capabilities", "[\"style\", \"style\"]", "categories[0].capabilities: expected each name once, came style, style.")]
    [InlineData("categories.0.hasOwnBackbone", "true", "categories[0].baseLora: expected an adapter's shape or hasOwnBackbone, not both or neither, came both.")]
    [InlineData("categories.0.baseLora.rank", "3", "experts/stories/base/adapter_model.safetensors: tensor base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight has shape [2, 16], expected [3, 16].")]
    [InlineData("categories.0.expertLora.layers", "{\"top\": 9}", "categories[0].expertLora.layers: Layers {\"top\": 9} were asked for, but the backbone has 3: expected 1 to 3.")]
    [InlineData("categories.0.baseLora.layers", "{\"top\": 1}", "tensor base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight has no place in the adapter that dmoerm.json describes (layers and targets).")]
    [InlineData("categories.0.expertLora", "null", "categories[0].expertLora: expected an adapter's shape where there are capabilities that were not imported, else null, came null.")]
    [InlineData("categories.0.aggregator", "\"embeddings\"", "aggregators.safetensors: tensor stories/")]
    [InlineData("categories.0.aggregator", "\"mean\"", "field 'categories[0].aggregator': expected one of rewards, ")]
    [InlineData("categories.1.aggregator", "\"rewards\"", "categories[1].aggregator: expected base for a category without capabilities, came Rewards.")]
    [InlineData("categories.0.aggregatorWidth", "0", "categories[0].aggregatorWidth: expected at least 1, came 0.")]
    [InlineData("categories.0.calibration.temperature", "-1", "categories[0].calibration.temperature: expected a number above 0, came -1.")]
    [InlineData("categories.0.calibration.overall.deviation", "0", "categories[0].calibration.overall.deviation: expected a number above 0, came 0.")]
    [InlineData("categories.0.calibration.capabilities.1.quantiles", "[1, 2]", "categories[0].calibration.capabilities[1].quantiles: expected 101 numbers or none, came 2.")]
    [InlineData("categories.0.calibration.capabilities.1.quantiles.3", "5", "categories[0].calibration.capabilities[1].quantiles: expected numbers in ascending order, came a lower one after a higher one.")]
    [InlineData("schema", "\"\\ud800\"", "field 'schema': the text is no valid Unicode")]
    [InlineData("categories.0", "null", "field 'categories[0]': expected an object, came null.")]
    [InlineData("categories.0.capabilities.1", "null", "field 'categories[0].capabilities[1]': expected text, came null.")]
    [InlineData("categories.0.calibration.capabilities.0", "null", "field 'categories[0].calibration.capabilities[0]': expected an object, came null.")]
    [InlineData("files.router.safetensors", "null", "field 'files.router.safetensors': expected an object, came null.")]
    [InlineData("router.temperature", "1e-320", "router.temperature: expected a number above 0, came 1E-320.")]
    [InlineData("router.temperature", "1e999", "field 'router.temperature': expected a finite number, came 1e999.")]
    [InlineData("categories.0.calibration.overall.mean", "-1e999", "field 'categories[0].calibration.overall.mean': expected a finite number, came -1e999.")]
    [InlineData("categories.0.aggregatorWidth", "2147483647", "categories[0].aggregatorWidth: expected at most 65536, came 2147483647.")]
    [InlineData("files.../../secret", """{"bytes": 1, "xxh128": "0"}""", "files: expected names of files inside the folder, came '../../secret'.")]
    public void Manifest_EditedByHand_NamesTheField(string field, string value, string sentence)
    {
        _copy.Edit(manifest => Set(manifest, Steps(field), "the value goes here"));
        File.WriteAllText(_copy["dmoerm.json"], File.ReadAllText(_copy["dmoerm.json"]).Replace("\"the value goes here\"", value, StringComparison.Ordinal));
        AssertBroken(_copy.Model, sentence);
    }

    [Fact]
    public void Recipe_ThatIsNoJson_IsNamedByInspect()
    {
        File.WriteAllText(_copy["recipe.json"], "{");
        var entry = Dmoerm.Artefacts.FileFingerprint.Of(_copy["recipe.json"]);
        _copy.Edit(manifest => manifest["files"]!["recipe.json"] = new JsonObject { ["bytes"] = entry.Bytes, ["xxh128"] = entry.Xxh128 });
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("inspect", _copy.Model));
        Assert.StartsWith($"error: {_copy["recipe.json"]}, line 1: not valid JSON: ", streams.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void LargeFile_OtherNumbersOfTheSameLength_AreLeftToVerify()
    {
        // Longer than what loading hashes.
        var bytes = new byte[(1 << 24) + 1];
        File.WriteAllBytes(_copy["large.bin"], bytes);
        var entry = Dmoerm.Artefacts.FileFingerprint.Of(_copy["large.bin"]);
        _copy.Edit(manifest => manifest["files"]!["large.bin"] = new JsonObject { ["bytes"] = entry.Bytes, ["xxh128"] = entry.Xxh128 });
        bytes[5] = 1;
        File.WriteAllBytes(_copy["large.bin"], bytes);

        var streams = new CapturedStreams();
        Assert.True(streams.Run("""{"prompt": "p", "response": "r"}""", ["score", _copy.Model]) == 0, streams.Error);
        Assert.Equal(0, streams.Run("inspect", _copy.Model));
        Assert.Equal(1, streams.Run("inspect", _copy.Model, "--verify"));
        Assert.Contains($"changed: {_copy["large.bin"]} was changed after the artefact was written: expected hash {entry.Xxh128}, found ", streams.Out, StringComparison.Ordinal);
    }

    // A file's name has dots of its own.
    private static string[] Steps(string field) => field.StartsWith("files.", StringComparison.Ordinal) ? ["files", field["files.".Length..]] : field.Split('.');

    private static void Set(JsonNode holder, string[] steps, JsonNode? value)
    {
        foreach (var step in steps.SkipLast(1))
        {
            holder = holder is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : holder[step]!;
        }

        if (holder is JsonArray array)
        {
            array[int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture)] = value;
        }
        else
        {
            holder[steps[^1]] = value;
        }
    }

    private void AssertBroken(params string[] words)
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run("""{"prompt": "p", "response": "r"}""", ["score", _copy.Model]));
        Assert.Equal("", streams.Out);
        var line = Assert.Single(streams.Error.TrimEnd('\n').Split('\n'));
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));

        // What is wrong with a file is inspect's result; a manifest that cannot be read leaves it nothing to tell.
        Assert.Equal(1, streams.Run("inspect", _copy.Model, "--verify"));
        Assert.All(words, word => Assert.Contains(word, streams.Out + streams.Error, StringComparison.Ordinal));
        Assert.Equal(1, streams.Run("inspect", _copy.Model, "--verify", "--json"));
        if (streams.Out.Length > 0)
        {
            var faults = JsonElement.Parse(streams.Out).GetProperty("verification").GetProperty("faults").EnumerateArray().ToArray();
            Assert.All(words, word => Assert.Contains(word, faults[0].GetProperty("sentence").GetString(), StringComparison.Ordinal));
        }
    }
}
