using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Eight chats through real models against transformers in float64, computed here in float32.</summary>
internal static class RealModelRows
{
    private const double Tolerance = 2e-4;
    private const int End = 2;
    private const string Numbers = "8 chats: last hidden state, mean hidden state, response log-probs and their sum";
    private const string Texts = "8 chats: text, ids, prompt length, greedy ids, greedy text";

    /// <summary>Two rows per model.</summary>
    public static IEnumerable<ParityRow> All() =>
    [
        .. Model("minimind2-small", ReferenceFolders.Shared("models", "minimind2-small")),
        .. Model("smollm2-135m-instruct", Environment.GetEnvironmentVariable("DMOERM_SMOLLM2")),
    ];

    private static IEnumerable<ParityRow> Model(string name, string? folder)
    {
        var subject = $"real model `{name}`";
        if (folder is null || ReferenceFolders.Shared("references", "models", name) is not { } reference)
        {
            return [ParityRow.Absent(subject, Numbers), ParityRow.Absent(subject, Texts)];
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var checkpoint = BackboneFolder.Load(folder, ScalarType.Float32);
        using var expected = SafetensorsFile.Open(Path.Combine(reference, "expected.safetensors"));
        var (tokenizer, template) = (Tokenizer.Load(folder), ChatTemplate.Load(folder));
        var (differences, compared, differing) = (new Differences(Tolerance), 0, 0);
        foreach (var (i, chat) in ReferenceFolders.ReadJson(Path.Combine(reference, "expected.json")).GetProperty("cases").EnumerateArray().Index())
        {
            var (encoded, text) = Encode(chat, template, tokenizer);
            CompareNumbers(checkpoint, encoded, chat, field => expected.Read($"{i}.{field}"), differences);
            var greedy = Generation.Greedy(checkpoint.Backbone, checkpoint.LanguageHead_VD!, encoded.Ids[..encoded.PromptLength], 24, [End]);
            bool[] equal =
            [
                text == chat.GetProperty("text").GetString(),
                encoded.Ids.SequenceEqual(ReferenceFolders.Ints(chat, "input_ids")),
                encoded.PromptLength == chat.GetProperty("prompt_length").GetInt32(),
                greedy.SequenceEqual(ReferenceFolders.Ints(chat, "greedy_ids")),
                tokenizer.Decode(greedy, skipSpecial: true) == chat.GetProperty("greedy_text").GetString(),
            ];
            compared += equal.Length;
            differing += equal.Count(same => !same);
        }

        return [differences.Row(subject, Numbers), ParityRow.Exact(subject, Texts, compared, differing)];
    }

    private static void CompareNumbers(BackboneCheckpoint checkpoint, EncodedConversation encoded, JsonElement chat, Func<string, Tensor> expected, Differences differences)
    {
        using var scope = NewDisposeScope();
        var hidden_TD = checkpoint.Backbone.Hidden(tensor(encoded.Ids.Select(id => (long)id).ToArray()).unsqueeze(0))[0].to(ScalarType.Float64);
        differences.Add(hidden_TD[-1], expected("last_hidden_of_last_token"));
        differences.Add(hidden_TD.mean([0]), expected("mean_hidden"));
        var tokens = Likelihood.OfTokens(checkpoint.Backbone, checkpoint.LanguageHead_VD!, encoded.Ids, encoded.PromptLength);
        differences.Add(tensor(tokens), expected("response_token_log_probs"));
        differences.Add(tokens.Sum(), chat.GetProperty("response_log_prob").GetDouble());
    }

    private static (EncodedConversation Encoded, string Text) Encode(JsonElement chat, ChatTemplate template, Tokenizer tokenizer)
    {
        Message[] messages = [.. chat.GetProperty("messages").EnumerateArray().Select(turn => new Message(turn.GetProperty("role").GetString()!, turn.GetProperty("content").GetString()!))];
        var encoder = new ConversationEncoder(template, tokenizer, new EncodingOptions());
        return (encoder.Encode(messages[..^1], messages[^1..], "a reference chat")!, template.Render(messages));
    }
}
