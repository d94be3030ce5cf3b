using System.Text.Json;
using Dmoerm.Data;

namespace Dmoerm.Backbones.Configs;

/// <summary>An object in <c>config.json</c> that knows its file, so that errors can say so. A null value counts as absent.</summary>
/// <param name="File">The file.</param>
/// <param name="Json">The object.</param>
internal sealed record ConfigField(string File, JsonElement Json)
{
    // Of a value that is quoted, so that a sentence stays one.
    private const int MostShown = 200;

    /// <summary>Number of fields.</summary>
    public int FieldCount => Json.EnumerateObject().Count();

    /// <summary>Names of the fields, null ones included.</summary>
    public IEnumerable<string> Names => Json.EnumerateObject().Select(property => property.Name);

    public static ConfigField ReadFile(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            throw new InvalidDataException($"{path}: no such file; a Hugging Face folder has one.");
        }

        return new ConfigField(path, ForeignFile.Object(path));
    }

    public InvalidDataException Error(string problem) => new($"{File}: {problem}.");

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The field is there, be it with null.</summary>
    public bool IsWritten(string name) => Json.TryGetProperty(name, out _);

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a text", value);

    /// <summary>The first text of a list, or null.</summary>
    public string? FirstText(string name) => List(name)?.Select(item => item.ToString()).FirstOrDefault();

    public IReadOnlyList<JsonElement>? List(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Wrong(name, "a list", value);

    public ConfigField? Child(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? this with { Json = value } : throw Wrong(name, "an object", value);

    public bool Flag(string name, bool otherwise) => Find(name) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false", value);

    /// <summary>Token ids: one number or a list of them; empty where there is none.</summary>
    public int[] Ids(string name) => Find(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(id => Id(name, id))] : [Id(name, value)];

    /// <summary>One token id, or null.</summary>
    public int? OptionalId(string name) => Find(name) is { } value ? Id(name, value, "a token id") : null;

    public double? OptionalNumber(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()) ? value.GetDouble() : throw Wrong(name, "a number", value);

    /// <summary>A number; where the field is absent, another. A written null is none: the Python classes take it for the value, and fail on it.</summary>
    public double Number(string name, double? otherwise = null) =>
        OptionalNumber(name) ?? (IsWritten(name) ? null : otherwise) ?? throw Error($"field '{name}' is {Absence(name)}; a number was expected");

    /// <summary>A number above 0 that must be there.</summary>
    public double Positive(string name) => Positive(name, null) ?? throw Error($"field '{name}' is {Absence(name)}; a number was expected");

    /// <summary>A number above 0; null where null is written.</summary>
    public double? Positive(string name, double? otherwise) =>
        (IsWritten(name) ? OptionalNumber(name) : otherwise) is not { } number ? null : number > 0 ? number : throw Error($"field '{name}' should be a number above 0, but is {number}");

    /// <summary>A whole number of at least 1.</summary>
    public int Count(string name, int? otherwise = null)
    {
        if (Find(name) is not { } value)
        {
            return otherwise ?? throw Error($"field '{name}' is {Absence(name)}; a whole number was expected");
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count > 0
            ? count
            : throw Wrong(name, "a whole number above 0", value);
    }

    public void Expect<T>(string name, T found, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(found, expected))
        {
            throw Error($"field '{name}' is {found}; this version computes {expected} only");
        }
    }

    /// <summary>The field holds something else.</summary>
    public InvalidDataException Wrong(string name, string expected, JsonElement value)
    {
        var text = value.GetRawText();
        return Error($"field '{name}' should be {expected}, but is {(text.Length > MostShown ? text[..MostShown] + "..." : text)}");
    }

    private int Id(string name, JsonElement value, string expected = "a token id or a list of them") =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) ? id : throw Wrong(name, expected, value);

    private string Absence(string name) => IsWritten(name) ? "null" : "missing";

    private JsonElement? Find(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
