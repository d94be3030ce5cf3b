using System.IO.Compression;
using System.Text.Json;
using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Tests.Conversations.Tokenizers;

/// <summary>What Hugging Face tokenizers makes of strings, and the comparison with it.</summary>
internal static class TokenizerReferences
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Loaded = new(() => ReadPacked(TestFolders.Fixture("tokenizers", "tiny.jsonl.gz")).ToDictionary(row => row.GetProperty("name").GetString()!));

    /// <summary>The tiny tokenizers by name: file and expected rows.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Tiny => Loaded.Value;

    /// <summary>The strings of the tiny ones.</summary>
    public static JsonElement[] TinyStrings => TestFolders.ReadLines(TestFolders.Fixture("tokenizers", "strings.jsonl"));

    /// <summary>Loads a <c>tokenizer.json</c> from its text.</summary>
    public static Tokenizer Load(string json)
    {
        var folder = TestFolders.Temporary();
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json);
            return Tokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A tiny tokenizer.</summary>
    public static Tokenizer LoadTiny(string name) => Load(Tiny[name].GetProperty("tokenizer").GetRawText());

    /// <summary>Asserts both kinds of ids and both decodings of every row.</summary>
    /// <returns>How many rows were compared.</returns>
    public static int Compare(Tokenizer tokenizer, IReadOnlyList<JsonElement> strings, IReadOnlyList<JsonElement> expected)
    {
        Assert.Equal(strings.Count, expected.Count);
        var wrong = new List<string>();
        foreach (var (row, reference) in strings.Zip(expected))
        {
            var (id, text) = (row.GetProperty("id").GetInt32(), row.GetProperty("text").GetString()!);
            Assert.Equal(id, reference.GetProperty("id").GetInt32());
            var special = Ids(reference, "ids_with_special");
            Check($"{id} ids", Ids(reference, "ids"), tokenizer.Encode(text, AddedParts.Length));
            Check($"{id} with special", special, tokenizer.Encode(text, AddedParts.SpecialTokens | AddedParts.Length));
            Check($"{id} decoded", reference.GetProperty("decoded").GetString(), tokenizer.Decode(special));
            Check($"{id} decoded, special skipped", reference.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(special, skipSpecial: true));
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join('\n', wrong.Take(20))}");
        return expected.Count;

        void Check<T>(string what, IEnumerable<T>? right, IEnumerable<T> found)
        {
            if (!found.SequenceEqual(right!))
            {
                wrong.Add($"{what}: {string.Join(' ', found)} instead of {string.Join(' ', right!)}");
            }
        }
    }

    /// <summary>The text of a file that may be packed.</summary>
    public static string ReadText(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        return reader.ReadToEnd();
    }

    /// <summary>The rows of a packed file.</summary>
    public static JsonElement[] ReadPacked(string path) => [.. ReadText(path).Split('\n').Where(line => line.Length > 0).Select(line => JsonElement.Parse(line))];

    private static int[] Ids(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
