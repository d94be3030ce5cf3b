using System.Text.Json;
using System.Text.Json.Nodes;
using Dmoerm.Conversations.Tokenizers;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>Tokenizers against Hugging Face tokenizers.</summary>
internal static class TokenizerRows
{
    private const string Compared = "strings: ids with and without special tokens, both decodings";

    // With parts that no decoder family has; any other refusal ends the program.
    private static readonly HashSet<string> Refused = ["bert-uncased", "norm-bert", "norm-bert-cased", "norm-nmt", "unigram", "wordpiece"];

    /// <summary>A row per family, and the tiny ones.</summary>
    public static IEnumerable<ParityRow> All() => [.. Tiny(), .. Families()];

    /// <summary>The <c>tokenizer.json</c> of each decoder family; none where the shared folder is absent.</summary>
    public static IReadOnlyList<(string Name, string Json)> Files()
    {
        if (ReferenceFolders.Shared("references", "tokenizers") is not { } references || ReferenceFolders.Shared("models", "minimind2-small") is null)
        {
            return [];
        }

        return [.. Folders(references).Where(folder => !Refused.Contains(Path.GetFileName(folder))).Select(folder => (Path.GetFileName(folder), Json(folder)))];
    }

    private static IEnumerable<ParityRow> Families()
    {
        if (ReferenceFolders.Shared("references", "tokenizers") is not { } references)
        {
            return [ParityRow.Absent("tokenizers of the families", Compared)];
        }

        var strings = ReferenceFolders.ReadLines(Path.Combine(references, "strings.jsonl"));
        return Folders(references).Select(folder => Family(folder, strings));
    }

    private static IEnumerable<string> Folders(string references) =>
        Directory.GetDirectories(references).Where(folder => File.Exists(Path.Combine(folder, "expected.jsonl"))).Order(StringComparer.Ordinal);

    private static ParityRow Family(string folder, JsonElement[] strings)
    {
        var name = Path.GetFileName(folder);
        var subject = $"tokenizer `{name}`";
        if (name == "minimind" && ReferenceFolders.Shared("models", "minimind2-small") is null)
        {
            return ParityRow.Absent(subject, Compared);
        }

        try
        {
            var expected = ReferenceFolders.ReadLines(Path.Combine(folder, "expected.jsonl"));
            return ParityRow.Exact(subject, Compared, expected.Length, Differing(FromText(Json(folder)), strings, expected));
        }
        catch (InvalidDataException fault) when (Refused.Contains(name) && IsRefusal(fault))
        {
            return new ParityRow(subject, "loading", 1, "refused by name: an encoder's", "", true);
        }
    }

    private static IEnumerable<ParityRow> Tiny()
    {
        var strings = ReferenceFolders.ReadLines(ReferenceFolders.Fixture("tokenizers", "strings.jsonl"));
        var (files, refused, compared, differing) = (0, 0, 0, 0);
        foreach (var row in ReferenceFolders.ReadLines(ReferenceFolders.Fixture("tokenizers", "tiny.jsonl.gz")))
        {
            var name = row.GetProperty("name").GetString()!;
            try
            {
                var tokenizer = FromText(row.GetProperty("tokenizer").GetRawText());
                JsonElement[] expected = [.. row.GetProperty("expected").EnumerateArray()];
                differing += Differing(tokenizer, strings, expected);
                compared += expected.Length;
                files++;
            }
            catch (InvalidDataException fault) when (Refused.Contains(name) && IsRefusal(fault))
            {
                refused++;
            }
        }

        yield return ParityRow.Exact($"tiny tokenizers ({files} files; {refused} more, with parts that no decoder family has, are refused by name)", Compared, compared, differing);
    }

    private static bool IsRefusal(InvalidDataException fault) => fault.Message.Contains("is not supported", StringComparison.Ordinal);

    private static int Differing(Tokenizer tokenizer, JsonElement[] strings, JsonElement[] expected) => strings.Length != expected.Length
        ? throw new InvalidDataException($"Expected {strings.Length} rows of reference, came {expected.Length}.")
        : strings.Zip(expected).Count(pair => !IsEqual(tokenizer, pair.First.GetProperty("text").GetString()!, pair.Second));

    private static bool IsEqual(Tokenizer tokenizer, string text, JsonElement expected)
    {
        var special = ReferenceFolders.Ints(expected, "ids_with_special");
        return tokenizer.Encode(text, AddedParts.Length).SequenceEqual(ReferenceFolders.Ints(expected, "ids"))
            && tokenizer.Encode(text, AddedParts.SpecialTokens | AddedParts.Length).SequenceEqual(special)
            && tokenizer.Decode(special) == expected.GetProperty("decoded").GetString()
            && tokenizer.Decode(special, skipSpecial: true) == expected.GetProperty("decoded_skip_special").GetString();
    }

    private static string Json(string folder)
    {
        switch (Path.GetFileName(folder))
        {
            case "minimind":
                return Text(ReferenceFolders.Shared("models", "minimind2-small")!);
            case "qwen3":
                // Kept as what it has other than Qwen 2.5.
                var whole = JsonNode.Parse(Text(Path.Combine(folder, "..", "qwen2.5")))!;
                whole["added_tokens"] = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "added_tokens_of_tokenizer.json")));
                return whole.ToJsonString();
            default:
                return Text(folder);
        }
    }

    private static string Text(string folder)
    {
        var plain = Path.Combine(folder, "tokenizer.json");
        return ReferenceFolders.ReadText(File.Exists(plain) ? plain : $"{plain}.gz");
    }

    private static Tokenizer FromText(string json) => ReferenceFolders.WithFile("tokenizer.json", json, Tokenizer.Load);
}
