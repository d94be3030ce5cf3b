using System.Globalization;
using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>Classes of characters as Rust's standard library and its regular expressions have them.</summary>
internal static class CharacterKinds
{
    /// <summary>Any number: digits, Roman numerals, fractions, circled numbers.</summary>
    public static bool IsNumber(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>A mark that joins the character before it.</summary>
    public static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Punctuation of any script; in ASCII the signs of mathematics and money, too.</summary>
    public static bool IsPunctuation(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation
        || (rune.IsAscii && Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol);

    /// <summary>What <c>\w</c> matches: alphabetic characters, marks, decimal digits, connectors, the two joiners.</summary>
    public static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.OtherSymbol => rune.Value is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
        UnicodeCategory.Format => rune.Value is 0x200C or 0x200D,
        _ => false,
    };

    /// <summary>The text in lower case, character by character: the place in a word changes nothing.</summary>
    public static string ToLower(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var lower = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            // The one character whose lower case has two.
            lower.Append(rune.Value == 0x130 ? "i\u0307" : units[..ToLower(rune).EncodeToUtf16(units)]);
        }

        return lower.ToString();
    }

    // Unicode 16 brought the first ones; whether the runtime knows them depends on the ICU of the machine.
    private static Rune ToLower(Rune rune) => rune.Value switch
    {
        0x1C89 or 0xA7CC or 0xA7DA => new Rune(rune.Value + 1),
        0xA7CB => new Rune(0x264),
        0xA7DC => new Rune(0x19B),
        >= 0x10D50 and <= 0x10D65 => new Rune(rune.Value + 0x20),
        _ => Rune.ToLowerInvariant(rune),
    };
}
