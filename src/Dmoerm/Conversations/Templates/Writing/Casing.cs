using System.Collections.Frozen;
using System.Text;

namespace Dmoerm.Conversations.Templates.Writing;

/// <summary>Upper and lower case as Python has them: letters that become several, and the sigma at the end of a word.</summary>
/// <remarks>.NET maps letters one to one. The tables are what CPython 3.11 answers for letters that it maps otherwise (Unicode's SpecialCasing, unconditional part).</remarks>
internal static class Casing
{
    // A letter, and the several that stand for it in upper case.
    private const string ManyUpper =
"\u00dfSS \u0149\u02bcN \u01f0J\u030c \u0390\u0399\u0308\u0301 \u03b0\u03a5\u0308\u0301 \u0587\u0535\u0552 \u1e96H\u0331 \u1e97T\u0308 \u1e98W\u030a"
        + " \u1e99Y\u030a \u1e9aA\u02be \u1f50\u03a5\u0313 \u1f52\u03a5\u0313\u0300 \u1f54\u03a5\u0313\u0301 \u1f56\u03a5\u0313\u0342 \u1f80\u1f08\u0399"
        + " \u1f81\u1f09\u0399 \u1f82\u1f0a\u0399 \u1f83\u1f0b\u0399 \u1f84\u1f0c\u0399 \u1f85\u1f0d\u0399 \u1f86\u1f0e\u0399 \u1f87\u1f0f\u0399"
        + " \u1f88\u1f08\u0399 \u1f89\u1f09\u0399 \u1f8a\u1f0a\u0399 \u1f8b\u1f0b\u0399 \u1f8c\u1f0c\u0399 \u1f8d\u1f0d\u0399 \u1f8e\u1f0e\u0399"
        + " \u1f8f\u1f0f\u0399 \u1f90\u1f28\u0399 \u1f91\u1f29\u0399 \u1f92\u1f2a\u0399 \u1f93\u1f2b\u0399 \u1f94\u1f2c\u0399 \u1f95\u1f2d\u0399"
        + " \u1f96\u1f2e\u0399 \u1f97\u1f2f\u0399 \u1f98\u1f28\u0399 \u1f99\u1f29\u0399 \u1f9a\u1f2a\u0399 \u1f9b\u1f2b\u0399 \u1f9c\u1f2c\u0399"
        + " \u1f9d\u1f2d\u0399 \u1f9e\u1f2e\u0399 \u1f9f\u1f2f\u0399 \u1fa0\u1f68\u0399 \u1fa1\u1f69\u0399 \u1fa2\u1f6a\u0399 \u1fa3\u1f6b\u0399"
        + " \u1fa4\u1f6c\u0399 \u1fa5\u1f6d\u0399 \u1fa6\u1f6e\u0399 \u1fa7\u1f6f\u0399 \u1fa8\u1f68\u0399 \u1fa9\u1f69\u0399 \u1faa\u1f6a\u0399"
        + " \u1fab\u1f6b\u0399 \u1fac\u1f6c\u0399 \u1fad\u1f6d\u0399 \u1fae\u1f6e\u0399 \u1faf\u1f6f\u0399 \u1fb2\u1fba\u0399 \u1fb3\u0391\u0399"
        + " \u1fb4\u0386\u0399 \u1fb6\u0391\u0342 \u1fb7\u0391\u0342\u0399 \u1fbc\u0391\u0399 \u1fc2\u1fca\u0399 \u1fc3\u0397\u0399 \u1fc4\u0389\u0399"
        + " \u1fc6\u0397\u0342 \u1fc7\u0397\u0342\u0399 \u1fcc\u0397\u0399 \u1fd2\u0399\u0308\u0300 \u1fd3\u0399\u0308\u0301 \u1fd6\u0399\u0342"
        + " \u1fd7\u0399\u0308\u0342 \u1fe2\u03a5\u0308\u0300 \u1fe3\u03a5\u0308\u0301 \u1fe4\u03a1\u0313 \u1fe6\u03a5\u0342 \u1fe7\u03a5\u0308\u0342"
        + " \u1ff2\u1ffa\u0399 \u1ff3\u03a9\u0399 \u1ff4\u038f\u0399 \u1ff6\u03a9\u0342 \u1ff7\u03a9\u0342\u0399 \u1ffc\u03a9\u0399 \ufb00FF \ufb01FI \ufb02FL"
        + " \ufb03FFI \ufb04FFL \ufb05ST \ufb06ST \ufb13\u0544\u0546 \ufb14\u0544\u0535 \ufb15\u0544\u053b \ufb16\u054e\u0546 \ufb17\u0544\u053d";

