using System.Text.Json;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>What a <c>tokenizer.json</c> says, as far as this version can act on it.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>Token to id.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Pairs in the order of their rank, written <c>left right</c>.</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    /// <summary>A word that is in the vocabulary is taken whole, whatever the merges would give.</summary>
    public required bool IgnoreMerges { get; init; }

    /// <summary>How a text is cut into words.</summary>
    public required PreTokenizer PreTokenizer { get; init; }

    /// <summary>Tokens that are found before anything else.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>What is put around a text that stands for itself.</summary>
    public required AroundText Around { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is missing, broken, or asks for a part that this version lacks.</exception>
    public static TokenizerDefinition Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path}: no such file; a tokenizer was expected there.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(new TokenizerField(path, "", document.RootElement));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {error.Message}", error);
        }
    }

    private static TokenizerDefinition Read(TokenizerField root)
    {
        root.RefuseUnlessNull("normalizer");
        root.RefuseUnlessNull("truncation");
        root.RefuseUnlessNull("padding");
        root.Need("decoder").NeedType("ByteLevel");
        var model = root.Need("model");
        model.NeedType("BPE");
        model.RefuseUnlessNull("dropout");
        model.RefuseUnlessNull("unk_token");
        model.RefuseUnlessNull("continuing_subword_prefix");
        model.RefuseUnlessNull("end_of_word_suffix");
        model.RefuseTrue("byte_fallback");
        return new TokenizerDefinition
        {
            Vocabulary = model.Need("vocab").Properties().ToDictionary(field => field.Name, field => field.Int(), StringComparer.Ordinal),
            Merges = [.. model.Need("merges").Items().Select(ReadMerge)],
            IgnoreMerges = model.Flag("ignore_merges", false),
            PreTokenizer = ReadPreTokenizer(root.Need("pre_tokenizer")),
            Around = AroundText.Read(root.Optional("post_processor")),
            AddedTokens = [.. root.Items("added_tokens").Select(ReadAddedToken)],
        };
    }

    private static string ReadMerge(TokenizerField merge)
    {
        if (merge.Json.ValueKind == JsonValueKind.String)
        {
            return merge.Text();
        }

        var pair = merge.Items().ToArray();
        return pair.Length == 2 ? $"{pair[0].Text()} {pair[1].Text()}" : throw merge.Error("a merge should have two parts");
    }

    private static PreTokenizer ReadPreTokenizer(TokenizerField field)
    {
        var steps = field.Type() == "Sequence" ? field.Need("pretokenizers").Items().ToArray() : [field];
        var digits = steps is [var first, _] && first.Type() == "Digits";
        if (steps.Length != (digits ? 2 : 1) || steps[^1].Type() != "ByteLevel" || (digits && !steps[0].Flag("individual_digits", false)))
        {
            throw field.Error(
                $"the steps {string.Join(", ", steps.Select(step => step.Type()))} are not supported; this version has ByteLevel, alone or after Digits with individual_digits");
        }

        return new PreTokenizer(digits, steps[^1].Flag("add_prefix_space", true), steps[^1].Flag("use_regex", true));
    }

    private static AddedToken ReadAddedToken(TokenizerField field)
    {
        field.RefuseTrue("lstrip");
        field.RefuseTrue("rstrip");
        field.RefuseTrue("single_word");
        var content = field.Need("content").Text();
        return content.Length > 0
            ? new AddedToken(field.Need("id").Int(), content, field.Flag("special", false), field.Flag("normalized", false))
            : throw field.Error("an added token should have a text");
    }
}
