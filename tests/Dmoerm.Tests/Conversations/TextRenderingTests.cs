using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Tests.Conversations;

/// <summary>Rows of plain texts against what TRL's data preparation made of them (shared references, training/tokenisation.json).</summary>
/// <remarks>
/// The reference tokenizer knows whole words w0, w1, ... and is of a kind that this version lacks; a byte-level one of our own stands in for it, in which w5 is the word "wf" (regular expressions
/// would part letters from digits), with and without a blank before it. The test counts both as the reference's id, and words that it does not know as its unknown token.
/// </remarks>
public sealed partial class TextRenderingTests
{
    private const int WithBlank = 100;
    private const int Unknown = 200;
    private const int Blank = 300;
    private const int ReferenceUnknown = 3;

    [Fact]
    public void Encode_RowsOfTexts_AreTheReferencesTokens()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestFolders.Fixture("training", "tokenisation.json")));
        var sides = 0;
        foreach (var entry in document.RootElement.EnumerateArray().Where(entry => entry.GetProperty("rows")[0].GetProperty("chosen").ValueKind == JsonValueKind.String))
        {
            var limit = entry.GetProperty("max_length") is { ValueKind: JsonValueKind.Number } given ? given.GetInt32() : 1024;
            var found = entry.GetProperty("rows").EnumerateArray().Select(row => new[] { "chosen", "rejected" }.Select(side => Encode(row, side, limit)).ToArray()).Where(row => row.All(ids => ids is not null)).ToArray();
            var expected = entry.GetProperty("result").EnumerateArray().Select(row => new[] { "chosen_ids", "rejected_ids" }.Select(side => row.GetProperty(side).EnumerateArray().Select(id => id.GetInt32()).ToArray()).ToArray()).ToArray();
            Assert.Equal(expected, found);
            sides += 2 * found.Length;
        }

        // Four cases of one row, one of three rows of which two are dropped, one of equal sides.
        Assert.Equal(12, sides);
    }

    [Fact]
    public void Encode_TextWithAPrompt_TellsTheRouterWhereThePromptEnds()
    {
        var encoded = Encoder(1024).Encode([Message.User("wf wg")], [Message.Assistant(" wh")], "row", Rendering.Text)!;
        Assert.Equal([1, 5, WithBlank + 6, WithBlank + 7, 2], encoded.Ids);
        Assert.Equal(3, encoded.PromptLength);
    }

    [Fact]
    public void Encode_NoPrompt_IsTextWhateverIsAsked()
    {
        var encoder = Encoder(1024);
        Assert.Equal(encoder.Encode([], [Message.Assistant("wf wg")], "row", Rendering.Text)!.Ids, encoder.Encode([], [Message.Assistant("wf wg")], "row", Rendering.Chat)!.Ids);
    }

    [Fact]
    public void Encode_TooLongText_CutsThePromptsMiddleThenTheResponsesEnd()
    {
        var long_ = string.Join(' ', Enumerable.Repeat("wf", 20));
        var prompt = Encoder(12).Encode([Message.User(long_)], [Message.Assistant(" wh wh")], "row", Rendering.Text)!;
        Assert.Equal(Truncation.Prompt, prompt.Truncated);
        Assert.Equal([WithBlank + 7, WithBlank + 7, 2], prompt.Ids[^3..]);
        var response = Encoder(6, TooLong.Truncate).Encode([], [Message.Assistant(long_)], "row", Rendering.Text)!;
        Assert.Equal((Truncation.Response, 1, 2), (response.Truncated, response.Ids[0], response.Ids[^1]));
    }

    [Fact]
    public void Encode_ConversationOfManyTurns_CannotBeText()
    {
        var error = Assert.Throws<InvalidDataException>(() => Encoder(1024).Encode([Message.User("wf"), Message.Assistant("wg"), Message.User("wf")], [Message.Assistant("wh")], "rows.jsonl, line 3", Rendering.Text));
        Assert.Equal("rows.jsonl, line 3: rendered as text, a conversation is one text of the user and one of the assistant; came turns of user, assistant, user, assistant.", error.Message);
    }

    [Fact]
    public void Encode_NoEndOfText_SaysWhereItIsLookedFor()
    {
        var encoder = new ConversationEncoder(null, Words(config: "{}"), new EncodingOptions());
        Assert.Contains("names no eos_token", Assert.Throws<InvalidDataException>(() => encoder.Encode([], [Message.Assistant("wf")], "row")).Message, StringComparison.Ordinal);
        Assert.Contains("no chat template is known", Assert.Throws<InvalidDataException>(() => encoder.Encode([Message.User("wf")], [Message.Assistant("wg")], "row")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type": "ByteLevel"}""", new[] { 5 })]
    [InlineData("""{"type": "Sequence", "processors": [{"type": "ByteLevel"}, TEMPLATE]}""", new[] { 1, 5 })]
    [InlineData("""{"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1]}""", new[] { 1, 5, 2 })]
    [InlineData("null", new[] { 5 })]
    public void EncodeWhole_PostProcessor_PutsItsTokensAround(string processor, int[] ids) =>
        Assert.Equal(ids, Words(processor.Replace("TEMPLATE", Template, StringComparison.Ordinal)).EncodeWhole("wf"));

    [Fact]
    public void EncodeWhole_PostProcessorThatIsNotKnown_IsRefusedOnlyWhereItIsNeeded()
    {
        var words = Words("""{"type": "Magic"}""");
        Assert.Equal([5], words.Encode("wf"));
        Assert.Contains("field 'post_processor': the type 'Magic' is not supported", Assert.Throws<InvalidDataException>(() => words.EncodeWhole("wf")).Message, StringComparison.Ordinal);
    }

    private const string Template = """
        {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
        """;

    private static int[]? Encode(JsonElement row, string side, int limit)
    {
        Message[] prompt = row.TryGetProperty("prompt", out var given) ? [Message.User(Ours(given.GetString()!))] : [];
        var ids = Encoder(limit, TooLong.Drop).Encode(prompt, [Message.Assistant(Ours(row.GetProperty(side).GetString()!))], "row", Rendering.Text)?.Ids;
        return ids is null ? null : [.. ids.Where(id => id != Blank).Select(id => id >= Unknown ? ReferenceUnknown : id % WithBlank)];
    }

    private static string Ours(string text) => Word().Replace(text, match => Name(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));

    private static string Name(int word) => $"w{(char)('a' + word)}";

    private static ConversationEncoder Encoder(int limit, TooLong tooLong = TooLong.Error) => new(null, Words(), new EncodingOptions { MaxTokens = limit, TooLong = tooLong });

    private static Tokenizer Words(string processor = Template, string config = """{"eos_token": {"content": "</s>"}}""")
    {
        var folder = TestFolders.Temporary();
        // Every letter that a cut word may fall into, then whole words; what two of them make without a blank is unknown to the reference.
        var vocabulary = Enumerable.Range('a', 26).ToDictionary(letter => $"{(char)letter}", letter => Unknown + 50 + letter - 'a');
        foreach (var word in Enumerable.Range(5, 7))
        {
            vocabulary[Name(word)] = word;
            vocabulary[$"Ġ{Name(word)}"] = WithBlank + word;
        }

        (vocabulary["<pad>"], vocabulary["<s>"], vocabulary["</s>"]) = (0, 1, 2);
        vocabulary["Ġ"] = Blank;
        vocabulary[$"Ġ{Name(6)}{Name(7)}"] = Unknown;
        vocabulary[$"Ġ{Name(6)}{Name(8)}"] = Unknown + 1;
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), $$"""
            {"added_tokens": [{"id": 0, "content": "<pad>", "special": true}, {"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}],
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}, "decoder": {"type": "ByteLevel"}, "post_processor": {{processor}},
             "model": {"type": "BPE", "ignore_merges": true, "merges": [], "vocab": {{JsonSerializer.Serialize(vocabulary)}} } }
            """);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config);
        try
        {
            return Tokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"w(\d+)")]
    private static partial Regex Word();
}
