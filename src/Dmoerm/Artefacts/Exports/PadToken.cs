using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Backbones.Configs;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Artefacts.Exports;

/// <summary>The token that a classifier's batches are padded with.</summary>
/// <remarks>
/// transformers reads the rightmost token that is not it, so a conversation must never end in it: with the end-of-text token, a common choice, what is read can be
/// another token than the one that was trained. Source: transformers' rule as the shared notes on disk conventions state it; the choice is ours.
/// </remarks>
/// <param name="Text">The token.</param>
/// <param name="Id">Its id.</param>
internal sealed record PadToken(string Text, int Id)
{
    private const string Field = "pad_token";

    /// <summary>Takes the first that will do: the one asked for, the model's own, the tokenizer's own, any other special token.</summary>
    /// <param name="folder">The folder of the tokenizer.</param>
    /// <param name="config">The backbone's shape.</param>
    /// <param name="tokenizer">The folder's tokenizer.</param>
    /// <param name="rows">Conversations; none may end in it.</param>
    /// <param name="asked">What the user wants; null leaves the choice.</param>
    /// <exception cref="InvalidDataException">Conversations end in the token asked for, or there is none that will do.</exception>
    public static PadToken Choose(string folder, BackboneConfig config, Tokenizer tokenizer, IReadOnlyList<EncodedConversation> rows, string? asked)
    {
        if (asked is not null)
        {
            var token = new PadToken(asked, tokenizer.IdOf(asked));
            return rows.Any(row => row.Ids[^1] == token.Id) ? throw new InvalidDataException($"The token {asked} cannot pad: conversations end in it, and transformers would read the token before it.") : token;
        }

        return Find(folder, config, rows)
            ?? throw new InvalidDataException($"{folder}: no special token can pad batches, because none is there or conversations end in it; name another token of the vocabulary by --pad.");
    }

    /// <summary>Takes the first special token that will do: the model's own, the tokenizer's own, any other; null where there is none.</summary>
    /// <param name="folder">The folder of the tokenizer.</param>
    /// <param name="config">The backbone's shape.</param>
    /// <param name="rows">Conversations; none may end in it.</param>
    public static PadToken? Find(string folder, BackboneConfig config, IReadOnlyList<EncodedConversation> rows)
    {
        var ends = rows.Select(row => row.Ids[^1]).ToHashSet();
        var special = SpecialTokens(Path.Combine(folder, "tokenizer.json"));
        var own = special.Where(token => token.Id == config.PadId);
        var named = special.Where(token => token.Text == TextOf(Read(Path.Combine(folder, "tokenizer_config.json")), Field));
        return own.Concat(named).Concat(special).FirstOrDefault(token => !ends.Contains(token.Id) && token.Id < config.VocabularySize);
    }

    /// <summary>Names the token in the tokenizer's files, where they name another or none: padding and the model must mean the same.</summary>
    public void NoteIn(string folder)
    {
        var path = Path.Combine(folder, "tokenizer_config.json");
        var config = Read(path) ?? new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast" };
        Note(path, config);
        var map = Path.Combine(folder, "special_tokens_map.json");
        if (Read(map) is { } tokens)
        {
            Note(map, tokens);
        }
    }

    private void Note(string path, JsonObject json)
    {
        if (TextOf(json, Field) != Text)
        {
            json[Field] = Text;
            DurableFile.WriteText(path, json.ToJsonString(ClassifierExport.Format) + "\n");
        }
    }

    private static List<PadToken> SpecialTokens(string path)
    {
        return !ForeignFile.Object(path).TryGetProperty("added_tokens", out var added) || added.ValueKind != JsonValueKind.Array ? [] :
        [
            .. added.EnumerateArray().Where(token => token.TryGetProperty("special", out var special) && special.ValueKind == JsonValueKind.True)
                .Select(token => new PadToken(token.GetProperty("content").GetString()!, token.GetProperty("id").GetInt32())).OrderBy(token => token.Id),
        ];
    }

    private static JsonObject? Read(string path) => File.Exists(path) ? JsonObject.Create(ForeignFile.Object(path)) : null;

    // Written as a text, or as an object with the text inside.
    private static string? TextOf(JsonObject? json, string field) => json?[field] is JsonObject token ? (string?)token["content"] : (string?)json?[field];
}
