using System.Text;
using Dmoerm.Conversations.Tokenizers.Patterns;
using Dmoerm.Conversations.Tokenizers.Unicode;

namespace Dmoerm.Conversations.Tokenizers.Words;

/// <summary>The steps that a pre-tokenizer is made of.</summary>
/// <remarks>Source of what each does: tokenizers' pre_tokenizers folder; each is compared with its results in the tests.</remarks>
internal static class WordSteps
{
    // GPT-2's rule: contractions, letters, numbers, other signs, blanks; every character falls under one of its branches.
    private static readonly Lazy<TextPattern> ByteLevelRule = new(() => TextPattern.Expression(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", "the rule of ByteLevel"));

    /// <summary>Cuts at what a pattern finds.</summary>
    public static WordStep Split(TextPattern pattern, SplitBehaviour behaviour, bool invert) => (piece, words) =>
    {
        var finds = new List<(int Start, int End)>();
        pattern.Find(piece.Span, finds);
        Splitter.Split(piece, finds, behaviour, invert, words);
    };

    /// <summary>Cuts at each character of a kind.</summary>
    public static WordStep Characters(Func<Rune, bool> kind, SplitBehaviour behaviour) => (piece, words) =>
    {
        var (finds, at) = (new List<(int Start, int End)>(), 0);
        foreach (var rune in piece.Span.EnumerateRunes())
        {
            var next = at + rune.Utf16SequenceLength;
            if (kind(rune))
            {
                finds.Add((at, next));
            }

            at = next;
        }

        Splitter.Split(piece, finds, behaviour, invert: false, words);
    };

    /// <summary>One step on the words of another.</summary>
    public static WordStep Then(WordStep first, WordStep then) => (piece, words) =>
    {
        var between = new List<Piece>();
        first(piece, between);
        between.ForEach(word => then(word, words));
    };

    /// <summary>Words are runs of <c>\w</c> and runs of all else that is no blank.</summary>
    public static void Whitespace(Piece piece, List<Piece> words) =>
        Runs(piece, words, static rune => CharacterKinds.IsWord(rune) ? 1 : Rune.IsWhiteSpace(rune) ? 0 : 2);

    /// <summary>Cuts where the script changes; what stands before the first character of a script is lost, as it is there.</summary>
    public static void UnicodeScripts(Piece piece, List<Piece> words)
    {
        var (start, at, last) = (-1, 0, (string?)null);
        foreach (var rune in piece.Span.EnumerateRunes())
        {
            if (Scripts.Of(rune) is { } script && script != last)
            {
                if (start >= 0)
                {
                    words.Add(piece.Part(start, at));
                }

                (start, last) = (at, script);
            }

            at += rune.Utf16SequenceLength;
        }

        if (start >= 0)
        {
            words.Add(piece.Part(start, at));
        }
    }

    /// <summary>Blanks become another sign, which also begins the text.</summary>
    public static WordStep Metaspace(MetaspaceSettings settings) => (piece, words) =>
    {
        var sign = settings.Sign;
        var text = piece.Span.ToString().Replace(' ', sign);
        text = text[0] != sign && (settings.Prepend == "always" || (settings.Prepend == "first" && piece.Opens)) ? sign + text : text;
        var whole = new Piece(text, piece.Opens);
        if (!settings.Split)
        {
            words.Add(whole);
            return;
        }

        for (var (start, end) = (0, 0); start < text.Length; start = end)
        {
            end = text.IndexOf(sign, start + 1) is var next and > 0 ? next : text.Length;
            words.Add(whole.Part(start, end));
        }
    };

    /// <summary>What ByteLevel does before it takes the bytes.</summary>
    /// <param name="prefixBlank">A piece that does not begin with a blank gets one.</param>
    /// <param name="cut">Cut by GPT-2's rule.</param>
    public static WordStep ByteLevel(bool prefixBlank, bool cut)
    {
        var rule = cut ? Split(ByteLevelRule.Value, SplitBehaviour.Isolated, invert: false) : (piece, words) => words.Add(piece);
        return !prefixBlank ? rule : (piece, words) => rule(piece.Span[0] == ' ' ? piece : new Piece($" {piece.Span}", piece.Opens), words);
    }

    private static void Runs(Piece piece, List<Piece> words, Func<Rune, int> kind)
    {
        var (start, at, last) = (0, 0, 0);
        foreach (var rune in piece.Span.EnumerateRunes())
        {
            var own = kind(rune);
            if (own != last)
            {
                Add(start, at, last);
                (start, last) = (at, own);
            }

            at += rune.Utf16SequenceLength;
        }

        Add(start, at, last);

        void Add(int from, int to, int of)
        {
            if (of != 0)
            {
                words.Add(piece.Part(from, to));
            }
        }
    }
}
