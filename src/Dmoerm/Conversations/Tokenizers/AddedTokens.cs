namespace Dmoerm.Conversations.Tokenizers;

/// <summary>A token that is found in the text as it stands, before anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Left out when special tokens are skipped in decoding.</param>
/// <param name="Normalized">Looked for after the others.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool Normalized);

/// <summary>Finds added tokens in texts: the leftmost first, at one place the longest.</summary>
internal sealed class AddedTokens
{
    // By first character, longest first. Without a normaliser "normalized" tokens see the same text, but only what the others left.
    private readonly Dictionary<char, AddedToken[]> _first;
    private readonly Dictionary<char, AddedToken[]> _second;
    private readonly HashSet<int> _special;

    public AddedTokens(IReadOnlyList<AddedToken> tokens)
    {
        _first = ByFirstCharacter(tokens.Where(token => !token.Normalized));
        _second = ByFirstCharacter(tokens.Where(token => token.Normalized));
        _special = [.. tokens.Where(token => token.Special).Select(token => token.Id)];
    }

    /// <summary>Whether an id is that of a special token.</summary>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <summary>Cuts a text into added tokens (with id) and what lies between them (without); empty pieces are left out.</summary>
    public IEnumerable<(string Piece, int? Id)> Split(string text) =>
        Split(text, _first).SelectMany(part => part.Id is null ? Split(part.Piece, _second) : [part]);

    private static Dictionary<char, AddedToken[]> ByFirstCharacter(IEnumerable<AddedToken> tokens) => tokens
        .GroupBy(token => token.Content[0])
        .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());

    private static IEnumerable<(string Piece, int? Id)> Split(string text, Dictionary<char, AddedToken[]> tokens)
    {
        var start = 0;
        for (var i = 0; i < text.Length && tokens.Count > 0;)
        {
            var found = tokens.GetValueOrDefault(text[i])?.FirstOrDefault(token => text.AsSpan(i).StartsWith(token.Content));
            if (found is null)
            {
                i++;
                continue;
            }

            if (i > start)
            {
                yield return (text[start..i], null);
            }

            yield return (found.Content, found.Id);
            i += found.Content.Length;
            start = i;
        }

        if (start < text.Length)
        {
            yield return (text[start..], null);
        }
    }
}
