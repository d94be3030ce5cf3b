using System.Text.Json;
using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Tests.Conversations;

/// <summary>A byte-level tokenizer of our own: every byte is a token, two newlines merge, ChatML's marks and role names are single tokens.</summary>
internal static class TinyTokenizer
{
    public static Tokenizer Create(Func<string, string>? change = null)
    {
        var folder = TestFolders.Temporary();
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), (change ?? (json => json))(Json()));
        try
        {
            return Tokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes <c>tokenizer.json</c>, in place of another one.</summary>
    public static void Write(string folder) => File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Json());

    private static string Json()
    {
        string[] bytes = [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.Letter((byte)value).ToString())];
        var newline = bytes['\n'];
        string[] added = ["<|im_start|>", "<|im_end|>", "system", "assistant"];
        return JsonSerializer.Serialize(new
        {
            added_tokens = added.Select((content, i) => new { id = 257 + i, content, lstrip = false, rstrip = false, single_word = false, normalized = false, special = i < 2 }),
            normalizer = (object?)null,
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, use_regex = true },
            decoder = new { type = "ByteLevel" },
            model = new
            {
                type = "BPE",
                vocab = bytes.Append(newline + newline).Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id),
                merges = (string[])[$"{newline} {newline}"],
            },
        });
    }
}
