using System.Text;

namespace Dmoerm.Data.Texts;

/// <summary>When two texts count as the same, and which words they have.</summary>
internal static class NormalText
{
    /// <summary>NFC, every run of white space one space, none at the ends: what may differ between copies of one prompt.</summary>
    public static string Spaced(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var letter in text.Normalize(NormalizationForm.FormC))
        {
            if (!char.IsWhiteSpace(letter))
            {
                result.Append(letter);
            }
            else if (result.Length > 0 && result[^1] != ' ')
            {
                result.Append(' ');
            }
        }

        return result.ToString().TrimEnd();
    }

    /// <summary><see cref="Spaced"/> without difference of case: what units look at.</summary>
    public static string Folded(string text) => Spaced(text).ToLowerInvariant();

    /// <summary>Runs of letters and digits; characters of scripts that set no spaces (from U+2E80 on) are words of their own.</summary>
    public static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var alone = rune.Value >= 0x2E80;
            if (alone || !Rune.IsLetterOrDigit(rune))
            {
                Close(word, words);
            }

            if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(rune);
            }

            if (alone)
            {
                Close(word, words);
            }
        }

        Close(word, words);
        return words;
    }

    private static void Close(StringBuilder word, List<string> words)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
