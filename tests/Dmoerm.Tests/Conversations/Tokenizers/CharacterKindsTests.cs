using System.Text;
using Dmoerm.Conversations.Tokenizers.Unicode;

namespace Dmoerm.Tests.Conversations.Tokenizers;

/// <summary>Where tokenizers 0.23.2 sees characters in another way than .NET's tables: each kind is of a version of Unicode of its own.</summary>
public sealed class CharacterKindsTests
{
    [Theory]
    [InlineData(0x11DE5, true)]
    [InlineData(0x16FF4, true)]
    [InlineData(0x2163, true)]
    [InlineData(0x11DEA, false)]
    public void IsNumber_Unicode17_IsKnown(int character, bool expected) => Assert.Equal(expected, CharacterKinds.IsNumber(new Rune(character)));

    [Theory]
    [InlineData(0x0301, true)]
    [InlineData(0x0903, true)]
    [InlineData(0x1CF2, true)]
    [InlineData(0x111C9, false)]
    [InlineData(0x07FD, false)]
    [InlineData('a', false)]
    public void IsMark_AfterUnicode9_IsNone(int character, bool expected) => Assert.Equal(expected, CharacterKinds.IsMark(new Rune(character)));

    [Theory]
    [InlineData('$', true)]
    [InlineData('~', true)]
    [InlineData('5', false)]
    [InlineData(' ', false)]
    [InlineData(0x7F, false)]
    [InlineData(0x3002, true)]
    [InlineData(0x166D, true)]
    [InlineData(0x111C9, true)]
    [InlineData(0x2E43, false)]
    [InlineData(0x20AC, false)]
    public void IsPunctuation_AfterUnicode8_IsNone(int character, bool expected) => Assert.Equal(expected, CharacterKinds.IsPunctuation(new Rune(character)));

    [Theory]
    [InlineData("\uA7CE\uA7D2\uA7D4", "\uA7CF\uA7D3\uA7D5")]
    [InlineData("\U00016EA0\U00016EB8", "\U00016EBB\U00016ED3")]
    [InlineData("\u0130\u03A3", "i\u0307\u03C3")]
    public void ToLower_Unicode17_IsKnown(string text, string expected) => Assert.Equal(expected, CharacterKinds.ToLower(text));

    [Theory]
    [InlineData(0x0952, "Inherited")]
    [InlineData(0x0953, "Devanagari")]
    [InlineData(0x3042, "Han")]
    [InlineData(' ', null)]
    public void Of_Script_IsThatOfUnicode9(int character, string? expected) => Assert.Equal(expected, Scripts.Of(new Rune(character)));
}
