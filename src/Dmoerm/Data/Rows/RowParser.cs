using System.Text.Json;
using Dmoerm.Data.Formats;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data.Rows;

/// <summary>Turns rows into examples that hold stated comparisons only, and remembers which capability labels went by.</summary>
internal sealed class RowParser(CategorySource source)
{
    // Fields with a meaning of their own; every other text of a row is kept by its name.
    private static readonly HashSet<string> Reserved =
    [
        "id", "category", "prompt", "responses", "comparisons", "chosen", "rejected", "best", "losers",
        "votes", "reasons", "margin", "chosen_model", "rejected_model", "tools",
    ];

    /// <summary>Names the capabilities.</summary>
    public CategorySource Source { get; } = source;

    /// <summary>Capability score fields seen so far.</summary>
    public SortedSet<string> ScoreFields { get; } = new(StringComparer.Ordinal);

    /// <summary>Reason codes seen so far.</summary>
    public SortedSet<string> ReasonCodes { get; } = new(StringComparer.Ordinal);

    /// <summary>Capabilities of stated comparisons seen so far, named by the source or not.</summary>
    public SortedSet<string> ComparedCapabilities { get; } = new(StringComparer.Ordinal);

    /// <summary>A text field under this name would be read as something else.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>The row's category; null where it has none.</summary>
    public static string? CategoryOf(RowFields row, RowFormat format) => row.TextOrNull("category") ?? format.Category?.Invoke(row);

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="id">The id of a row that states none.</param>
    /// <exception cref="InvalidDataException">The row does not fit.</exception>
    public PreferenceExample Parse(RowFields row, RowFormat format, string id)
    {
        try
        {
            var content = format.Read(row, this);
            return new PreferenceExample
            {
                Id = IdOf(row) ?? id,
                Category = CategoryOf(row, format),
                Prompt = content.Prompt,
                Tools = row.Tools(),
                Responses = content.Responses,
                Comparisons = content.Comparisons,
                Fields = OtherTexts(row, format),
                Origin = row.Origin,
            };
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{fault.Message} (Read as format {format.Name}.)", fault);
        }
    }

    /// <summary>The named capabilities' scores of a response, higher is better.</summary>
    public Dictionary<string, double> Capabilities(RowFields? scores) =>
        Capabilities(scores is { } fields ? fields.All().ToDictionary(field => field.Name, field => fields.Number(field.Name)) : []);

    /// <summary>The named capabilities' scores out of all that a response has.</summary>
    public Dictionary<string, double> Capabilities(Dictionary<string, double> scores)
    {
        ScoreFields.UnionWith(scores.Keys);
        var named = new Dictionary<string, double>();
        foreach (var (name, capability) in Source.Capabilities)
        {
            if (ScoreField(name, capability) is { } field && scores.TryGetValue(field, out var score))
            {
                // Not -score: a negated zero would be written as -0.
                named[name] = capability.LowerIsBetter ? 0 - score : score;
            }
        }

        return named;
    }

    /// <summary>The capabilities for which one of the codes speaks.</summary>
    public IEnumerable<string> Reasoned(List<string> codes)
    {
        ReasonCodes.UnionWith(codes);
        return Source.Capabilities.Where(capability => capability.Value.Reasons.Any(codes.Contains)).Select(capability => capability.Key);
    }

    /// <summary>The field of a capability's scores; null where it lives of reasons alone.</summary>
    public static string? ScoreField(string name, CapabilitySource capability) =>
        capability.Score ?? (capability.Reasons.Count == 0 ? name : null);

    /// <summary>Fields that no example holds: neither texts nor read as something else.</summary>
    public static IEnumerable<string> UnreadFields(RowFields row, RowFormat format) =>
        row.All().Where(field => field.Value.ValueKind != JsonValueKind.String && !Reserved.Contains(field.Name) && !format.Reads(field.Name)).Select(field => field.Name);

    private static string? IdOf(RowFields row) => row.Find("id") switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => row.Text("id"),
    };

    private static Dictionary<string, string> OtherTexts(RowFields row, RowFormat format)
    {
        var texts = new Dictionary<string, string>();
        foreach (var (name, value) in row.All().Where(field => !Reserved.Contains(field.Name) && !format.Reads(field.Name)))
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                texts[name] = row.Text(name);
            }
            else if (format.Name == KnownFormats.Own && value.ValueKind is (JsonValueKind.Array or JsonValueKind.Object))
            {
                throw row.Fault(name, $"no such field (nearest: '{NearestName.Of(name, Reserved)}')", value);
            }
        }

        return texts;
    }
}
