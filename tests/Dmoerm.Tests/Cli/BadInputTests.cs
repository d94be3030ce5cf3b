using System.Text;
using System.Text.Json.Nodes;

namespace Dmoerm.Tests.Cli;

/// <summary>Files of other people's models with one thing wrong: <c>score</c> says in one sentence what and where, and gives no number.</summary>
/// <remarks>Each case once ended in a stack trace, in a number of another model, or in a sentence that named no file.</remarks>
public sealed class BadInputTests
{
    private const string Ids = """{"input_ids": [1, 31, 66, 115, 7]}""";
    private const string Chat = """{"prompt": "tell me a story", "response": "once upon a time"}""";

    [Theory]
    [InlineData("llama", "architectures", "[\"\\ud800\"]", "field 'architectures[0]': the text is no valid Unicode")]
    [InlineData("llama", "id2label", "{\"\\ud800\": \"x\"}", "is no valid Unicode")]
    [InlineData("llama", "rope_parameters", "{\"\\ud800\": 1}", "is no valid Unicode")]
    [InlineData("llama", "rms_norm_eps", "null", "field 'rms_norm_eps' is null; a number was expected")]
    [InlineData("llama", "rope_parameters.rope_theta", "null", "field 'rope_theta' is null; a number was expected")]
    [InlineData("llama", "hidden_act", "null", "field 'hidden_act' is null; this version computes silu")]
    [InlineData("llama", "pad_token_id", "[1, 2]", "field 'pad_token_id' should be a token id, but is [")]
    [InlineData("llama", "head_dim", "1073741840", "4 heads ('num_attention_heads') of size 1073741840 ('head_dim') are 4294967360 wide; this version reads at most 16777216")]
    [InlineData("llama", "num_hidden_layers", "2147483647", "field 'num_hidden_layers' is 2147483647; this version reads at most 10000")]
    [InlineData("phi3", "intermediate_size", "2147483647", "field 'intermediate_size' is 2147483647; this version reads at most 16777216")]
    [InlineData("gemma2", "query_pre_attn_scalar", "null", "field 'query_pre_attn_scalar' is null; a number was expected")]
    [InlineData("gemma2", "hidden_activation", "null", "field 'hidden_activation' is null; this version computes")]
    public void Config_OneFieldWrong_NamesIt(string family, string field, string value, string sentence)
    {
        using var folder = ForeignFolder.Of("models", family, "seqcls");
        Change(folder, "config.json", field, value);
        AssertRefused(Ids, folder.At("config.json"), sentence, folder.Path);
    }

