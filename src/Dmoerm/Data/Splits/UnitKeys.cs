using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Splits;

/// <summary>Units: what splitting, folding and resampling never cut.</summary>
/// <remarks>
/// Rule <c>prompt</c>: the prompt without difference of case and white space; an example without a prompt is its own unit, by its responses' texts.
/// Rule <c>responses</c>: each response's text, likewise folded. Any other rule is the name of a text field of the row.
/// </remarks>
public static class UnitKeys
{
    /// <summary>The rule by prompt.</summary>
    public const string Prompt = "prompt";

    /// <summary>The rule by each response's text.</summary>
    public const string Responses = "responses";

    /// <summary>The unit of each response of one example, looked at alone.</summary>
    /// <param name="example">The example.</param>
    /// <param name="rule"><c>prompt</c>, <c>responses</c> or the name of a text field.</param>
    /// <returns>A key per response: hexadecimal hash of the text, or the field's value.</returns>
    /// <exception cref="InvalidDataException">The row lacks the field.</exception>
    public static IReadOnlyList<string> Of(PreferenceExample example, string rule) =>
        IsField(rule) ? [.. Enumerable.Repeat(FieldOf(example, rule), example.Responses.Count)] : [.. Texts(example, rule).Select(Key)];

    /// <summary>The unit of each response of many examples, where near-duplicate texts share one: what evaluation resamples and <see cref="Partition"/> splits.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="rule"><c>prompt</c>, <c>responses</c> or the name of a text field.</param>
    /// <returns>Per example, a key per response. A group's key is the smallest of its members', so the order of rows has no say.</returns>
    /// <exception cref="InvalidDataException">A row lacks the field.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Of(IReadOnlyList<PreferenceExample> examples, string rule)
    {
        if (IsField(rule))
        {
            return [.. examples.Select(example => Of(example, rule))];
        }

        List<IReadOnlyList<string>> texts = [.. examples.Select(example => Texts(example, rule))];
        var shared = SharedKeys([.. texts.SelectMany(text => text).Distinct()]);
        return [.. texts.Select(list => (IReadOnlyList<string>)[.. list.Select(text => shared[text])])];
    }

    /// <summary>The rule names a field of the row.</summary>
    internal static bool IsField(string rule) => rule is not (Prompt or Responses);

    /// <summary>The field that a rule names.</summary>
    internal static string FieldOf(PreferenceExample example, string rule) =>
        example.Fields.TryGetValue(rule, out var value)
            ? value
            : throw new InvalidDataException(
                $"{example.Origin}: field '{rule}': expected text, because units are made by it, came nothing; units can also be made by prompt, responses{string.Concat(example.Fields.Keys.Select(name => $", {name}"))}.");

    private static Dictionary<string, string> SharedKeys(List<string> texts)
    {
        var group = NearDuplicates.Group(texts);
        var smallest = new Dictionary<int, string>();
        for (var text = 0; text < texts.Count; text++)
        {
            var key = Key(texts[text]);
            ref var least = ref CollectionsMarshal.GetValueRefOrAddDefault(smallest, group[text], out var known);
            least = known && string.CompareOrdinal(least, key) <= 0 ? least : key;
        }

        return Enumerable.Range(0, texts.Count).ToDictionary(text => texts[text], text => smallest[group[text]]);
    }

    /// <summary>The folded text that makes each response's unit under a rule by texts.</summary>
    internal static string[] Texts(PreferenceExample example, string rule)
    {
        if (rule == Responses)
        {
            return [.. example.Responses.Select(response => NormalText.Folded(response.Text))];
        }

        var text = example.Prompt.Count > 0
            ? string.Join('\n', example.Prompt.Select(message => message.Content))
            : string.Join('\n', example.Responses.Select(response => response.Text).Order(StringComparer.Ordinal));
        return [.. Enumerable.Repeat(NormalText.Folded(text), example.Responses.Count)];
    }

    /// <summary>The hash of a folded text that keys are written from.</summary>
    internal static UInt128 Hash(string text) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()));

    /// <summary>The key of a text's hash.</summary>
    internal static string Key(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture);

    private static string Key(string text) => Key(Hash(text));
}
