using System.Text.Json;
using Dmoerm.Conversations.Tokenizers.Models;
using Dmoerm.Conversations.Tokenizers.Words;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>What a <c>tokenizer.json</c> says; whatever in it this version cannot act on is refused by name.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>Token to id, without added tokens that the model lacks.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Words to ids.</summary>
    public required TokenModel Model { get; init; }

    /// <summary>What is done to a text first.</summary>
    public required Normaliser Normaliser { get; init; }

    /// <summary>How a text is cut into words.</summary>
    public required PreTokenizer PreTokenizer { get; init; }

    /// <summary>Tokens that are found before anything else.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>What is put around a text that stands for itself.</summary>
    public required AroundText Around { get; init; }

    /// <summary>What the file says of lengths.</summary>
    public required LengthRules Length { get; init; }

    /// <summary>Tokens back to text.</summary>
    public required DecoderStep Decoder { get; init; }

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
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"{path}: not valid Unicode: {error.Message}", error);
        }
    }

    private static TokenizerDefinition Read(TokenizerField root)
    {
        root.OnlyFields("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        var normaliser = Normaliser.Read(root.Optional("normalizer"));
        var words = PreTokenizerReader.Read(root.Optional("pre_tokenizer"), normaliser.Loses);
        var (model, vocabulary) = ModelReader.Read(root.Need("model"), words.Bytes);
        return new TokenizerDefinition
        {
            Vocabulary = vocabulary,
            Model = model,
            Normaliser = normaliser,
            PreTokenizer = words,
            Around = AroundText.Read(root.Optional("post_processor")),
            Length = LengthRules.Read(root),
            Decoder = TokenDecoder.Read(root.Optional("decoder")),
            AddedTokens = root.Optional("added_tokens") is { } added ? AddedTokenReader.Read(added, vocabulary, normaliser) : [],
        };
    }
}
