using System.Text.Json;

namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>Reads the <c>model</c> of a <c>tokenizer.json</c>.</summary>
internal static class ModelReader
{
    // Written beside each character, so no file has reason to make them long.
    private const int LongestAddition = 64;

    /// <summary>Reads the field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="bytes">The model gets bytes in the letters of <see cref="ByteAlphabet"/>.</param>
    /// <returns>The model and its vocabulary.</returns>
    /// <exception cref="InvalidDataException">It is broken, or asks for a part that this version lacks.</exception>
    public static (TokenModel Model, Dictionary<string, int> Vocabulary) Read(TokenizerField field, bool bytes)
    {
        // The oldest files of BPE models have no type.
        var type = field.Optional("type")?.Text() ?? (field.Optional("merges") is null ? "without a name" : "BPE");
        if (type is not ("BPE" or "WordLevel"))
        {
            throw field.Error($"the type '{type}' is not supported; this version has BPE and WordLevel");
        }

        if (type == "WordLevel")
        {
            field.OnlyFields("type", "vocab", "unk_token");
            var words = ReadVocabulary(field.Need("vocab"));
            var unknown = field.Need("unk_token");
            return bytes ? throw field.Error("WordLevel after ByteLevel is not supported") : (new WholeWords(words, Id(unknown, words)), words);
        }

        field.OnlyFields("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        if (field.Optional("dropout") is { } dropout && !(dropout.Json.ValueKind == JsonValueKind.Number && dropout.Json.GetDouble() == 0))
        {
            throw dropout.Error("dropout makes ids a matter of chance and is not supported; null was expected");
        }

        var vocabulary = ReadVocabulary(field.Need("vocab"));
        return (new BytePairs(ReadPairs(field, vocabulary, bytes)), vocabulary);
    }

    private static BytePairSettings ReadPairs(TokenizerField field, Dictionary<string, int> vocabulary, bool bytes)
    {
        var (prefix, suffix) = (Addition(field, "continuing_subword_prefix"), Addition(field, "end_of_word_suffix"));
        // With all bytes in the vocabulary nothing is ever unknown.
        var complete = bytes && prefix.Length + suffix.Length == 0 && ByteAlphabet.All.All(letter => vocabulary.ContainsKey(letter.ToString()));
        var fallback = field.Flag("byte_fallback", false) && !complete;
        return new BytePairSettings
        {
            Vocabulary = vocabulary,
            Merges = MergeReader.Read(field.Need("merges"), vocabulary, prefix.EnumerateRunes().Count()),
            Bytes = bytes,
            Unknown = !complete && field.Optional("unk_token") is { } unknown && unknown.Text().Length > 0 ? Id(unknown, vocabulary) : null,
            FuseUnknown = field.Flag("fuse_unk", false),
            ByteFallback = fallback && bytes ? throw field.Error("'byte_fallback: true' after ByteLevel is not supported where the vocabulary lacks bytes") : fallback,
            IgnoreMerges = field.Flag("ignore_merges", false),
            Prefix = prefix,
            Suffix = suffix,
        };
    }

    private static string Addition(TokenizerField model, string name) =>
        model.Optional(name) is not { } field ? ""
        : field.Text().Length <= LongestAddition ? field.Text()
        : throw field.Error($"at most {LongestAddition} characters were expected, came {field.Text().Length}");

    private static int Id(TokenizerField token, Dictionary<string, int> vocabulary) =>
        vocabulary.TryGetValue(token.Text(), out var id) ? id : throw token.Error($"the vocabulary has no token '{token.Text()}'");

    private static Dictionary<string, int> ReadVocabulary(TokenizerField field)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>();
        foreach (var (token, value) in field.Properties())
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id) || id < 0)
            {
                throw field.Error($"the token '{token}' should have a whole number from 0 as id");
            }

            if (!vocabulary.TryAdd(token, id))
            {
                throw field.Error($"the token '{token}' stands twice");
            }

            if (!tokens.TryAdd(id, token))
            {
                throw field.Error($"the tokens '{tokens[id]}' and '{token}' have the same id {id}");
            }
        }

        return vocabulary;
    }
}
