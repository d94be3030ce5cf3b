using System.Globalization;
using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>Classes of characters as tokenizers has them, each from a library, and a version of Unicode, of its own.</summary>
/// <remarks>
/// Numbers and lower case: Rust's standard library, Unicode 17. Words: its regular expressions, Unicode 16, which is also .NET's. Punctuation (Unicode 8) and marks (Unicode 9): small libraries that
/// stand still, so these are in a table, <c>kinds.txt</c>, written by <c>make-tables.pl</c>. Source: every character of Unicode, put to tokenizers 0.23.2.
/// </remarks>
internal static class CharacterKinds
{
    private static readonly Lazy<NamedRanges> Kinds = new(() => new NamedRanges("kinds.txt"));

    /// <summary>Any number: digits, Roman numerals, fractions, circled numbers.</summary>
    public static bool IsNumber(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        // Of Unicode 17.
        || rune.Value is (>= 0x11DE0 and <= 0x11DE9) or (>= 0x16FF4 and <= 0x16FF6);

    /// <summary>A mark that joins the character before it.</summary>
    public static bool IsMark(Rune rune) => !rune.IsAscii && Kinds.Value.Of(rune.Value) == "M";

    /// <summary>Punctuation of any script; in ASCII the signs of mathematics and money, too.</summary>
    public static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? !Rune.IsLetterOrDigit(rune) && rune.Value is > ' ' and < 0x7F : Kinds.Value.Of(rune.Value) == "P";

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

    // Unicode 16 and 17 brought the first ones; whether the runtime knows them depends on the ICU of the machine.
    private static Rune ToLower(Rune rune) => rune.Value switch
    {
        0x1C89 or 0xA7CC or 0xA7CE or 0xA7D2 or 0xA7D4 or 0xA7DA => new Rune(rune.Value + 1),
        0xA7CB => new Rune(0x264),
        0xA7DC => new Rune(0x19B),
        >= 0x10D50 and <= 0x10D65 => new Rune(rune.Value + 0x20),
        >= 0x16EA0 and <= 0x16EB8 => new Rune(rune.Value + 0x1B),
        _ => Rune.ToLowerInvariant(rune),
    };
}
