using System.Text.Json.Nodes;
using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Cli.Demo;

/// <summary>A vocabulary in which every word of a small world is one token and every other text still has tokens.</summary>
/// <remarks>
/// Byte-level BPE without merges: the 256 bytes, then each word with and without the blank before it, found whole by
/// <c>ignore_merges</c>, then the special tokens of ChatML.
/// </remarks>
internal sealed class TinyVocabulary
{
    /// <summary>Special tokens, last in the vocabulary.</summary>
    public static readonly string[] SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    private static readonly string[] Roles = ["system", "user", "assistant"];

    private readonly List<string> _tokens;

    /// <summary>Creates the vocabulary of some words (the roles of a conversation are added).</summary>
    public TinyVocabulary(IEnumerable<string> words)
    {
        // A word of one letter is a byte already.
        var forms = words.Concat(Roles).SelectMany(word => new[] { word, " " + word }).Where(form => form.Length > 1).Select(form => ByteAlphabet.Write(form));
        _tokens = [.. ByteAlphabet.All.Select(character => character.ToString()), .. forms.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Number of token ids, special ones included.</summary>
    public int Count => _tokens.Count + SpecialTokens.Length;

    /// <summary>The content of <c>tokenizer.json</c>.</summary>
    public JsonObject ToTokenizerJson()
    {
        JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. SpecialTokens.Select((token, index) => (JsonNode)AddedToken(_tokens.Count + index, token))]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = true,
                ["vocab"] = new JsonObject(_tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
                ["merges"] = new JsonArray(),
            },
        };
    }

    /// <summary>The content of <c>tokenizer_config.json</c>.</summary>
    /// <param name="chatTemplate">The Jinja template that renders conversations.</param>
    /// <param name="maxTokens">Longest sequence of the model.</param>
    public static JsonObject ToTokenizerConfig(string chatTemplate, int maxTokens) => new()
    {
        ["add_prefix_space"] = false,
        ["bos_token"] = SpecialTokens[0],
        ["chat_template"] = chatTemplate,
        ["clean_up_tokenization_spaces"] = false,
        ["eos_token"] = SpecialTokens[2],
        ["model_max_length"] = maxTokens,
        ["pad_token"] = SpecialTokens[0],
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
    };

    private static JsonObject AddedToken(int id, string token) => new JsonObject
    {
        ["id"] = id,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };
}
