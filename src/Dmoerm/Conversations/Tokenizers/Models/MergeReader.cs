using System.Text;
using System.Text.Json;

namespace Dmoerm.Conversations.Tokenizers.Models;

/// <summary>Reads the <c>merges</c> of a BPE model, written <c>["a", "b"]</c> or <c>"a b"</c>, in the order of their rank.</summary>
internal static class MergeReader
{
    /// <summary>Reads the field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="vocabulary">Token to id.</param>
    /// <param name="prefix">So many characters of a right part are left out of the merged token, whatever they are.</param>
    /// <returns>From a pair of ids to its rank and the id that it merges to; of a pair that stands twice the last counts.</returns>
    /// <exception cref="InvalidDataException">A merge is broken, or speaks of a token that is not in the vocabulary.</exception>
    public static Dictionary<long, (int Rank, int Id)> Read(TokenizerField field, Dictionary<string, int> vocabulary, int prefix)
    {
        if (field.Json.ValueKind != JsonValueKind.Array)
        {
            throw field.Error("a list was expected");
        }

        var merges = new Dictionary<long, (int Rank, int Id)>(field.Json.GetArrayLength());
        var (place, rank) = (0, 0);
        foreach (var item in field.Json.EnumerateArray())
        {
            // Only made where something is wrong: there are hundreds of thousands.
            TokenizerField Here() => field with { Path = $"{field.Path}[{place}]", Json = item };
            if (item.ValueKind != JsonValueKind.String || !Here().Text().StartsWith("#version", StringComparison.Ordinal))
            {
                var (left, right) = Parts(item, Here);
                var pair = BytePairSettings.Pair(Id(left, vocabulary, Here), Id(right, vocabulary, Here));
                // tokenizers counts the prefix in characters and cuts bytes.
                var merged = right.Length >= prefix && Ascii.IsValid(right.AsSpan(0, prefix)) ? left + right[prefix..]
                    : throw Here().Error($"'{right}' should begin with {prefix} ASCII characters in the place of the continuing_subword_prefix");
                merges[pair] = (rank++, Id(merged, vocabulary, Here));
            }

            place++;
        }

        return merges;
    }

    private static (string Left, string Right) Parts(JsonElement item, Func<TokenizerField> here)
    {
        try
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                return item.GetString()!.Split(' ') is [var left, var right] ? (left, right) : throw here().Error("a merge should have two parts");
            }

            return item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2 && item[0].ValueKind == JsonValueKind.String && item[1].ValueKind == JsonValueKind.String
                ? (item[0].GetString()!, item[1].GetString()!)
                : throw here().Error("a merge should have two parts");
        }
        catch (InvalidOperationException)
        {
            throw here().Error("the text is no valid Unicode");
        }
    }

    private static int Id(string token, Dictionary<string, int> vocabulary, Func<TokenizerField> here) =>
        vocabulary.TryGetValue(token, out var id) ? id : throw here().Error($"the vocabulary has no token '{token}'");
}
