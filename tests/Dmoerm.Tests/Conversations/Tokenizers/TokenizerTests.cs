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

    [Fact]
    public void Encode_FileWithLengthRules_FollowsThemOnlyWhereAsked()
    {
        const string Text = "Hello there, how are you?";
        var (tokenizer, plain) = (TokenizerReferences.LoadTiny("truncation-padding-left"), TokenizerReferences.LoadTiny("bpe-bytelevel"));

        Assert.Equal(plain.Encode(Text), tokenizer.Encode(Text));
        Assert.Equal(plain.Encode(Text)[^8..], tokenizer.Encode(Text, AddedParts.Length));
        Assert.Equal([0, 0, 0, .. plain.Encode("?")], tokenizer.Encode("?", AddedParts.Length));
        Assert.Equal("truncation to 8 tokens and padding", tokenizer.LengthRules);
        Assert.Null(plain.LengthRules);
    }

    [Fact]
    public void Encode_LimitWithSpecialTokens_CountsThem()
    {
        var tokenizer = TinyTokenizer.Create(json => json.Replace("{\"added", "{\"truncation\":{\"max_length\":3,\"strategy\":\"LongestFirst\",\"direction\":\"Right\",\"stride\":0},\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"<|im_start|>\",257],\"sep\":[\"<|im_end|>\",258]},\"added"));
        Assert.Equal([257, 'a', 258], tokenizer.Encode("abcd", AddedParts.SpecialTokens | AddedParts.Length));
        Assert.Equal([257, 'a', 'b', 'c', 'd', 258], tokenizer.EncodeWhole("abcd"));
        Assert.Equal(['a', 'b', 'c'], tokenizer.Encode("abcd", AddedParts.Length));
    }

    [Theory]
    [InlineData("a", "2 2 0")]
    [InlineData("aaaa", "0 0 0 0")]
    public void Encode_FixedPadding_RoundsTheFixedLengthOnly(string text, string ids) => Assert.Equal(ids, string.Join(' ', TokenizerReferences.Load(
        """{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"padding":{"strategy":{"Fixed":1},"direction":"Left","pad_to_multiple_of":3,"pad_id":2}}""").Encode(text, AddedParts.Length)));

    [Theory]
    [InlineData("A  b", "2 1 1 0")]
    [InlineData("A b", "2 1 0")]
    public void Encode_TokensInSwallowedBlanks_AreFound(string text, string ids) => Assert.Equal(ids, string.Join(' ', Swallowing("false").Encode(text)));

    [Theory]
    [InlineData("A  b", "2 0")]
    [InlineData("b  b", "0 1 1 0")]
    public void Encode_TokensThatSwallowWhatIsSwallowed_Vanish(string text, string ids) => Assert.Equal(ids, string.Join(' ', Swallowing("true").Encode(text)));

    [Fact]
    public void Encode_UnknownCharactersThatVanish_LetNeighboursMerge() => Assert.Equal(
        [1], TokenizerReferences.Load("""{"model":{"type":"BPE","vocab":{"▁":0,"▁▁":1},"merges":[["▁","▁"]]}}""").Encode("▁d▁"));

    [Fact]
    public void Encode_ManyThreads_GiveTheSame()
    {
        string[] texts = [.. TokenizerReferences.TinyStrings.Select(row => row.GetProperty("text").GetString()!)];
        var single = TokenizerReferences.LoadTiny("bpe-bytelevel");
        int[][] alone = [.. texts.Select(text => single.Encode(text))];
        var fresh = TokenizerReferences.LoadTiny("bpe-bytelevel");

        Parallel.For(0, 4 * texts.Length, i => Assert.Equal(alone[i % texts.Length], fresh.Encode(texts[i % texts.Length])));
    }

    [Fact]
    public void Load_NoFile_SaysSo() =>
        Assert.Contains("no such file", Assert.Throws<InvalidDataException>(() => Tokenizer.Load("nowhere")).Message);

    // "A" swallows blanks behind it.
    private static Tokenizer Swallowing(string left) => TokenizerReferences.Load(
        $$"""{"model":{"type":"BPE","vocab":{"b":0," ":1},"merges":[]},"added_tokens":[{"id":2,"content":"A","rstrip":true},{"id":1,"content":" ","lstrip":{{left}}}]}""");
}
