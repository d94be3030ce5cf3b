using System.Text;
using System.Text.Json;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>Text to token ids and back, as the <c>tokenizer.json</c> of a Hugging Face folder defines it.</summary>
/// <remarks>Byte-level BPE so far; a file that asks for any other part is refused by that part's name.</remarks>
public sealed class Tokenizer
{
    private static readonly string[] FilesWithEnd = ["tokenizer_config.json", "special_tokens_map.json"];
    private readonly TokenizerDefinition _definition;
    private readonly AddedTokens _added;
    private readonly BytePairs _pairs;
    private readonly Dictionary<int, string> _tokens;
    private readonly Dictionary<string, int> _ids;

    private Tokenizer(TokenizerDefinition definition, string? endOfText)
    {
        EndOfText = endOfText;
        _definition = definition;
        _added = new AddedTokens(definition.AddedTokens);
        _pairs = new BytePairs(definition);
        _ids = new Dictionary<string, int>(definition.Vocabulary, StringComparer.Ordinal);
        foreach (var token in definition.AddedTokens)
        {
            _ids[token.Content] = token.Id;
        }

        _tokens = _ids.ToDictionary(pair => pair.Value, pair => pair.Key);
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

    /// <summary>The ids of a text; added tokens that stand in the text are found, none are put around it.</summary>
    /// <param name="text">Any text; a surrogate without its partner counts as U+FFFD.</param>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        foreach (var (piece, id) in _added.Split(text))
        {
            if (id is { } known)
            {
                ids.Add(known);
                continue;
            }

            foreach (var word in _definition.PreTokenizer.Split(piece))
            {
                _pairs.Encode(ByteAlphabet.Write(word), ids);
            }
        }

        return [.. ids];
    }

    /// <summary>The ids of a text that stands for itself: with the special tokens that the file's <c>post_processor</c> puts around it, such as a beginning-of-text token.</summary>
    /// <exception cref="InvalidDataException">The file asks for a step that this version lacks.</exception>
    public int[] EncodeWhole(string text) => _definition.Around.Unknown is { } unknown
        ? throw new InvalidDataException($"tokenizer.json, field 'post_processor': the type '{unknown}' is not supported; this version has ByteLevel and TemplateProcessing.")
        : [.. _definition.Around.Before, .. Encode(text), .. _definition.Around.After];

    /// <summary>The text of ids; bytes that form no character become U+FFFD.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Leave out the tokens that the file marks as special.</param>
    /// <exception cref="ArgumentException">An id is not in the vocabulary.</exception>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecial = false)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if (!_tokens.TryGetValue(id, out var token))
            {
                throw new ArgumentException($"The vocabulary has no id {id}.", nameof(ids));
            }

            if (!skipSpecial || !_added.IsSpecial(id))
            {
                ByteAlphabet.Read(token, bytes);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static string? EndOf(string folder)
    {
        foreach (var path in FilesWithEnd.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            try
            {
                using var config = JsonDocument.Parse(File.ReadAllBytes(path));
                if (config.RootElement.ValueKind == JsonValueKind.Object && config.RootElement.TryGetProperty("eos_token", out var token))
                {
                    // Written as a text, or as an object with the text inside.
                    var text = token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out var content) ? content : token;
                    if (text.ValueKind == JsonValueKind.String)
                    {
                        return text.GetString();
                    }
                }
            }
            catch (JsonException error)
            {
                throw new InvalidDataException($"{path}: not valid JSON: {error.Message}", error);
            }
        }

        return null;
    }
}