    // A letter, and what stands for it at the start of a word, where that is not its upper case.
    private const string OtherTitle =
"\u00dfSs \u01c4\u01c5 \u01c5\u01c5 \u01c6\u01c5 \u01c7\u01c8 \u01c8\u01c8 \u01c9\u01c8 \u01ca\u01cb \u01cb\u01cb \u01cc\u01cb \u01f1\u01f2"
        + " \u01f2\u01f2 \u01f3\u01f2 \u0587\u0535\u0582 \u1f80\u1f88 \u1f81\u1f89 \u1f82\u1f8a \u1f83\u1f8b \u1f84\u1f8c \u1f85\u1f8d \u1f86\u1f8e \u1f87\u1f8f"
        + " \u1f88\u1f88 \u1f89\u1f89 \u1f8a\u1f8a \u1f8b\u1f8b \u1f8c\u1f8c \u1f8d\u1f8d \u1f8e\u1f8e \u1f8f\u1f8f \u1f90\u1f98 \u1f91\u1f99 \u1f92\u1f9a"
        + " \u1f93\u1f9b \u1f94\u1f9c \u1f95\u1f9d \u1f96\u1f9e \u1f97\u1f9f \u1f98\u1f98 \u1f99\u1f99 \u1f9a\u1f9a \u1f9b\u1f9b \u1f9c\u1f9c \u1f9d\u1f9d"
        + " \u1f9e\u1f9e \u1f9f\u1f9f \u1fa0\u1fa8 \u1fa1\u1fa9 \u1fa2\u1faa \u1fa3\u1fab \u1fa4\u1fac \u1fa5\u1fad \u1fa6\u1fae \u1fa7\u1faf \u1fa8\u1fa8"
        + " \u1fa9\u1fa9 \u1faa\u1faa \u1fab\u1fab \u1fac\u1fac \u1fad\u1fad \u1fae\u1fae \u1faf\u1faf \u1fb2\u1fba\u0345 \u1fb3\u1fbc \u1fb4\u0386\u0345"
        + " \u1fb7\u0391\u0342\u0345 \u1fbc\u1fbc \u1fc2\u1fca\u0345 \u1fc3\u1fcc \u1fc4\u0389\u0345 \u1fc7\u0397\u0342\u0345 \u1fcc\u1fcc \u1ff2\u1ffa\u0345"
        + " \u1ff3\u1ffc \u1ff4\u038f\u0345 \u1ff7\u03a9\u0342\u0345 \u1ffc\u1ffc \ufb00Ff \ufb01Fi \ufb02Fl \ufb03Ffi \ufb04Ffl \ufb05St \ufb06St"
        + " \ufb13\u0544\u0576 \ufb14\u0544\u0565 \ufb15\u0544\u056b \ufb16\u054e\u0576 \ufb17\u0544\u056d";

    private static readonly FrozenDictionary<int, string> Uppers = Read(ManyUpper);
    private static readonly FrozenDictionary<int, string> Titles = Read(OtherTitle);

    /// <summary><c>str.upper</c>.</summary>
    public static string Upper(string text) => Ascii.IsValid(text) ? text.ToUpperInvariant() : string.Concat(text.EnumerateRunes().Select(Upper));

    /// <summary><c>str.lower</c>.</summary>
    public static string Lower(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        Rune[] runes = [.. text.EnumerateRunes()];
        return string.Concat(runes.Select((rune, place) => Lower(runes, rune, place)));
    }

    /// <summary><c>str.capitalize</c>: the first letter large, all others small.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var first = Rune.DecodeFromUtf16(text, out var rune, out var width) == System.Buffers.OperationStatus.Done ? Title(rune) : text[..width];
        // Looked at as a whole, so that a sigma knows what stands before it.
        return first + LowerFrom(text, width);
    }

    /// <summary><c>str.title</c>: the first letter of every run of letters large.</summary>
    public static string Title(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        return string.Concat(runes.Select((rune, place) => place > 0 && LetterKinds.IsCased(runes[place - 1]) ? Lower(runes, rune, place) : Title(rune)));
    }

    /// <summary><c>str.swapcase</c>.</summary>
    public static string Swap(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        return string.Concat(runes.Select((rune, place) => LetterKinds.IsUpper(rune) ? Lower(runes, rune, place) : LetterKinds.IsLower(rune) ? Upper(rune) : rune.ToString()));
    }

    /// <summary>The first letter in upper case, as <c>text[0].upper()</c>.</summary>
    public static string Upper(Rune rune) =>
        Uppers.TryGetValue(rune.Value, out var several) ? several
        // .NET's invariant mapping keeps the i without a dot and the long s.
        : rune.Value is 0x131 or 0x17F ? rune.Value == 0x131 ? "I" : "S"
        : Rune.ToUpperInvariant(rune).ToString();

    private static string Title(Rune rune) =>
        Titles.TryGetValue(rune.Value, out var other) ? other
        // Georgian has large letters that are never used for one word's first.
        : rune.Value is >= 0x10D0 and <= 0x10FF ? rune.ToString()
        : Upper(rune);

    private static string LowerFrom(string text, int from)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        return Ascii.IsValid(text) ? text[from..].ToLowerInvariant() : string.Concat(runes.Skip(1).Select((rune, place) => Lower(runes, rune, place + 1)));
    }

    private static string Lower(Rune[] runes, Rune rune, int place) =>
        rune.Value == 0x130 ? "i\u0307"
        : rune.Value == 0x3A3 && EndsWord(runes, place) ? "\u03c2"
        : Rune.ToLowerInvariant(rune).ToString();

    // Behind a letter with nothing but marks between, and before none.
    private static bool EndsWord(Rune[] runes, int place)
    {
        var before = place - 1;
        for (; before >= 0 && LetterKinds.IsIgnored(runes[before]); before--)
        {
        }

        var after = place + 1;
        for (; after < runes.Length && LetterKinds.IsIgnored(runes[after]); after++)
        {
        }

        return before >= 0 && LetterKinds.IsCased(runes[before]) && (after == runes.Length || !LetterKinds.IsCased(runes[after]));
    }

    private static FrozenDictionary<int, string> Read(string table) => table.Split(' ').ToFrozenDictionary(cell => (int)cell[0], cell => cell[1..]);
}
