using System.Globalization;
using System.Text.Json;

namespace Dmoerm.Data.Rows;

/// <summary>One JSON object of a row, read field by field; what does not fit is an error that names file, line and field.</summary>
internal readonly struct RowFields
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly JsonElement _value;
    private readonly string _path;
    private readonly bool _isTable;

    /// <summary>Looks at an object.</summary>
    /// <param name="value">The object.</param>
    /// <param name="origin">Where the row stands.</param>
    /// <param name="path">The object's own field in the row, empty for the row.</param>
    /// <param name="isTable">All fields are cells of a table, texts: numbers, lists and objects are read out of them where they are asked for.</param>
    /// <exception cref="InvalidDataException">The value is no object.</exception>
    public RowFields(JsonElement value, string origin, string path = "", bool isTable = false)
    {
        (_value, _path, _isTable, Origin) = (value, path, isTable, origin);
        if (value.ValueKind != JsonValueKind.Object)
        {
            var place = path.Length == 0 ? "" : $" field '{path.TrimEnd('.')}':";
            throw new InvalidDataException($"{origin}:{place} expected a JSON object, came {JsonWords.Of(value)}.");
        }
    }

    /// <summary>Where the row stands: <c>file, line n</c>.</summary>
    public string Origin { get; }

    /// <summary>All fields are cells of a table, texts.</summary>
    public bool IsTable => _isTable;

    /// <summary>The object as JSON on one line, as it is written where it stands on one.</summary>
    public string ToLine()
    {
        var raw = _value.GetRawText();
        return raw.AsSpan().IndexOfAny('\r', '\n') < 0 ? raw : JsonSerializer.Serialize(_value, OneLine);
    }

    /// <summary>Names and values of all fields that are not null.</summary>
    public List<(string Name, JsonElement Value)> All()
    {
        var all = new List<(string, JsonElement)>();
        foreach (var property in _value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null)
            {
                all.Add((NameOf(property, Origin), property.Value));
            }
        }

        return all;
    }

    /// <summary>A field's value; null where it is absent or null.</summary>
    public JsonElement? Find(string name) =>
        _value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    /// <summary>The field stands there, be it null.</summary>
    public bool Has(string name) => _value.TryGetProperty(name, out _);

    /// <summary>The field holds a list; a table's cell, text that is one.</summary>
    public bool IsList(string name) => Find(name) is { } value && Opened(value).ValueKind == JsonValueKind.Array;

    /// <summary>The field holds a text that is no list or object in a table's cell.</summary>
    public bool IsText(string name) => Find(name) is { } value && Opened(value).ValueKind == JsonValueKind.String;

    /// <summary>The field holds a list whose first element is of this kind.</summary>
    public bool IsListOf(string name, JsonValueKind kind) => IsList(name) && Opened(Find(name)!.Value) is var list && list.GetArrayLength() > 0 && list[0].ValueKind == kind;

    /// <summary>A field that the format asks for.</summary>
    public JsonElement Require(string name, string expected) => Find(name) ?? throw Fault(name, expected, null);

    /// <summary>A text.</summary>
    public string Text(string name) => AsText(name, Require(name, "text"));

    /// <summary>A text, or null where the field is absent or null.</summary>
    public string? TextOrNull(string name) => Find(name) is { } value ? AsText(name, value) : null;

    /// <summary>A finite number.</summary>
    public double Number(string name) => AsNumber(name, Require(name, "a number"));

    /// <summary>A finite number, or null where the field is absent or null.</summary>
    public double? NumberOrNull(string name) => Find(name) is { } value ? AsNumber(name, value) : null;

    /// <summary>True or false.</summary>
    public bool Flag(string name)
    {
        const string Expected = "true or false";
        var value = Require(name, Expected);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when _isTable && bool.TryParse(value.GetString(), out var flag) => flag,
            _ => throw Fault(name, Expected, value),
        };
    }

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, or one written as a text.</summary>
    public int Choice(string name, int least, int most)
    {
        var expected = $"a whole number from {least} to {most}";
        var value = Require(name, expected);
        var text = value.ValueKind == JsonValueKind.String ? value.GetRawText().Trim('"') : value.GetRawText();
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == Math.Floor(number) && number >= least && number <= most
            ? (int)number
            : throw Fault(name, expected, value);
    }

    /// <summary>An index below <paramref name="count"/>.</summary>
    public int Index(string name, int count)
    {
        var expected = $"a whole number from 0 to {count - 1} (an index into responses)";
        var value = Require(name, expected);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var index) && index >= 0 && index < count
            ? index
            : throw Fault(name, expected, value);
    }

    /// <summary>The objects of a list.</summary>
    public List<RowFields> Objects(string name)
    {
        var (origin, path) = (Origin, _path + name);
        return [.. Items(name).Select((item, index) => new RowFields(item, origin, $"{path}[{index}]."))];
    }

    /// <summary>The texts of a list; none where the field is absent or null.</summary>
    public List<string> Texts(string name) => Each(name, AsText);

    /// <summary>The lists of texts in a list.</summary>
    public List<List<string>> Lists(string name)
    {
        var lists = new List<List<string>>();
        foreach (var item in Items(name))
        {
            var place = $"{name}[{lists.Count}]";
            List<string> texts = [];
            foreach (var text in item.ValueKind == JsonValueKind.Array ? item.EnumerateArray() : throw Fault(place, "a list of texts", item))
            {
                texts.Add(AsText($"{place}[{texts.Count}]", text));
            }

            lists.Add(texts);
        }

        return lists;
    }

    /// <summary>How many elements a list has; none where it is no list.</summary>
    public int Count(string name) => Find(name) is { } value && Opened(value) is { ValueKind: JsonValueKind.Array } list ? list.GetArrayLength() : 0;

    /// <summary>The finite numbers of a list; none where the field is absent or null.</summary>
    public List<double> Numbers(string name) => Each(name, AsNumber);

    /// <summary>An object inside this one; null where the field is absent or null.</summary>
    public RowFields? Inner(string name) => Find(name) is { } value ? new RowFields(Opened(value), Origin, $"{_path}{name}.") : null;

    /// <summary>A value that comes back as it stands; null where there is none.</summary>
    /// <exception cref="InvalidDataException">A text in it is no valid Unicode, so it cannot be written.</exception>
    public JsonElement? Carried(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        MessageFields.Compact(value, $"{Origin}: field '{_path}{name}'");
        return value.Clone();
    }

    /// <summary>The row's <c>tools</c>, a list of objects or a text with one, as JSON on one line; null where it has none.</summary>
    public string? Tools()
    {
        const string Name = "tools";
        if (Find(Name) is not { } value)
        {
            return null;
        }

        // TRL writes them as text, since tables have no other way.
        var list = value.ValueKind == JsonValueKind.String ? TableCell.Open(value, Origin) : value;
        return list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(tool => tool.ValueKind == JsonValueKind.Object)
            ? list.GetArrayLength() == 0 ? null : MessageFields.Compact(list, $"{Origin}: field '{_path}{Name}'")
            : throw Fault(Name, "a list of objects, the tools that the conversation may use", value);
    }

    /// <summary>Turns of a field that holds a text (one turn of <paramref name="role"/>) or a list of messages.</summary>
    public List<Message> Turns(string name, string role)
    {
        var value = Require(name, "text or a list of messages");
        return Opened(value).ValueKind switch
        {
            JsonValueKind.Array when IsListOf(name, JsonValueKind.Object) || value.ValueKind == JsonValueKind.Array => [.. Objects(name).Select(message => message.AsMessage())],
            _ when value.ValueKind == JsonValueKind.String => [new(role, AsText(name, value))],
            _ => throw Fault(name, "text or a list of messages", value),
        };
    }

    /// <summary>Turns as <see cref="Turns"/> reads them, at least one.</summary>
    public List<Message> Answer(string name)
    {
        var turns = Turns(name, "assistant");
        return turns.Count > 0 ? turns : throw Fault(name, "text or at least one message", Find(name));
    }

    /// <summary>The two texts of an instruction and its input, a line break between them; the instruction alone where there is no input.</summary>
    public string Task(string instruction, string input) =>
        Text(instruction) + (TextOrNull(input) is { Length: > 0 } given ? "\n" + given : "");

    /// <summary>The error of a field.</summary>
    /// <param name="name">The field inside this object.</param>
    /// <param name="expected">What had to stand there.</param>
    /// <param name="came">What stands there; null for nothing.</param>
    public InvalidDataException Fault(string name, string expected, JsonElement? came) =>
        new($"{Origin}: field '{_path}{name}': expected {expected}, came {JsonWords.Of(came)}.");

    private List<JsonElement> Items(string name)
    {
        var value = Require(name, "a list");
        var list = Opened(value);
        return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : throw Fault(name, "a list", value);
    }

    private JsonElement Opened(JsonElement value) => _isTable && value.ValueKind == JsonValueKind.String ? TableCell.Open(value, Origin) : value;

    private List<T> Each<T>(string name, Func<string, JsonElement, T> read)
    {
        var list = new List<T>();
        foreach (var item in Find(name) is null ? [] : Items(name))
        {
            list.Add(read($"{name}[{list.Count}]", item));
        }

        return list;
    }

    private Message AsMessage()
    {
        var fields = MessageFields.Of(_value, _path.Length > 0 ? $"{Origin}: field '{_path.TrimEnd('.')}'" : Origin);
        // An assistant that only calls tools says nothing.
        return fields is not null && Find("tool_calls") is not null && Find("content") is null
            ? new Message(Text("role"), "") { Fields = MessageFields.WithoutContent(fields) }
            : new Message(Text("role"), Text("content")) { Fields = fields };
    }

    private string AsText(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Fault(name, "text", value);
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new InvalidDataException($"{Origin}: field '{_path}{name}': expected text, came half a surrogate pair.");
        }
    }

    private double AsNumber(string name, JsonElement value)
    {
        double? number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDouble(out var stated) => stated,
            JsonValueKind.String when _isTable && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var cell) => cell,
            _ => null,
        };
        return number is { } came && double.IsFinite(came) ? came : throw Fault(name, "a finite number", value);
    }

    private static string NameOf(JsonProperty property, string origin)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw new InvalidDataException($"{origin}: expected field names that are text, came half a surrogate pair.");
        }
    }
}
