using System.Text.Json.Nodes;
using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Tests.Conversations.Tokenizers;

public sealed class FamilyReferenceTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("mistral-v1")]
    [InlineData("mistral-v3")]
    [InlineData("phi3")]
    [InlineData("qwen2.5")]
    [InlineData("qwen3")]
    [InlineData("smollm2")]
    [InlineData("minimind")]
    public void Encode_Family_EqualsTokenizers(string name)
    {
        var references = TestFolders.Shared("references/tokenizers");
        var count = TokenizerReferences.Compare(
            Load(name), TestFolders.ReadLines(Path.Combine(references, "strings.jsonl")), TestFolders.ReadLines(Path.Combine(references, name, "expected.jsonl")));

        Assert.Equal(424, count);
        output.WriteLine($"{name}: {count} strings");
    }

    private static Tokenizer Load(string name)
    {
        if (name == "minimind")
        {
            return Tokenizer.Load(TestFolders.Shared("models/minimind2-small"));
        }

        var folder = TestFolders.Shared("references/tokenizers", name == "qwen3" ? "qwen2.5" : name);
        var packed = Path.Combine(folder, "tokenizer.json.gz");
        var json = TokenizerReferences.ReadText(File.Exists(packed) ? packed : Path.Combine(folder, "tokenizer.json"));
        if (name == "qwen3")
        {
            var whole = JsonNode.Parse(json)!;
            whole["added_tokens"] = JsonNode.Parse(File.ReadAllText(TestFolders.Shared("references/tokenizers/qwen3/added_tokens_of_tokenizer.json")));
            json = whole.ToJsonString();
        }

        return TokenizerReferences.Load(json);
    }
}
