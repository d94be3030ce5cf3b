using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Data.Splits;

namespace Dmoerm.Data.Categories;

/// <summary>What a category's training data say, counted and hashed: with equal fingerprints there is nothing new to learn.</summary>
/// <remarks>
/// Taken from the examples, not from the files: another order of rows, another file format or labels of one more capability leave the hash of what was there
/// before as it is. A field that has its default value is left out of the hash, so that a later version with more fields gives the same.
/// </remarks>
public sealed record DataFingerprint
{
    private static readonly JsonSerializerOptions Format = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>Distinct prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>Distinct responses of all prompts.</summary>
    public required int Responses { get; init; }

    /// <summary>Overall comparisons, ties included.</summary>
    public required int Comparisons { get; init; }

    /// <summary>Hash of prompts, responses, overall comparisons and the field that makes units; XxHash128 in hex.</summary>
    public required string Hash { get; init; }

    /// <summary>The labels of each capability.</summary>
    public required IReadOnlyDictionary<string, LabelFingerprint> Capabilities { get; init; }

    /// <summary>Measures a category's training examples.</summary>
    /// <param name="examples">The examples as they were read, uncut.</param>
    /// <param name="source">The recipe's entry that they were read by.</param>
    public static DataFingerprint Of(IReadOnlyList<PreferenceExample> examples, CategorySource source)
    {
        var hashes = examples.Select(example => HashOf(example, source.GroupBy)).ToArray();
        return new DataFingerprint
        {
            Prompts = examples.Count,
            Responses = examples.Sum(example => example.Responses.Count),
            Comparisons = examples.Sum(example => example.Comparisons.Count(comparison => comparison.Capability is null)),
            Hash = Join(hashes),
            Capabilities = source.Capabilities.Keys.ToDictionary(name => name, name => LabelsOf(examples, hashes, name)),
        };
    }

    private static UInt128 HashOf(PreferenceExample example, string groupBy) => HashOf(new
    {
        Unit = UnitKeys.IsField(groupBy) ? UnitKeys.FieldOf(example, groupBy) : null,
        example.Prompt,
        example.Tools,
        Responses = example.Responses.Select(response => response.Messages),
        Comparisons = example.Comparisons.Where(comparison => comparison.Capability is null),
    });

    private static LabelFingerprint LabelsOf(IReadOnlyList<PreferenceExample> examples, UInt128[] hashes, string capability)
    {
        var (labelled, count) = (new List<UInt128>(), 0);
        foreach (var (example, hash) in examples.Zip(hashes))
        {
            Comparison[] comparisons = [.. example.Comparisons.Where(comparison => comparison.Capability == capability)];
            double?[] scores = [.. example.Responses.Select(response => response.Capabilities.TryGetValue(capability, out var score) ? score : (double?)null)];
            if (comparisons.Length > 0 || scores.Any(score => score is not null))
            {
                labelled.Add(HashOf(new { Example = hash.ToString("x32", CultureInfo.InvariantCulture), Comparisons = comparisons.Select(comparison => comparison with { Capability = null }), Scores = scores }));
                count += comparisons.Length;
            }
        }

        return new LabelFingerprint(count, Join(labelled));
    }

    private static UInt128 HashOf<T>(T value) => XxHash128.HashToUInt128(JsonSerializer.SerializeToUtf8Bytes(value, Format));

    // Sorted: the order of rows has no say.
    private static string Join(IEnumerable<UInt128> hashes) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(hashes.Order().ToArray().AsSpan())).ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>The labels of one capability.</summary>
/// <param name="Comparisons">Its comparisons.</param>
/// <param name="Hash">Hash of the examples that carry them, with the labels; XxHash128 in hex.</param>
public sealed record LabelFingerprint(int Comparisons, string Hash);
