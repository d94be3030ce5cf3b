using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Conversations.Templates;
using Dmoerm.Conversations.Tokenizers;
using Dmoerm.Data;

namespace Dmoerm.Tests.Backbones;

/// <summary>Eight chats through the two real models: text, ids, states, likelihoods, continuations. Float32 tolerance of the references: 2e-4.</summary>
public class RealModelTests
{
    private const double Tolerance = 2e-4;
    private const int End = 2;

    [Fact]
    public void MiniMind2Small_EightChats_EqualTransformers() =>
        Compare(TestFolders.Shared("models/minimind2-small"), TestFolders.Shared("references/models/minimind2-small"));

    [Fact]
    public void SmolLm2_EightChats_EqualTransformers()
    {
        var folder = Environment.GetEnvironmentVariable("DMOERM_SMOLLM2");
        Assert.SkipWhen(folder is null, "Needs DMOERM_SMOLLM2, the folder that ../shared/models/unpack-smollm2 wrote.");
        Compare(folder!, TestFolders.Shared("references/models/smollm2-135m-instruct"));
    }

    private static void Compare(string folder, string reference)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = BackboneFolder.Load(folder, ScalarType.Float32);
        using var expected = SafetensorsFile.Open(Path.Combine(reference, "expected.safetensors"));
        var (tokenizer, template) = (Tokenizer.Load(folder), ChatTemplate.Load(folder));
        var cases = JsonElement.Parse(File.ReadAllText(Path.Combine(reference, "expected.json"))).GetProperty("cases").EnumerateArray().ToArray();
        Assert.Equal(8, cases.Length);
        for (var i = 0; i < cases.Length; i++)
        {
            var (encoded, text) = Encode(cases[i], template, tokenizer);
            Assert.Equal(cases[i].GetProperty("text").GetString(), text);
            Assert.Equal(Ints(cases[i], "input_ids"), encoded.Ids);
            Assert.Equal(cases[i].GetProperty("prompt_length").GetInt32(), encoded.PromptLength);
            CompareStates(checkpoint, encoded, name => expected.Read($"{i}.{name}"));
            Assert.Equal(cases[i].GetProperty("response_log_prob").GetDouble(), Likelihood.OfResponse(checkpoint.Backbone, checkpoint.LanguageHead_VD!, encoded.Ids, encoded.PromptLength), Tolerance);

            var continuation = Generation.Greedy(checkpoint.Backbone, checkpoint.LanguageHead_VD!, encoded.Ids[..encoded.PromptLength], 24, [End]);
            Assert.Equal(Ints(cases[i], "greedy_ids"), continuation);
            Assert.Equal(cases[i].GetProperty("greedy_text").GetString(), tokenizer.Decode(continuation, skipSpecial: true));
        }
    }

    private static (EncodedConversation Encoded, string Text) Encode(JsonElement chat, ChatTemplate template, Tokenizer tokenizer)
    {
        Message[] messages = [.. chat.GetProperty("messages").EnumerateArray()
            .Select(turn => new Message(turn.GetProperty("role").GetString()!, turn.GetProperty("content").GetString()!))];
        var encoder = new ConversationEncoder(template, tokenizer, new EncodingOptions());
        return (encoder.Encode(messages[..^1], messages[^1..], "a reference chat")!, template.Render(messages));
    }

    private static void CompareStates(BackboneCheckpoint checkpoint, EncodedConversation encoded, Func<string, Tensor> expected)
    {
        using var scope = NewDisposeScope();
        var hidden_TD = checkpoint.Backbone.Hidden(tensor(encoded.Ids.Select(id => (long)id).ToArray()).unsqueeze(0))[0].to(ScalarType.Float64);
        TensorAssert.Close(hidden_TD[-1], expected("last_hidden_of_last_token"), relative: 0, absolute: Tolerance);
        TensorAssert.Close(hidden_TD.mean([0]), expected("mean_hidden"), relative: 0, absolute: Tolerance);
        var tokens = Likelihood.OfTokens(checkpoint.Backbone, checkpoint.LanguageHead_VD!, encoded.Ids, encoded.PromptLength);
        TensorAssert.Close(tensor(tokens), expected("response_token_log_probs"), relative: 0, absolute: Tolerance);
    }

    private static int[] Ints(JsonElement chat, string name) => [.. chat.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
