using System.Globalization;
using System.Text;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Kinds of letters and numbers as Python tells them apart.</summary>
/// <remarks>.NET goes by categories alone. The tables are what CPython 3.11 answers otherwise (Unicode's Other_Uppercase, Other_Lowercase, and the numbers of its Han database).</remarks>
internal static class LetterKinds
{
    // Small letters by another property than their category.
    private static readonly (int First, int Last)[] OtherLower =
    [
        (0xAA, 0xAA), (0xBA, 0xBA), (0x2B0, 0x2B8), (0x2C0, 0x2C1), (0x2E0, 0x2E4), (0x345, 0x345), (0x37A, 0x37A), (0x1D2C, 0x1D6A), (0x1D78, 0x1D78), (0x1D9B, 0x1DBF),
        (0x2071, 0x2071), (0x207F, 0x207F), (0x2090, 0x209C), (0x2170, 0x217F), (0x24D0, 0x24E9), (0x2C7C, 0x2C7D), (0xA69C, 0xA69D), (0xA770, 0xA770), (0xA7F8, 0xA7F9),
        (0xAB5C, 0xAB5F), (0x10780, 0x10780), (0x10783, 0x10785), (0x10787, 0x107B0), (0x107B2, 0x107BA),
    ];

    // Large ones.
    private static readonly (int First, int Last)[] OtherUpper =
    [
        (0x2160, 0x216F), (0x24B6, 0x24CF), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189),
    ];

    // Characters that are words for numbers.
    private static readonly (int First, int Last)[] HanNumbers =
    [
        (0x3405, 0x3405), (0x3483, 0x3483), (0x382A, 0x382A), (0x3B4D, 0x3B4D), (0x4E00, 0x4E00), (0x4E03, 0x4E03), (0x4E07, 0x4E07), (0x4E09, 0x4E09), (0x4E5D, 0x4E5D),
        (0x4E8C, 0x4E8C), (0x4E94, 0x4E94), (0x4E96, 0x4E96), (0x4EBF, 0x4EC0), (0x4EDF, 0x4EDF), (0x4EE8, 0x4EE8), (0x4F0D, 0x4F0D), (0x4F70, 0x4F70), (0x5104, 0x5104),
        (0x5146, 0x5146), (0x5169, 0x5169), (0x516B, 0x516B), (0x516D, 0x516D), (0x5341, 0x5341), (0x5343, 0x5345), (0x534C, 0x534C), (0x53C1, 0x53C4), (0x56DB, 0x56DB),
        (0x58F1, 0x58F1), (0x58F9, 0x58F9), (0x5E7A, 0x5E7A), (0x5EFE, 0x5EFF), (0x5F0C, 0x5F0E), (0x5F10, 0x5F10), (0x62FE, 0x62FE), (0x634C, 0x634C), (0x67D2, 0x67D2),
        (0x6F06, 0x6F06), (0x7396, 0x7396), (0x767E, 0x767E), (0x8086, 0x8086), (0x842C, 0x842C), (0x8CAE, 0x8CAE), (0x8CB3, 0x8CB3), (0x8D30, 0x8D30), (0x9621, 0x9621),
        (0x9646, 0x9646), (0x964C, 0x964C), (0x9678, 0x9678), (0x96F6, 0x96F6), (0x20001, 0x20001), (0x20064, 0x20064), (0x200E2, 0x200E2), (0x20121, 0x20121),
        (0x2092A, 0x2092A), (0x20983, 0x20983), (0x2098C, 0x2098C), (0x2099C, 0x2099C), (0x20AEA, 0x20AEA), (0x20AFD, 0x20AFD), (0x20B19, 0x20B19), (0x22390, 0x22390),
        (0x22998, 0x22998), (0x23B1B, 0x23B1B), (0x2626D, 0x2626D),
    ];

    /// <summary>A small letter.</summary>
    public static bool IsLower(Rune rune) => Rune.IsLower(rune) || IsIn(OtherLower, rune.Value);

    /// <summary>A large letter.</summary>
    public static bool IsUpper(Rune rune) => Rune.IsUpper(rune) || IsIn(OtherUpper, rune.Value);

    /// <summary>A letter that has a case.</summary>
    public static bool IsCased(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter || IsLower(rune) || IsUpper(rune);

    /// <summary>What may stand between the letters of one word.</summary>
    public static bool IsIgnored(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;

    /// <summary>All are digits.</summary>
    public static bool IsDigit(string text) => All(text, at => CharUnicodeInfo.GetDigitValue(text, at) >= 0);

    /// <summary>All are decimal digits.</summary>
    public static bool IsDecimal(string text) => All(text, at => CharUnicodeInfo.GetDecimalDigitValue(text, at) >= 0);

    /// <summary>All stand for numbers.</summary>
    public static bool IsNumeric(string text) => All(text, at => IsNumber(text, at));

    /// <summary>All are letters.</summary>
    public static bool IsAlpha(string text) => All(text, at => char.IsLetter(text, at));

    /// <summary>All are letters or stand for numbers.</summary>
    public static bool IsAlphanumeric(string text) => All(text, at => char.IsLetter(text, at) || IsNumber(text, at));

    /// <summary>There are letters of a case, and all of them are large.</summary>
    public static bool IsUpper(string text) => text.EnumerateRunes().Any(IsCased) && text.EnumerateRunes().All(rune => !IsCased(rune) || IsUpper(rune));

    /// <summary>There are letters of a case, and all of them are small.</summary>
    public static bool IsLower(string text) => text.EnumerateRunes().Any(IsCased) && text.EnumerateRunes().All(rune => !IsCased(rune) || IsLower(rune));

    /// <summary>Large letters begin runs of letters, and only they do.</summary>
    public static bool IsTitle(string text)
    {
        var (isInside, found) = (false, false);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsCased(rune) && IsLower(rune) != isInside)
            {
                return false;
            }

            isInside = IsCased(rune);
            found |= isInside;
        }

        return found;
    }

    // One number is negative, so that 0 is no bound.
    private static bool IsNumber(string text, int at) => CharUnicodeInfo.GetNumericValue(text, at) != -1 || IsIn(HanNumbers, char.IsSurrogatePair(text, at) ? char.ConvertToUtf32(text, at) : text[at]);

    private static bool IsIn((int First, int Last)[] ranges, int code) => code > 0x7F && Array.Exists(ranges, range => code >= range.First && code <= range.Last);

    private static bool All(string text, Func<int, bool> holds)
    {
        for (var at = 0; at < text.Length; at += char.IsSurrogatePair(text, at) ? 2 : 1)
        {
            if (!holds(at))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
