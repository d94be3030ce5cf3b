using System.Text;
using System.Text.Json;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>A value of <c>tokenizer.json</c> that knows where it stands, so that errors can say so.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">The path inside the file; empty for the whole.</param>
/// <param name="Json">The value.</param>
internal sealed record TokenizerField(string File, string Path, JsonElement Json)
{
    /// <summary>File and path, for messages.</summary>
    public string Origin => Path.Length > 0 ? $"{File}: field '{Path}'" : File;

    public bool IsObject => Json.ValueKind == JsonValueKind.Object;

    public InvalidDataException Error(string problem) => new($"{Origin}: {problem}.");

    public TokenizerField Need(string name) => Optional(name) ?? throw Error($"'{name}' is missing");

    /// <summary>The value of a name; null where the file has none or null.</summary>
    public TokenizerField? Optional(string name)
    {
        if (!IsObject)
        {
            throw Error("an object was expected");
        }

        return Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? this with { Path = Path.Length > 0 ? $"{Path}.{name}" : name, Json = value } : null;
    }

    public string Type() => Need("type").Text();

    /// <summary>Refuses any other name: it may change ids in a way that is not known here.</summary>
    public void OnlyFields(params ReadOnlySpan<string> names)
    {
        if (!IsObject)
        {
            throw Error("an object was expected");
        }

        foreach (var property in Json.EnumerateObject())
        {
            if (!names.Contains(Name(property)) && property.Value.ValueKind != JsonValueKind.Null)
            {
                throw Error($"'{Name(property)}' is not supported; this version has {string.Join(", ", names)}");
            }
        }
    }

    /// <summary>A text out of those that are known.</summary>
    /// <param name="name">The name.</param>
    /// <param name="otherwise">Where the file has none; empty where it must have one.</param>
    /// <param name="known">What is known.</param>
    public string OneOf(string name, string otherwise, params ReadOnlySpan<string> known)
    {
        var text = otherwise.Length > 0 && Optional(name) is null ? otherwise : Need(name).Text();
        return known.Contains(text) ? text : throw Need(name).Error($"'{text}' is not supported; this version has {string.Join(", ", known)}");
    }

    public bool Flag(string name, bool otherwise) => Optional(name)?.Flag() ?? otherwise;

    public bool Flag() => Json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error("true or false was expected"),
    };

    /// <summary>A whole number, not below the least one.</summary>
    public int Count(int least) => Json.ValueKind == JsonValueKind.Number && Json.TryGetInt32(out var value) && value >= least ? value : throw Error($"a whole number from {least} was expected");

    public string Text()
    {
        try
        {
            return Json.ValueKind == JsonValueKind.String ? Json.GetString()! : throw Error("a text was expected");
        }
        catch (InvalidOperationException)
        {
            throw Error("the text is no valid Unicode");
        }
    }

    /// <summary>A text of one character.</summary>
    public Rune Character() => Text() is { Length: > 0 } text && Rune.GetRuneAt(text, 0) is var rune && rune.Utf16SequenceLength == text.Length ? rune : throw Error("one character was expected");

    public IEnumerable<TokenizerField> Items() => Json.ValueKind == JsonValueKind.Array
        ? Json.EnumerateArray().Select((item, i) => this with { Path = $"{Path}[{i}]", Json = item })
        : throw Error("a list was expected");

    /// <summary>Names and values of an object, each name once.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Properties()
    {
        if (!IsObject)
        {
            throw Error("an object was expected");
        }

        foreach (var property in Json.EnumerateObject())
        {
            yield return (Name(property), property.Value);
        }
    }

    private string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Error("a name is no valid Unicode");
        }
    }
}
