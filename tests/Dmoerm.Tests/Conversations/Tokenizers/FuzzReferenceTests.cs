using System.Text.Json;
using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Tests.Conversations.Tokenizers;

/// <summary>Random strings, and random files, whose ids and texts Hugging Face tokenizers 0.23.2 gave: the same here, or a refusal. See <c>make-fuzz.js</c> beside the fixture.</summary>
public sealed class FuzzReferenceTests(ITestOutputHelper output)
{
    private static readonly Lazy<JsonElement[]> References = new(() => TokenizerReferences.ReadPacked(TestFolders.Fixture("tokenizers", "fuzz.jsonl.gz")));

    [Fact]
    public void Encode_RandomStringsOfTinyTokenizers_EqualsTokenizers()
    {
        var (count, wrong) = (0, new List<string>());
        foreach (var reference in References.Value.Where(reference => !reference.TryGetProperty("tokenizer", out _)))
        {
            var name = reference.GetProperty("name").GetString()!;
            var tokenizer = TokenizerReferences.LoadTiny(name);
            foreach (var row in reference.GetProperty("rows").EnumerateArray())
            {
                Compare(name, tokenizer, row, wrong);
                count++;
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.Equal(42 * 25, count);
    }

    [Fact]
    public void Encode_RandomTokenizers_EqualsTokenizersOrIsRefused()
    {
        var (files, refused, count, wrong) = (0, new List<string>(), 0, new List<string>());
        foreach (var reference in References.Value.Where(reference => reference.TryGetProperty("tokenizer", out _)))
        {
            files++;
            var name = reference.GetProperty("name").GetString()!;
            try
            {
                var tokenizer = TokenizerReferences.Load(reference.GetProperty("tokenizer").GetRawText());
                foreach (var row in reference.GetProperty("rows").EnumerateArray())
                {
                    Compare(name, tokenizer, row, wrong);
                    count++;
                }
            }
            catch (InvalidDataException error)
            {
                refused.Add($"{name}: {error.Message[(error.Message.IndexOf("field", StringComparison.Ordinal) is var at and > 0 ? at : 0)..]}");
            }
        }

        output.WriteLine($"{files} files, {refused.Count} refused, {count} strings\n{string.Join('\n', refused)}");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.Equal((156, 18, 1107), (files, refused.Count, count));
    }

    private static void Compare(string name, Tokenizer tokenizer, JsonElement row, List<string> wrong)
    {
        var (text, special) = (row[0].GetString()!, Ids(row[2]));
        Check("ids", string.Join(' ', Ids(row[1])), string.Join(' ', tokenizer.Encode(text, AddedParts.Length)));
        Check("with special", string.Join(' ', special), string.Join(' ', tokenizer.Encode(text, AddedParts.SpecialTokens | AddedParts.Length)));
        Check("decoded", row[3].GetString()!, tokenizer.Decode(special));
        Check("decoded, special skipped", row[4].GetString()!, tokenizer.Decode(special, skipSpecial: true));

        void Check(string what, string right, string found)
        {
            if (found != right)
            {
                wrong.Add($"{name}, {JsonSerializer.Serialize(text)}, {what}: {found} instead of {right}");
            }
        }
    }

    private static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];
}
