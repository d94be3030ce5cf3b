using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Tests.Conversations.Tokenizers;

public class TokenizerTests
{
    [Fact]
    public void Decode_OfEncode_GivesTheTextBack()
    {
        var tokenizer = TinyTokenizer.Create();
        Assert.Equal("it'ſx 𠀀 𝟏a<|im_end|>b<|im_en", tokenizer.Decode(tokenizer.Encode("it'ſx 𠀀 𝟏a<|im_end|>b<|im_en")));
    }

    [Fact]
    public void Encode_LoneSurrogate_CountsAsReplacementCharacter()
    {
        var tokenizer = TinyTokenizer.Create();
        Assert.Equal(tokenizer.Encode("a\uFFFD b"), tokenizer.Encode("a" + (char)0xD83D + " b"));
    }

    [Fact]
    public void Encode_AddedTokens_LongestAtTheLeftmostPlace()
    {
        var tokenizer = TinyTokenizer.Create(json => json.Replace("\"assistant\"", "\"systems\""));
        Assert.Equal([tokenizer.IdOf("systems"), tokenizer.IdOf("system"), .. "x".Select(letter => (int)letter)], tokenizer.Encode("systemssystemx"));
    }

    [Fact]
    public void Decode_SkipSpecial_LeavesOnlySpecialTokensOut()
    {
        var tokenizer = TinyTokenizer.Create();
        Assert.Equal("systemhi", tokenizer.Decode(tokenizer.Encode("<|im_start|>systemhi<|im_end|>"), skipSpecial: true));
        Assert.Equal(261, tokenizer.VocabularySize);
    }

    [Fact]
    public void IdsAndTokens_Unknown_AreRefused()
    {
        var tokenizer = TinyTokenizer.Create();
        Assert.Throws<ArgumentException>(() => tokenizer.IdOf("<|nothing|>"));
        Assert.Throws<ArgumentException>(() => tokenizer.Decode([261]));
    }

    [Theory]
    [InlineData("\"normalizer\":null", "\"normalizer\":{\"type\":\"NFC\"}", "field 'normalizer': a normalizer ('NFC') is not supported")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"Unigram\"", "field 'model': the type 'Unigram' is not supported")]
    [InlineData("{\"type\":\"ByteLevel\",\"add", "{\"type\":\"Metaspace\",\"add", "field 'pre_tokenizer': the steps Metaspace are not supported")]
    [InlineData("\"decoder\":{\"type\":\"ByteLevel\"}", "\"decoder\":{\"type\":\"Fuse\"}", "field 'decoder': the type 'Fuse' is not supported")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"BPE\",\"byte_fallback\":true", "field 'model': 'byte_fallback: true' is not supported")]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"BPE\",\"end_of_word_suffix\":\"</w>\"", "field 'model.end_of_word_suffix'")]
    [InlineData("\"lstrip\":false", "\"lstrip\":true", "field 'added_tokens[0]': 'lstrip: true' is not supported")]
    [InlineData("\"normalizer\":null", "\"truncation\":{\"max_length\":8}", "field 'truncation': a truncation is not supported")]
    [InlineData("\"merges\":[", "\"merges\":[[\"a\"],", "field 'model.merges[0]': a merge should have two parts")]
    [InlineData("\"model\":", "\"other\":", "'model' is missing")]
    [InlineData("{\"added_tokens\"", "[{\"added_tokens\"", "not valid JSON")]
    public void Load_PartThatIsNotKnown_IsRefusedByName(string part, string replacement, string problem)
    {
        var error = Assert.Throws<InvalidDataException>(() => TinyTokenizer.Create(json =>
        {
            Assert.Contains(part, json);
            return json.Replace(part, replacement);
        }));
        Assert.Contains("tokenizer.json: ", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void Load_NoFile_SaysSo() =>
        Assert.Contains("no such file", Assert.Throws<InvalidDataException>(() => Tokenizer.Load("nowhere")).Message);
}
