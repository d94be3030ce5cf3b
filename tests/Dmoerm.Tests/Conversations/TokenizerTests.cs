using Dmoerm.Conversations;

namespace Dmoerm.Tests.Conversations;

public class TokenizerTests
{
    [Theory]
    [InlineData("bpe-bytelevel")]
    [InlineData("bpe-bytelevel-prefix-space")]
    [InlineData("bpe-ignore-merges")]
    public void Encode_TinyReference_EqualsTokenizers(string name)
    {
        var tokenizer = FromJson(File.ReadAllText(TestFolders.Fixture("tokenizers", $"{name}.json")));
        Assert.Equal(224, Compare(tokenizer, TestFolders.Fixture("tokenizers", "strings.jsonl"), TestFolders.Fixture("tokenizers", $"{name}.jsonl")));
    }

    [Theory]
    [InlineData("minimind", "models/minimind2-small")]
    [InlineData("smollm2", "references/tokenizers/smollm2")]
    public void Encode_RealTokenizer_EqualsTokenizers(string name, string folder)
    {
        var tokenizer = Tokenizer.Load(TestFolders.Shared(folder));
        var references = TestFolders.Shared("references/tokenizers");
        Assert.Equal(424, Compare(tokenizer, Path.Combine(references, "strings.jsonl"), Path.Combine(references, name, "expected.jsonl")));
    }

    // Asserts ids and both decodings of every row and says how many there were.
    private static int Compare(Tokenizer tokenizer, string stringsPath, string expectedPath)
    {
        var (strings, expected) = (TestFolders.ReadLines(stringsPath), TestFolders.ReadLines(expectedPath));
        var wrong = new List<string>();
        foreach (var (row, reference) in strings.Zip(expected))
        {
            var (id, text) = (row.GetProperty("id").GetInt32(), row.GetProperty("text").GetString()!);
            Assert.Equal(id, reference.GetProperty("id").GetInt32());
            int[] ids = [.. reference.GetProperty("ids").EnumerateArray().Select(item => item.GetInt32())];
            var found = tokenizer.Encode(text);
            if (!found.SequenceEqual(ids))
            {
                wrong.Add($"{id}: {string.Join(' ', found)} instead of {string.Join(' ', ids)}");
            }

            Assert.Equal(reference.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
            Assert.Equal(reference.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(ids, skipSpecial: true));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        return Math.Min(strings.Length, expected.Length);
    }

    private static Tokenizer FromJson(string json)
    {
        var folder = TestFolders.Temporary();
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json);
        try
        {
            return Tokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