    [Theory]
    [InlineData("2.5")]
    [InlineData("0")]
    [InlineData("-1")]
    public void Config_NumLabelsThatCountNothing_AreRefused(string value)
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        Change(folder, "config.json", "num_labels", value);
        folder.Json("config.json", config => config.Remove("id2label"));
        AssertRefused(Ids, folder.At("config.json"), $"field 'num_labels' should be a whole number above 0, but is {value}.", folder.Path);
    }

    [Fact]
    public void Config_ValueThatIsLong_IsQuotedInPart()
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        folder.Json("config.json", config => config["hidden_size"] = new string('z', 100_000));
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run(Ids, ["score", folder.Path]));
        Assert.InRange(streams.Error.Length, 1, 1000);
    }

    [Theory]
    [InlineData("target_modules", "\"(\"", "field 'target_modules': '(' is not a regular expression: ")]
    [InlineData("target_modules", "\"(.*)*q_proj\"", "field 'target_modules': the pattern (.*)*q_proj takes too long on ")]
    [InlineData("exclude_modules", "\")(\"", "field 'exclude_modules': ')(' is not a regular expression: ")]
    [InlineData("rank_pattern", "{\"[\": 3}", "field 'rank_pattern': '[' is not a regular expression: ")]
    [InlineData("alpha_pattern", "{\"\\ud800\": 3}", "is no valid Unicode")]
    [InlineData("lora_alpha", "null", "field 'lora_alpha' is null; a number was expected")]
    [InlineData("r", "null", "field 'r' is null; a whole number was expected")]
    public void Adapter_OneFieldWrong_NamesIt(string field, string value, string sentence)
    {
        using var folder = ForeignFolder.Of("adapters", "a-qv-r8");
        Change(folder, "adapter_config.json", field, value);
        AssertRefused(Ids, folder.At("adapter_config.json"), sentence, folder.Path, "--base", TestFolders.Fixture("adapters", "base-llama"));
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{\"eos_token\": \"\\ud800\", \"chat_template\": \"x\"}", "field 'eos_token': the text is no valid Unicode")]
    [InlineData("tokenizer_config.json", "{\"bos_token\": 3, \"chat_template\": \"x\"}", "field 'bos_token': expected a text, or an object with the text 'content', came Number")]
    [InlineData("tokenizer_config.json", "[]", "expected an object, came Array")]
    [InlineData("tokenizer_config.json", "{\"chat_template\": \"\"}", "expected at least one token, came none: the conversation is rendered as nothing by its template")]
    [InlineData("chat_template.jinja", "", "expected at least one token, came none: the conversation is rendered as nothing by its template")]
    public void Text_OneFileWrong_NamesIt(string file, string text, string sentence)
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        File.WriteAllText(folder.At(file), text);
        AssertRefused(Chat, folder.At(file), sentence, folder.Path);
    }

    [Fact]
    public void Template_ThatIsNoUtf8_IsRefused()
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        File.WriteAllBytes(folder.At("chat_template.jinja"), [.. "{{ messages[0].content }}"u8, 0xFF]);
        AssertRefused(Chat, folder.At("chat_template.jinja"), "expected UTF-8, came bytes that are none.", folder.Path);
    }

    [Fact]
    public void Tokenizer_OfAnotherModel_IsRefusedWhereItGivesAnIdTooMany()
    {
        using var folder = ForeignFolder.Of("models", "llama", "seqcls");
        using var other = ForeignFolder.WithText(labels: 1);
        foreach (var file in new[] { "tokenizer.json", "tokenizer_config.json" })
        {
            File.Copy(other.At(file), folder.At(file));
        }

        AssertRefused(Chat, "line 1", "and the model's ids are 0 to 255: the two do not belong together.", folder.Path);
    }

    [Theory]
    [InlineData("""{"input_ids": [5, 6, 7], "attention_mask": [2147483647, 2147483647, 1]}""", "field 'attention_mask': expected a list of 3 numbers, one run of 1")]
    [InlineData("""{"id": "\ud800", "input_ids": [5]}""", "field 'id': expected texts, came half a surrogate pair.")]
    [InlineData("""{"messages": [{"role": "user", "content": "x", "name": "\ud800"}, {"role": "assistant", "content": "y"}]}""", "field 'messages[0]': expected texts, came half a surrogate pair.")]
    [InlineData("""{"prompt": "x", "response": "y", "tools": [{"type": "\ud800"}]}""", "field 'tools': expected texts, came half a surrogate pair.")]
    [InlineData("""{"prompt": "x", "response": "y", "tools": "\ud800"}""", "expected text, came half a surrogate pair.")]
    public void Line_OneFieldWrong_NamesIt(string line, string sentence)
    {
        using var folder = ForeignFolder.WithText(labels: 1);
        AssertRefused(line, "line 1", sentence, folder.Path);
        // With an error line in its place the run goes on.
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run($"{line}\n{Ids}\n", ["score", folder.Path, "--on-error", "line"]));
        Assert.Equal(2, streams.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("score", "")]
    [InlineData("inspect", " ")]
    [InlineData("eval", "", "--data", "x.jsonl")]
    public void Name_ThatIsEmpty_IsWrongUse(string verb, string name, params string[] more)
    {
        var streams = new CapturedStreams();
        Assert.Equal(2, streams.Run([verb, name, .. more]));
        Assert.Equal("error: Expected the name of a model or a folder, came an empty text.\n", streams.Error);
    }

    private static void Change(ForeignFolder folder, string file, string field, string value)
    {
        const string mark = "the value goes here";
        folder.Json(file, json =>
        {
            var steps = field.Split('.');
            (steps.Length == 1 ? json : (JsonObject)json[steps[0]]!)[steps[^1]] = mark;
        });
        File.WriteAllText(folder.At(file), File.ReadAllText(folder.At(file)).Replace($"\"{mark}\"", value, StringComparison.Ordinal));
    }

    private static void AssertRefused(string line, string place, string sentence, params string[] arguments)
    {
        var streams = new CapturedStreams();
        Assert.Equal(1, streams.Run(line + "\n", ["score", .. arguments]));
        Assert.Equal("", streams.Out);
        var error = Assert.Single(streams.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), said => !said.StartsWith("warning: ", StringComparison.Ordinal));
        Assert.StartsWith("error: ", error);
        Assert.Contains(place, error);
        Assert.Contains(sentence, error);
        Assert.True(Encoding.UTF8.GetByteCount(error) < 1000, error);
    }
}
