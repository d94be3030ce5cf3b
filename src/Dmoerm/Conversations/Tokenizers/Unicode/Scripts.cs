using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>Which script a character belongs to, as the pre-tokenizer <c>UnicodeScripts</c> sees it.</summary>
/// <remarks>
/// Unicode 9. Hiragana, Katakana and the long-vowel mark count as Han; the blank and characters that Unicode 9 does not know belong to any script.
/// Source: tokenizers' pre_tokenizers/unicode_scripts, with whose results this table was compared; <c>scripts.txt</c> is written by <c>make-tables.pl</c>.
/// </remarks>
internal static class Scripts
{
    private static readonly Lazy<NamedRanges> Table = new(() => new NamedRanges("scripts.txt"));

    /// <summary>The script; null for any.</summary>
    public static string? Of(Rune rune) => rune.Value switch
    {
        ' ' => null,
        0x30FC => "Han",
        _ => Table.Value.Of(rune.Value) is var name && name is "Hiragana" or "Katakana" ? "Han" : name,
    };
}
