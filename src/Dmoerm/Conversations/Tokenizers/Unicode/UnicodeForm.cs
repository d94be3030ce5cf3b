using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>One of the four normal forms of Unicode.</summary>
/// <remarks>Source: Unicode Standard Annex 15 (decompose, order by class, put together), with the arithmetic of Hangul from chapter 3.12 of the standard. Checked against ICU in the tests.</remarks>
internal sealed class UnicodeForm
{
    private const int FirstSyllable = 0xAC00, Syllables = 11172, FirstLead = 0x1100, Leads = 19, FirstVowel = 0x1161, Vowels = 21, FirstTail = 0x11A7, Tails = 28;
    private static readonly Dictionary<string, UnicodeForm> Forms = new()
    {
        ["NFC"] = new UnicodeForm(compose: true, compatible: false),
        ["NFD"] = new UnicodeForm(compose: false, compatible: false),
        ["NFKC"] = new UnicodeForm(compose: true, compatible: true),
        ["NFKD"] = new UnicodeForm(compose: false, compatible: true),
    };

    private readonly bool _compose;
    private readonly bool _compatible;
    private readonly Lazy<ulong[]> _unsettled;

    private UnicodeForm(bool compose, bool compatible)
    {
        (_compose, _compatible) = (compose, compatible);
        _unsettled = new Lazy<ulong[]>(FindUnsettled);
    }

    /// <summary>The form of a name such as <c>NFC</c>; null where there is none.</summary>
    public static UnicodeForm? Named(string name) => Forms.GetValueOrDefault(name);

    /// <summary>The text in this form; the text itself where it is in it already.</summary>
    /// <param name="text">A text without lone surrogates.</param>
    public string Apply(string text)
    {
        if (IsSettled(text))
        {
            return text;
        }

        var characters = Decompose(text);
        Order(characters);
        if (_compose)
        {
            Compose(characters);
        }

        var builder = new StringBuilder(characters.Count);
        Span<char> units = stackalloc char[2];
        foreach (var character in characters)
        {
            builder.Append(units[..new Rune(character).EncodeToUtf16(units)]);
        }

        return builder.ToString();
    }

    // True only where no character can change or join another one.
    private bool IsSettled(string text)
    {
        // Below these nothing is unsettled, and no table is needed.
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', _compose && !_compatible ? '\u02FF' : '\u007F') < 0)
        {
            return true;
        }

        var unsettled = _unsettled.Value;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((unsettled[rune.Value >> 6] & (1UL << (rune.Value & 63))) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private ulong[] FindUnsettled()
    {
        var unsettled = new ulong[0x110000 >> 6];
        var table = Decompositions.Table;
        var hangul = _compose ? Enumerable.Range(FirstVowel, Vowels).Concat(Enumerable.Range(FirstTail, Tails)) : Enumerable.Range(FirstSyllable, Syllables);
        var composite = table.Composite(_compatible).Where(character => !_compose || !table.IsPutTogether(character) || (_compatible && Differs(character)));
        foreach (var character in composite.Concat(table.Joining).Concat(hangul))
        {
            unsettled[character >> 6] |= 1UL << (character & 63);
        }

        return unsettled;
    }

    // Whether a part of the character is replaced for compatibility.
    private static bool Differs(int character) =>
        Decompositions.Table.Parts(character, compatible: false) is { } parts ? parts.Any(Differs) : Decompositions.Table.Parts(character, compatible: true) is not null;

    private List<int> Decompose(string text)
    {
        var characters = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            AddParts(rune.Value, characters);
        }

        return characters;
    }

    private void AddParts(int character, List<int> characters)
    {
        var syllable = character - FirstSyllable;
        if (syllable is >= 0 and < Syllables)
        {
            characters.Add(FirstLead + syllable / (Vowels * Tails));
            characters.Add(FirstVowel + syllable % (Vowels * Tails) / Tails);
            if (syllable % Tails > 0)
            {
                characters.Add(FirstTail + syllable % Tails);
            }
        }
        else if (Decompositions.Table.Parts(character, _compatible) is { } parts)
        {
            foreach (var part in parts)
            {
                AddParts(part, characters);
            }
        }
        else
        {
            characters.Add(character);
        }
    }

    // Neighbours with a class stand in the order of their classes; a sort, since a hostile text may have a million of them.
    private static void Order(List<int> characters)
    {
        var table = Decompositions.Table;
        for (var start = 0; start < characters.Count; start++)
        {
            var end = start;
            while (end < characters.Count && table.Class(characters[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] ordered = [.. characters.Skip(start).Take(end - start).OrderBy(table.Class)];
                for (var i = 0; i < ordered.Length; i++)
                {
                    characters[start + i] = ordered[i];
                }
            }

            start = end;
        }
    }

    private static void Compose(List<int> characters)
    {
        var table = Decompositions.Table;
        var (kept, starter, between) = (0, -1, 0);
        foreach (var character in characters.ToArray())
        {
            var own = table.Class(character);
            // Blocked where something stands between that is no mark of a lower class.
            var reaches = starter >= 0 && (kept == starter + 1 || between < own);
            var composite = reaches ? Pair(characters[starter], character) : -1;
            if (composite >= 0)
            {
                characters[starter] = composite;
                continue;
            }

            (starter, between) = own == 0 ? (kept, 0) : (starter, own);
            characters[kept++] = character;
        }

        characters.RemoveRange(kept, characters.Count - kept);
    }

    private static int Pair(int first, int second)
    {
        var (lead, vowel, syllable, tail) = (first - FirstLead, second - FirstVowel, first - FirstSyllable, second - FirstTail);
        return lead is >= 0 and < Leads && vowel is >= 0 and < Vowels ? FirstSyllable + (lead * Vowels + vowel) * Tails
            : syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails ? first + tail
            : Decompositions.Table.Pair(first, second);
    }
}
