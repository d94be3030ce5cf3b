namespace Dmoerm.Tests.Conversations.Tokenizers;

public sealed class BrokenTokenizerTests
{
    [Theory]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"Precompiled\"}", "field 'normalizer': the type 'Precompiled' is not supported; this version has Lowercase")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFC\"},{\"type\":\"ByteLevel\"}]}", "field 'normalizer.normalizers[1]': the type 'ByteLevel'")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\",\"version\":9}", "field 'normalizer': 'version' is not supported")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"\\\\bx\"},\"content\":\"\"}", "field 'normalizer.pattern.Regex': the regular expression is not supported: the part '\\b'")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"\"}", "field 'normalizer.pattern.String': an empty text")]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"Prepend\",\"prepend\":\"\"}", "field 'normalizer': an empty 'prepend'")]
    [InlineData("\"decoder\":{\"type\":\"ByteLevel\"}", "\"decoder\":{\"type\":\"Metaspace\",\"replacement\":\"_\",\"add_prefix_space\":false,\"prepend_scheme\":\"first\"}", "field 'decoder': 'add_prefix_space: false' and 'prepend_scheme: first' contradict")]
    [InlineData("\"normalizer\":null", "\"normalizer\":3", "field 'normalizer': an object was expected")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"Unigram\"", "field 'model': the type 'Unigram' is not supported; this version has BPE and WordLevel")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"BPE\",\"dropout\":0.1", "field 'model.dropout': dropout makes ids a matter of chance")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"BPE\",\"new_rule\":true", "field 'model': 'new_rule' is not supported")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"BPE\",\"byte_fallback\":1", "field 'model.byte_fallback': true or false was expected")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\",\"unk_token\":\"<none>\"", "field 'model.unk_token': the vocabulary has no token '<none>'")]
    [InlineData("\"a\":97", "\"a\":98", "the tokens 'a' and 'b' have the same id 98")]
    [InlineData("\"a\":97", "\"a\":-1", "the token 'a' should have a whole number from 0 as id")]
    [InlineData("\"a\":97", "\"a\":97,\"a\":300", "the token 'a' stands twice")]
    [InlineData("\"a\":97", "\"a\":97,\"\\ud800\":300", "field 'model.vocab': a name is no valid Unicode")]
    [InlineData("\"merges\":[", "\"merges\":[[\"a\"],", "field 'model.merges[0]': a merge should have two parts")]
    [InlineData("\"merges\":[", "\"merges\":[\"a b c\",", "field 'model.merges[0]': a merge should have two parts")]
    [InlineData("\"merges\":[", "\"merges\":[\"a b\",", "field 'model.merges[0]': the vocabulary has no token 'ab'")]
    [InlineData("\"merges\":[", "\"merges\":[7,", "field 'model.merges[0]': a merge should have two parts")]
    [InlineData("{\"type\":\"ByteLevel\",\"add", "{\"type\":\"Metaspace2\",\"add", "field 'pre_tokenizer': the type 'Metaspace2' is not supported; this version has BertPreTokenizer")]
    [InlineData("{\"type\":\"ByteLevel\",\"add", "{\"type\":\"Metaspace\",\"replacement\":\"ab\",\"split\":true,\"x", "field 'pre_tokenizer': 'x_prefix_space' is not supported")]
    [InlineData("\"decoder\":{\"type\":\"ByteLevel\"}", "\"decoder\":{\"type\":\"CTC\"}", "field 'decoder': the type 'CTC' is not supported")]
    [InlineData("\"normalizer\":null", "\"truncation\":{\"max_length\":8,\"strategy\":\"OnlySecond\",\"direction\":\"Right\",\"stride\":0}", "field 'truncation.strategy': 'OnlySecond' is not supported")]
    [InlineData("\"normalizer\":null", "\"padding\":{\"strategy\":{\"Fixed\":-2},\"pad_id\":0}", "field 'padding.strategy.Fixed': a whole number from 0 was expected")]
    [InlineData("\"id\":258", "\"id\":260", "field 'added_tokens[1]': the token '<|im_end|>' has id 260, but by its place 258")]
    [InlineData("\"system\"", "\"\"", "field 'added_tokens[2]': an added token should have a text")]
    [InlineData("\"lstrip\":false", "\"lstrip\":\"yes\"", "field 'added_tokens[0].lstrip': true or false was expected")]
    [InlineData("\"model\":", "\"other\":", "'other' is not supported; this version has version")]
    [InlineData("{\"added_tokens\"", "[{\"added_tokens\"", "not valid JSON")]
    public void Load_PartThatIsNotKnown_IsRefusedByName(string part, string replacement, string problem)
    {
        var error = Assert.Throws<InvalidDataException>(() => TinyTokenizer.Create(json =>
        {
            Assert.Contains(part, json);
            var place = json.IndexOf(part, StringComparison.Ordinal);
            return string.Concat(json.AsSpan(0, place), replacement, json.AsSpan(place + part.Length));
        }));
        Assert.Contains("tokenizer.json", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":[],\"merges\":[]}}")]
    [InlineData("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0}}}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":{}}}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"added_tokens\":{}}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Sequence\"}}")]
    [InlineData("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[[\"\\udfff\",\"a\"]]}}")]
    public void Load_BrokenFile_IsInvalidData(string json) => Assert.Throws<InvalidDataException>(() => TokenizerReferences.Load(json));

    [Fact]
    public void Load_AddedTokenTwice_IsRefused() => Assert.Contains(
        "the token 'a' stands twice",
        Assert.Throws<InvalidDataException>(() => TokenizerReferences.Load("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[{"id":0,"content":"a"},{"id":0,"content":"a","special":true}]}""")).Message);

    [Fact]
    public void Load_AddedTokensThatLookTheSame_AreRefused() => Assert.Contains(
        "field 'added_tokens[1]': the tokens 'AB' and 'Ab' are the same after the normalizer",
        Assert.Throws<InvalidDataException>(() => TokenizerReferences.Load(
            """{"normalizer":{"type":"Lowercase"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[{"id":1,"content":"AB","normalized":true},{"id":2,"content":"Ab","normalized":true}]}""")).Message);

    [Fact]
    public void Load_MergeBehindPrefixThatIsNotAscii_IsRefused() => Assert.Contains(
        "field 'model.merges[0]': 'éa' should begin with 1 ASCII characters in the place of the continuing_subword_prefix",
        Assert.Throws<InvalidDataException>(() => TokenizerReferences.Load(
            """{"model":{"type":"BPE","continuing_subword_prefix":"é","vocab":{"a":0,"éa":1,"aa":2},"merges":[["a","éa"]]}}""")).Message);

    [Fact]
    public void EncodeWhole_StepBehindTemplate_IsRefused()
    {
        var tokenizer = TokenizerReferences.Load("""
            {"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]},"post_processor":{"type":"Sequence","processors":[
            {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"b","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"b":{"id":"b","ids":[1],"tokens":["b"]}}},
            {"type":"ByteLevel"},{"type":"BertProcessing","sep":["b",1],"cls":["b",1]}]}}
            """);
        Assert.Equal([0], tokenizer.Encode("a"));
        Assert.Contains("field 'post_processor.processors[2]': a step that adds tokens behind a TemplateProcessing", Assert.Throws<InvalidDataException>(() => tokenizer.EncodeWhole("a")).Message);
    }

    [Fact]
    public void Load_FirstBehindAnotherStep_IsRefused() => Assert.Contains(
        "field 'pre_tokenizer.pretokenizers[1]': 'prepend_scheme: first' behind another step",
        Assert.Throws<InvalidDataException>(() => TokenizerReferences.Load(
            """{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}]},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""")).Message);

    [Fact]
    public void Load_FirstAfterLosingNormaliser_IsRefused() => Assert.Contains(
        "'prepend_scheme: first' behind another step, or after a normalizer that may take characters from the beginning",
        Assert.Throws<InvalidDataException>(() => TokenizerReferences.Load(
            """{"normalizer":{"type":"Strip","strip_left":true,"strip_right":false},"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""")).Message);

    [Fact]
    public void Encode_ReplaceThatFindsNothingButAPlace_IsRefused()
    {
        var tokenizer = TokenizerReferences.Load("""{"normalizer":{"type":"Replace","pattern":{"Regex":"x*"},"content":"a"},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""");
        Assert.Contains("finds an empty place", Assert.Throws<InvalidDataException>(() => tokenizer.Encode("aa")).Message);
    }
}
