using System.Text;
using Dmoerm.Conversations.Tokenizers.Words;
using Dmoerm.Data;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>Text to token ids and back, as the <c>tokenizer.json</c> of a Hugging Face folder defines it.</summary>
/// <remarks>
/// BPE of bytes and of characters, and word-level models, with what the tokenizers of decoder models put around them; a file that asks for any other part is refused by
/// that part's name. Ids are those of Hugging Face tokenizers for the file itself; what transformers makes of a class name beside it changes nothing. Safe for use by many threads.
/// </remarks>
public sealed class Tokenizer
{
    private static readonly string[] FilesWithEnd = ["tokenizer_config.json", "special_tokens_map.json"];
    private readonly TokenizerDefinition _definition;
    private readonly AddedTokens _added;
    private readonly AddedTokens _addedNormalized;
    private readonly HashSet<string> _special;
    private readonly Dictionary<int, string> _tokens;
    private readonly Dictionary<string, int> _ids;

    private Tokenizer(TokenizerDefinition definition, string? endOfText)
    {
        EndOfText = endOfText;
        _definition = definition;
        _added = new AddedTokens(definition.AddedTokens.Where(token => !token.Normalized), content => content);
        _addedNormalized = new AddedTokens(definition.AddedTokens.Where(token => token.Normalized), definition.Normaliser.Apply);
        _special = [.. definition.AddedTokens.Where(token => token.Special).Select(token => token.Content)];
        _ids = new Dictionary<string, int>(definition.Vocabulary, StringComparer.Ordinal);
        foreach (var token in definition.AddedTokens)
        {
            _ids[token.Content] = token.Id;
        }

        _tokens = _ids.ToDictionary(pair => pair.Value, pair => pair.Key);
        foreach (var token in definition.AddedTokens.Where(token => token.Normalized))
        {
            // What is found in normalised texts is decoded to them.
            _tokens[token.Id] = definition.Normaliser.Apply(token.Content);
        }
    }

    /// <summary>Number of tokens, added ones included.</summary>
    public int VocabularySize => _ids.Count;

    /// <summary>The token that ends a text (<c>eos_token</c> in <c>tokenizer_config.json</c>, else in <c>special_tokens_map.json</c>); null where the folder names none.</summary>
    public string? EndOfText { get; }

    /// <summary>Reads <c>tokenizer.json</c>.</summary>
    /// <param name="folder">The folder that holds it.</param>
    /// <exception cref="InvalidDataException">The file is missing, broken, or asks for a part that this version lacks.</exception>
    public static Tokenizer Load(string folder) => new(TokenizerDefinition.Read(Path.Combine(folder, "tokenizer.json")), EndOf(folder));

    /// <summary>The id of a token.</summary>
    /// <param name="token">The token as the vocabulary writes it, such as <c>&lt;|im_end|&gt;</c>.</param>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public int IdOf(string token) =>
        _ids.TryGetValue(token, out var id) ? id : throw new ArgumentException($"The vocabulary has no token '{token}'.", nameof(token));

    /// <summary>What the file itself says of lengths, in words; null where it says nothing. Only <see cref="AddedParts.Length"/> follows it.</summary>
    public string? LengthRules => _definition.Length.Words;

    /// <summary>The ids of a text; added tokens that stand in the text are found.</summary>
    /// <param name="text">Any text; a surrogate without its partner counts as U+FFFD.</param>
    /// <param name="added">What the file does beyond that.</param>
    /// <exception cref="InvalidDataException">A regular expression of the file needs too long for the text, its limit leaves no room for the special tokens, or these are asked for and come from a step that this version lacks.</exception>
    public int[] Encode(string text, AddedParts added = AddedParts.None)
    {
        var ids = new List<int>();
        var whole = WellFormed(text);
        List<Piece> words = [], spare = [];
        foreach (var (start, end, id) in _added.Split(whole))
        {
            if (id is { } known)
            {
                ids.Add(known);
            }
            else
            {
                AddNormalized(_definition.Normaliser.Apply(whole[start..end]), start == 0);
            }
        }

        var around = added.HasFlag(AddedParts.SpecialTokens) ? _definition.Around : AroundText.Nothing;
        return added.HasFlag(AddedParts.Length) ? _definition.Length.Apply([.. ids], around) : around.Put([.. ids]);

        void AddNormalized(string normalised, bool opens)
        {
            foreach (var (start, end, id) in _addedNormalized.Split(normalised))
            {
                if (id is { } known)
                {
                    ids.Add(known);
                    continue;
                }

                foreach (var word in _definition.PreTokenizer.Split(new Piece(normalised, opens).Part(start, end), words, spare))
                {
                    _definition.Model.Encode(word.Span, ids);
                }
            }
        }
    }

    /// <summary>The ids of a text that stands for itself: with the special tokens that the file's <c>post_processor</c> puts around it, such as a beginning-of-text token.</summary>
    /// <exception cref="InvalidDataException">As for <see cref="Encode"/>.</exception>
    public int[] EncodeWhole(string text) => Encode(text, AddedParts.SpecialTokens);

    /// <summary>The text of ids; bytes that form no character become U+FFFD.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Leave out the tokens that the file marks as special.</param>
    /// <exception cref="ArgumentException">An id is not in the vocabulary.</exception>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecial = false)
    {
        var tokens = new List<string>(ids.Count);
        foreach (var id in ids)
        {
            if (!_tokens.TryGetValue(id, out var token))
            {
                throw new ArgumentException($"The vocabulary has no id {id}.", nameof(ids));
            }

            if (!skipSpecial || !_special.Contains(token))
            {
                tokens.Add(token);
            }
        }

        return string.Concat(_definition.Decoder(tokens));
    }

    private static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }

        // Runes read a lone surrogate as U+FFFD.
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            builder.Append(rune);
        }

        return builder.ToString();
    }

    private static string? EndOf(string folder) => FilesWithEnd.Select(name => Path.Combine(folder, name)).Where(File.Exists)
        .Select(path => SpecialToken.Text(ForeignFile.Object(path), "eos_token", path)).FirstOrDefault(text => text is not null);
}
