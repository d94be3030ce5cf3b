using System.Globalization;
using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Patterns;

/// <summary>One character for each surrogate pair, so that an expression sees it as one.</summary>
/// <remarks>
/// .NET's expressions see the halves of a pair one by one, and neither half of a letter is a letter. A whole text has no lone surrogate, so these are free
/// to stand for something: each for one general category.
/// </remarks>
/// <param name="Text">The text with stand-ins.</param>
/// <param name="Offsets">The place in the true text of each of its characters, and of the end.</param>
internal sealed record StandIns(char[] Text, int[] Offsets)
{
    /// <summary>The stand-in of a category.</summary>
    public static char Of(UnicodeCategory category) => (char)(0xD800 + (int)category);

    /// <summary>Replaces the pairs of a text; null where there are none.</summary>
    public static StandIns? In(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return null;
        }

        var (characters, offsets) = (new List<char>(text.Length), new List<int>(text.Length + 1) { 0 });
        foreach (var rune in text.EnumerateRunes())
        {
            characters.Add(rune.IsBmp ? (char)rune.Value : Of(Rune.GetUnicodeCategory(rune)));
            offsets.Add(offsets[^1] + rune.Utf16SequenceLength);
        }

        return new StandIns([.. characters], [.. offsets]);
    }
}
