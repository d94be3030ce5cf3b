using System.Diagnostics;

namespace Dmoerm.Tests.Conversations.Tokenizers;

/// <summary>Texts made to be slow; in quadratic time each would take minutes.</summary>
public sealed class HostileTextTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("bpe-bytelevel", "a", 200_000)]
    [InlineData("bpe-bytelevel", " ", 200_000)]
    [InlineData("bpe-gpt4o-like", "aA", 100_000)]
    [InlineData("bpe-byte-fallback", "ha", 100_000)]
    [InlineData("bpe-byte-fallback", "<0x41>", 50_000)]
    [InlineData("added-token-flags", "<", 400_000)]
    [InlineData("norm-nfc", "\u0301\u0323", 100_000)]
    [InlineData("norm-nfkd-strip-accents", "\u0301\u0323", 100_000)]
    public void Encode_LongWord_TakesNoQuadraticTime(string name, string part, int times)
    {
        var tokenizer = TokenizerReferences.LoadTiny(name);
        var text = string.Concat(Enumerable.Repeat(part, times));
        var clock = Stopwatch.StartNew();

        tokenizer.Encode(text);

        Assert.True(clock.Elapsed < Limit, $"{name}: {clock.Elapsed.TotalSeconds:F1} s for {text.Length} characters");
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
