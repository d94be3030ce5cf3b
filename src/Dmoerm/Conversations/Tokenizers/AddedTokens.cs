using System.Buffers;
using System.Text;
using Dmoerm.Conversations.Tokenizers.Unicode;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>A token that is found in the text as it stands, before anything else.</summary>
internal sealed record AddedToken
{
    /// <summary>Its id.</summary>
    public required int Id { get; init; }

    /// <summary>Its text.</summary>
    public required string Content { get; init; }

    /// <summary>Left out when special tokens are skipped in decoding.</summary>
    public bool Special { get; init; }

    /// <summary>Looked for after the others, in the normalised text.</summary>
    public bool Normalized { get; init; }

    /// <summary>Not found beside a letter, digit or mark.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Swallows the blanks before it.</summary>
    public bool StripLeft { get; init; }

    /// <summary>Swallows the blanks behind it.</summary>
    public bool StripRight { get; init; }
}

/// <summary>Finds added tokens in texts: the leftmost first, at one place the longest.</summary>
/// <remarks>Source of the order in which the flags act: tokenizers' tokenizer/added_vocabulary.rs.</remarks>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _byContent;
    private readonly Dictionary<char, int[]> _lengths;
    private readonly SearchValues<char> _firsts;

    /// <summary>Tokens to look for.</summary>
    /// <param name="tokens">The tokens; no two look the same.</param>
    /// <param name="written">How a token's text is written where it is looked for.</param>
    public AddedTokens(IEnumerable<AddedToken> tokens, Func<string, string> written)
    {
        var contents = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var token in tokens)
        {
            contents.Add(written(token.Content), token);
        }

        _byContent = contents.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = contents.Keys.GroupBy(content => content[0]).ToDictionary(group => group.Key, group => group.Select(content => content.Length).Distinct().OrderDescending().ToArray());
        _firsts = SearchValues.Create([.. _lengths.Keys]);
    }

    /// <summary>Cuts a text into added tokens (with id) and what lies between them (id null, not empty).</summary>
    public List<(int Start, int End, int? Id)> Split(string text)
    {
        var parts = new List<(int Start, int End, int? Id)>();
        // Where the text that is still to be given begins, and where the blanks end that a token swallowed last.
        var (start, swallowed) = (0, 0);
        for (var at = 0; Next(text, at) is var (found, length, token); at = found + length)
        {
            var end = found + length;
            if (token.SingleWord && (IsWordBefore(text, found) || IsWordAt(text, end)))
            {
                continue;
            }

            var from = token.StripLeft ? Math.Max(start, BlanksBefore(text, start, found)) : found;
            if (start < from)
            {
                parts.Add((start, from, null));
            }

            if (token.StripRight)
            {
                swallowed = end < swallowed ? swallowed : BlanksBehind(text, end);
            }

            // A later token may lie in blanks that this one swallows. It is found all the same, unless it swallows blanks to its left: then nothing is left of it.
            var next = token.StripRight ? swallowed : end;
            if (from < next)
            {
                parts.Add((from, next, token.Id));
                start = next;
            }
        }

        if (start < text.Length)
        {
            parts.Add((start, text.Length, null));
        }

        return parts;
    }

    private (int At, int Length, AddedToken Token)? Next(string text, int at)
    {
        while (text.AsSpan(at).IndexOfAny(_firsts) is var found and >= 0)
        {
            at += found;
            foreach (var length in _lengths[text[at]])
            {
                if (length <= text.Length - at && _byContent.TryGetValue(text.AsSpan(at, length), out var token))
                {
                    return (at, length, token);
                }
            }

            at++;
        }

        return null;
    }

    private static bool IsWordBefore(string text, int end) => end > 0 && Rune.DecodeLastFromUtf16(text.AsSpan(0, end), out var rune, out _) == OperationStatus.Done && CharacterKinds.IsWord(rune);

    private static bool IsWordAt(string text, int start) => start < text.Length && CharacterKinds.IsWord(Rune.GetRuneAt(text, start));

    // Where the blanks before a place begin; what lies before the start is not looked at.
    private static int BlanksBefore(string text, int start, int end) => start < end ? start + text.AsSpan(start, end - start).TrimEnd().Length : end;

    // Where the blanks behind a place end.
    private static int BlanksBehind(string text, int start) => text.Length - text.AsSpan(start).TrimStart().Length;
}
