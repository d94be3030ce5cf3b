using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>Cuts a text into the words that BPE works on.</summary>
/// <param name="IndividualDigits">First set every number character apart.</param>
/// <param name="PrefixSpace">Put a blank before a piece that does not begin with one.</param>
/// <param name="UseRegex">Cut by GPT-2's rule: contractions, letters, numbers, other signs, blanks.</param>
internal sealed partial record PreTokenizer(bool IndividualDigits, bool PrefixSpace, bool UseRegex)
{
    /// <summary>The words of a text, one after another, nothing left out.</summary>
    public List<string> Split(string text)
    {
        var words = new List<string>();
        foreach (var piece in IndividualDigits ? SetDigitsApart(text) : [text])
        {
            var whole = PrefixSpace && !piece.StartsWith(' ') ? ' ' + piece : piece;
            if (UseRegex)
            {
                AddWords(whole, words);
            }
            else
            {
                words.Add(whole);
            }
        }

        return words;
    }

    // The rule as tokenizers' ByteLevel has it; every character falls under one of its branches.
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    private static void AddWords(string text, List<string> words)
    {
        var start = 0;
        foreach (var match in Words().EnumerateMatches(StandIns(text, out var offsets)))
        {
            var end = match.Index + match.Length;
            end = offsets is null ? end : offsets[end];
            words.Add(text[start..end]);
            start = end;
        }
    }

    private static IEnumerable<string> SetDigitsApart(string text)
    {
        var (start, at) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var next = at + rune.Utf16SequenceLength;
            if (IsNumber(Rune.GetUnicodeCategory(rune)))
            {
                if (at > start)
                {
                    yield return text[start..at];
                }

                yield return text[at..next];
                start = next;
            }

            at = next;
        }

        if (start < text.Length)
        {
            yield return text[start..];
        }
    }

    private static bool IsNumber(UnicodeCategory category) =>
        category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    // .NET's expressions see surrogates one by one, and neither half of a letter is a letter: each pair is replaced by one
    // character of its class, and the offsets lead back. Null offsets: nothing was replaced.
    private static string StandIns(string text, out int[]? offsets)
    {
        offsets = null;
        if (!text.Any(char.IsSurrogate))
        {
            return text;
        }

        var standIns = new StringBuilder();
        var ends = new List<int> { 0 };
        foreach (var rune in text.EnumerateRunes())
        {
            standIns.Append(rune.IsBmp ? (char)rune.Value : StandIn(Rune.GetUnicodeCategory(rune)));
            ends.Add(ends[^1] + rune.Utf16SequenceLength);
        }

        offsets = [.. ends];
        return standIns.ToString();
    }

    private static char StandIn(UnicodeCategory category) => category <= UnicodeCategory.OtherLetter ? 'a' : IsNumber(category) ? '0' : '#';
}
