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
    private const string ConfigName = "tokenizer_config.json";

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
        var path = Path.Combine(folder, ConfigName);
        var name = File.Exists(path) ? SpecialToken.Text(ForeignFile.Object(path), Field, path) : null;
        return own.Concat(special.Where(token => token.Text == name)).Concat(special).FirstOrDefault(token => !ends.Contains(token.Id) && token.Id < config.VocabularySize);
    }

    /// <summary>Names the token in the tokenizer's files, where they name another or none: padding and the model must mean the same.</summary>
    public void NoteIn(string folder)
    {
        Note(Path.Combine(folder, ConfigName), new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast" });
        Note(Path.Combine(folder, "special_tokens_map.json"), absent: null);
    }

    // A file that is not there is begun with what is given for it, or left out.
    private void Note(string path, JsonObject? absent)
    {
        JsonElement? file = File.Exists(path) ? ForeignFile.Object(path) : null;
        var named = file is { } fields ? SpecialToken.Text(fields, Field, path) : null;
        if (named != Text && (file is { } kept ? JsonObject.Create(kept) : absent) is { } json)
        {
            json[Field] = Text;
            DurableFile.WriteText(path, json.ToJsonString(ClassifierExport.Format) + "\n");
        }
    }

    private static PadToken[] SpecialTokens(string path) =>
        !ForeignFile.Object(path).TryGetProperty("added_tokens", out var added) || added.ValueKind != JsonValueKind.Array ? [] :
        [
            .. added.EnumerateArray().Where(token => token.TryGetProperty("special", out var special) && special.ValueKind == JsonValueKind.True)
                .Select(token => new PadToken(token.GetProperty("content").GetString()!, token.GetProperty("id").GetInt32())).OrderBy(token => token.Id),
        ];
}
