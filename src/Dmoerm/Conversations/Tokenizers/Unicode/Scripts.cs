using System.Text;

namespace Dmoerm.Conversations.Tokenizers.Unicode;

/// <summary>Which script a character belongs to, as the pre-tokenizer <c>UnicodeScripts</c> sees it.</summary>
/// <remarks>
/// Unicode 9. Hiragana, Katakana and the long-vowel mark count as Han; the blank and characters that Unicode 9 does not know belong to any script.
/// Source: tokenizers' pre_tokenizers/unicode_scripts, whose table this one was compared with; <c>scripts.txt</c> is written by <c>make-tables.pl</c>.
/// </remarks>
internal sealed class Scripts
{
    private static readonly Lazy<Scripts> Loaded = new(() => new Scripts());
    private readonly List<int> _starts = [];
    private readonly List<(int Last, string Name)> _ranges = [];

    private Scripts()
    {
        foreach (var line in UnicodeTable.Lines("scripts.txt"))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var (first, last) = UnicodeTable.Range(line.AsSpan(0, blank));
            _starts.Add(first);
            _ranges.Add((last, string.Intern(line[(blank + 1)..])));
        }
    }

    /// <summary>The script; null for any.</summary>
    public static string? Of(Rune rune) => rune.Value switch
    {
        ' ' => null,
        0x30FC => "Han",
        _ => Loaded.Value.Find(rune.Value) is var name && name is "Hiragana" or "Katakana" ? "Han" : name,
    };

    private string? Find(int character)
    {
        var place = _starts.BinarySearch(character);
        place = place < 0 ? ~place - 1 : place;
        return place >= 0 && character <= _ranges[place].Last ? _ranges[place].Name : null;
    }
}
