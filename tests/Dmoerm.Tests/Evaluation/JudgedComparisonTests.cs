using Dmoerm.Evaluation;

namespace Dmoerm.Tests.Evaluation;

public class JudgedComparisonTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("e\u0301", 2)] // a combining accent is a code point of its own
    [InlineData("a\U0001F600b", 3)] // outside the basic plane: two chars, one code point
    public void CodePoints_CountsUnicodeNotChars(string text, int expected) => Assert.Equal(expected, JudgedComparison.CodePoints(text));

    [Fact]
    public void CodePoints_UnpairedSurrogate_CountsOne() => Assert.Equal(2, JudgedComparison.CodePoints("\uD83D\uD83D\uDE00"));

    [Theory]
    [InlineData(1, 2, 1, 1.0)]
    [InlineData(0, 2, 1, 0.0)]
    [InlineData(0.4, 1, 2, 1.0)]
    [InlineData(0.6, 2, 2, 0.5)]
    [InlineData(0.5, 2, 1, null)]
    public void Right_LabelAndRewards_Agree(double p, double i, double j, double? expected) => Assert.Equal(expected, Judgements.Of(p, i, j).Right);
}
