using System.Text.Json;

namespace Dmoerm.Conversations.Tokenizers;

/// <summary>A value of <c>tokenizer.json</c> that knows where it stands, so that errors can say so.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">The path inside the file; empty for the whole.</param>
/// <param name="Json">The value.</param>
internal sealed record TokenizerField(string File, string Path, JsonElement Json)
{
    /// <summary>The last part of the path.</summary>
    public string Name { get; init; } = "";

    public InvalidDataException Error(string problem) => new($"{File}: {(Path.Length > 0 ? $"field '{Path}': " : "")}{problem}.");

    public TokenizerField Need(string name) =>
        Find(name) ?? throw Error($"'{name}' is missing");

    public bool Has(string name) => Find(name) is not null;

    public TokenizerField? Optional(string name) => Find(name);

    public string Type() => Need("type").Text();

    public void NeedType(string type)
    {
        if (Type() != type)
        {
            throw Error($"the type '{Type()}' is not supported; this version has {type}");
        }
    }

    public void RefuseUnlessNull(string name)
    {
        // An empty text is how some writers put null.
        if (Find(name) is { } field && !(field.Json.ValueKind == JsonValueKind.String && field.Text().Length == 0))
        {
            var type = field.Json.ValueKind == JsonValueKind.Object && field.Find("type") is { } kind ? $" ('{kind.Text()}')" : "";
            throw field.Error($"a {name}{type} is not supported; this version needs null");
        }
    }

    public void RefuseTrue(string name)
    {
        if (Flag(name, false))
        {
            throw Error($"'{name}: true' is not supported by this version");
        }
    }

    public bool Flag(string name, bool otherwise) => Find(name) is not { } field ? otherwise : field.Json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw field.Error("true or false was expected"),
    };

    public int Int() => Json.ValueKind == JsonValueKind.Number && Json.TryGetInt32(out var value) ? value : throw Error("a whole number was expected");

    public string Text() => Json.ValueKind == JsonValueKind.String ? Json.GetString()! : throw Error("a text was expected");

    public IEnumerable<TokenizerField> Items(string name) => Find(name)?.Items() ?? [];

    public IEnumerable<TokenizerField> Items() => Json.ValueKind == JsonValueKind.Array
        ? Json.EnumerateArray().Select((item, i) => this with { Path = $"{Path}[{i}]", Json = item })
        : throw Error("a list was expected");

    public IEnumerable<TokenizerField> Properties() => Json.ValueKind == JsonValueKind.Object
        ? Json.EnumerateObject().Select(property => Child(property.Name, property.Value))
        : throw Error("an object was expected");

    private TokenizerField? Find(string name)
    {
        if (Json.ValueKind != JsonValueKind.Object)
        {
            throw Error("an object was expected");
        }

        return Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? Child(name, value) : null;
    }

    private TokenizerField Child(string name, JsonElement value) => this with { Name = name, Path = Path.Length > 0 ? $"{Path}.{name}" : name, Json = value };
}
