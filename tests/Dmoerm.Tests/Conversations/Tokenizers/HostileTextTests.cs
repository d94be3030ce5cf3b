using Dmoerm.Conversations.Tokenizers.Models;

namespace Dmoerm.Tests.Conversations.Tokenizers;

/// <summary>Texts made to be slow: in quadratic time each would take minutes. <c>Dmoerm.Benchmarks tokenizers</c> measures the like.</summary>
public sealed class HostileTextTests
{
    [Theory]
    [InlineData("bpe-bytelevel", "a", 200_000, "a")]
    [InlineData("bpe-bytelevel", " ", 200_000, " ")]
    [InlineData("bpe-gpt4o-like", "aA", 100_000, "aA")]
    [InlineData("bpe-byte-fallback", "ha", 100_000, "ha")]
    [InlineData("bpe-byte-fallback", "<0x41>", 50_000, "A")]
    [InlineData("added-token-flags", "<", 400_000, "<")]
    [InlineData("norm-nfkd-strip-accents", "\u0301\u0323", 100_000, "")]
    public void Encode_LongWord_IsWholeWhenItIsDecoded(string name, string part, int times, string decoded)
    {
        var tokenizer = TokenizerReferences.LoadTiny(name);

        var ids = tokenizer.Encode(string.Concat(Enumerable.Repeat(part, times)));

        Assert.Equal(string.Concat(Enumerable.Repeat(decoded, times)), tokenizer.Decode(ids));
    }

    [Fact]
    public void Encode_MarksThatMustBeSorted_AreAllThere() =>
        Assert.Equal(200_000, TokenizerReferences.LoadTiny("norm-nfc").Encode(string.Concat(Enumerable.Repeat("\u0301\u0323", 100_000))).Length);

    [Theory]
    [InlineData("lstrip")]
    [InlineData("rstrip")]
    public void Encode_BlanksThatAreSwallowed_AreAllThere(string flag)
    {
        var tokenizer = TokenizerReferences.Load($$"""{"model":{"type":"BPE","vocab":{"b":0," ":1},"merges":[]},"added_tokens":[{"id":1,"content":" ","{{flag}}":true}]}""");

        Assert.Equal(Enumerable.Repeat(1, 400_000), tokenizer.Encode(new string(' ', 400_000)));
    }

    [Fact]
    public void Pair_OfEqualIds_HasHashesOfItsOwn()
    {
        // Without mixing all of them had the hash 0, and a long run of one letter took a thousand comparisons a letter.
        var hashes = Enumerable.Range(0, 50_000).Select(id => BytePairSettings.Pair(id, id).GetHashCode()).Distinct().Count();
        Assert.InRange(hashes, 49_900, 50_000);
    }

    [Fact]
    public void Encode_LongWord_IsTheSameWhereverItIsCut()
    {
        // Nothing merges across a blank that begins a word, so parts and whole agree.
        var tokenizer = TokenizerReferences.LoadTiny("bpe-byte-fallback");
        var alone = tokenizer.Encode("hello world");

        Assert.Equal(Enumerable.Repeat(alone, 500).SelectMany(ids => ids), tokenizer.Encode(string.Join(' ', Enumerable.Repeat("hello world", 500))));
    }
}
