using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Tests.Conversations.Tokenizers;

public class TokenizerTests
{
    [Theory]
    [InlineData("bpe-bytelevel")]
    [InlineData("bpe-bytelevel-prefix-space")]
    [InlineData("bpe-ignore-merges")]
    public void Encode_TinyReference_EqualsTokenizers(string name)
    {
        var tokenizer = TinyTokenizer.Create(_ => File.ReadAllText(TestFolders.Fixture("tokenizers", $"{name}.json")));
        Assert.Equal(224, Compare(tokenizer, TestFolders.Fixture("tokenizers", "strings.jsonl"), TestFolders.Fixture("tokenizers", $"{name}.jsonl")));
    }

    [Theory]
    [InlineData("minimind", "models/minimind2-small")]
    [InlineData("smollm2", "references/tokenizers/smollm2")]
    public void Encode_RealTokenizer_EqualsTokenizers(string name, string folder)
    {
        var tokenizer = Tokenizer.Load(TestFolders.Shared(folder));
        var references = TestFolders.Shared("references/tokenizers");
        Assert.Equal(424, Compare(tokenizer, Path.Combine(references, "strings.jsonl"), Path.Combine(references, name, "expected.jsonl")));
    }

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

    // Asserts ids and both decodings of every row and says how many there were.
    private static int Compare(Tokenizer tokenizer, string stringsPath, string expectedPath)
    {
        var (strings, expected) = (TestFolders.ReadLines(stringsPath), TestFolders.ReadLines(expectedPath));
        var wrong = new List<string>();
        foreach (var (row, reference) in strings.Zip(expected))
        {
            var (id, text) = (row.GetProperty("id").GetInt32(), row.GetProperty("text").GetString()!);
            Assert.Equal(id, reference.GetProperty("id").GetInt32());
            int[] ids = [.. reference.GetProperty("ids").EnumerateArray().Select(item => item.GetInt32())];
            var found = tokenizer.Encode(text);
            if (!found.SequenceEqual(ids))
            {
                wrong.Add($"{id}: {string.Join(' ', found)} instead of {string.Join(' ', ids)}");
            }

            Assert.Equal(reference.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
            Assert.Equal(reference.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(ids, skipSpecial: true));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        return Math.Min(strings.Length, expected.Length);
    }
}
