using Dmoerm.Conversations.Tokenizers.Patterns;

namespace Dmoerm.Tests.Conversations.Tokenizers;

public sealed class TextPatternTests
{
    [Theory]
    [InlineData(@"\p{L}+", "a𠀀b 1", "a𠀀b")]
    [InlineData(@"\p{N}", "𝟏x", "𝟏")]
    [InlineData(@"[^\s\p{L}\p{N}]+", "a😀! 𠀀", "😀!")]
    [InlineData(@"[^a]", "a😀", "😀")]
    [InlineData(@"\P{L}+", "𠀀😀1", "😀1")]
    [InlineData(@"\p{^L}+", "𠀀😀1", "😀1")]
    [InlineData(@"[\P{L}]+", "𐐀😀", "😀")]
    [InlineData(@"\p{Lu}\p{Ll}", "𐐀𐐨", "𐐀𐐨")]
    [InlineData(".", "\n😀", "😀")]
    [InlineData("(?i:'s)", "it'ſx", "'ſ")]
    [InlineData("'(?i:[sdmt]|ll)", "'LL", "'LL")]
    [InlineData("(?i:k)", "\u212A", "\u212A")]
    [InlineData(@"\s+(?!\S)", "a   b", "  ")]
    [InlineData(@"\p{N}{1,3}", "1234", "123|4")]
    [InlineData("a{,2}b", "aaab", "aab")]
    [InlineData(@"[\r\n\-\]]+", "a]\n-", "]\n-")]
    [InlineData(@"[一-龥]+", "中文a", "中文")]
    [InlineData("[\u0061-\uFFFF]+", "zz😀中", "zz|中")]
    [InlineData("(?<=a)b|(?<!a)c", "abcb", "b|c")]
    [InlineData("b*", "ab", "|b")]
    public void Find_Expression_FindsWhatOnigurumaDoes(string expression, string text, string finds)
    {
        var found = new List<(int Start, int End)>();
        TextPattern.Expression(expression, "here").Find(text, found);
        Assert.Equal(finds, string.Join('|', found.Select(find => text[find.Start..find.End])));
    }

    [Fact]
    public void Find_Possessive_GivesNothingBack()
    {
        var found = new List<(int Start, int End)>();
        TextPattern.Expression("a++a", "here").Find("aaa", found);
        TextPattern.Expression("a?+b", "here").Find("b", found);
        Assert.Equal([(0, 1)], found);
    }

    [Theory]
    [InlineData(@"\w+", @"\w")]
    [InlineData(@"a\b", @"\b")]
    [InlineData("^a", "^")]
    [InlineData("a$", "$")]
    [InlineData(@"\p{Han}", @"\p{Han}")]
    [InlineData(@"\p{C}", @"\p{C}")]
    [InlineData("[a&&b]", "& in a set")]
    [InlineData("[[:alpha:]]", "[ in a set")]
    [InlineData("[😀]", "beyond U+FFFF")]
    [InlineData("😀", "beyond U+FFFF")]
    [InlineData("(?i:é)", "beyond ASCII")]
    [InlineData("(?i:ss)", "'ss'")]
    [InlineData(@"(?i:\p{Lu})", @"\p{Lu} under (?i)")]
    [InlineData("(?i)a", "(?i)")]
    [InlineData("(?<name>a)", "(?<n")]
    [InlineData(@"(a)\1", @"\1")]
    [InlineData("a{2}+", "{2}+")]
    [InlineData("a{2}?", "{2}?")]
    [InlineData("a**", "repetition of a repetition")]
    [InlineData("a{b", "{")]
    [InlineData("(a", "group without its end")]
    [InlineData("a)", ")")]
    [InlineData("[a", "set without its end")]
    [InlineData("[z-a]", "from U+007A down to U+0061")]
    [InlineData(@"\", @"\")]
    [InlineData(@"\x{41}", @"\x{")]
    [InlineData("", "0 characters")]
    public void Expression_PartThatMeansSomethingElse_IsRefusedByName(string expression, string part) =>
        Assert.Contains(part, Assert.Throws<NotSupportedException>(() => TextPattern.Expression(expression, "here")).Message);

    [Fact]
    public void Expression_DeepGroups_AreRefused() =>
        Assert.Contains("groups inside each other", Assert.Throws<NotSupportedException>(() => TextPattern.Expression(new string('(', 5_000) + new string(')', 5_000), "here")).Message);
}
