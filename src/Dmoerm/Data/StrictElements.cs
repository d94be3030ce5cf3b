using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Dmoerm.Data;

/// <summary>What the serializer lets pass though no record can hold it: nulls as elements of lists and maps, and numbers beyond every double.</summary>
internal static class StrictElements
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Fails on the first of them.</summary>
    /// <param name="json">A text that has been read as the type.</param>
    /// <param name="type">The type.</param>
    /// <param name="origin">Where the text comes from.</param>
    /// <exception cref="InvalidDataException">There is one.</exception>
    public static void Check(string json, Type type, string origin)
    {
        using var document = JsonDocument.Parse(json, Lenient);
        Check(document.RootElement, StrictJson.Options.GetTypeInfo(type), "", origin);
    }

    private static void Check(JsonElement value, JsonTypeInfo info, string place, string origin)
    {
        switch (info.Kind)
        {
            case JsonTypeInfoKind.Object when value.ValueKind == JsonValueKind.Object:
                foreach (var field in value.EnumerateObject())
                {
                    if (info.Properties.FirstOrDefault(property => property.Name == field.Name) is { } property)
                    {
                        Check(field.Value, StrictJson.Options.GetTypeInfo(property.PropertyType), Below(place, field.Name), origin);
                    }
                }

                break;
            case JsonTypeInfoKind.Dictionary when value.ValueKind == JsonValueKind.Object:
                foreach (var entry in value.EnumerateObject())
                {
                    CheckElement(entry.Value, info.ElementType!, Below(place, entry.Name), origin);
                }

                break;
            case JsonTypeInfoKind.Enumerable when value.ValueKind == JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    CheckElement(item, info.ElementType!, $"{place}[{index}]", origin);
                }

                break;
            case JsonTypeInfoKind.None when value.ValueKind == JsonValueKind.Number && (Nullable.GetUnderlyingType(info.Type) ?? info.Type) == typeof(double) && !double.IsFinite(value.GetDouble()):
                throw new InvalidDataException($"{origin}, field '{place}': expected a finite number, came {value.GetRawText()}.");
        }
    }

    private static string Below(string place, string name) => place.Length > 0 ? $"{place}.{name}" : name;

    private static void CheckElement(JsonElement value, Type type, string place, string origin)
    {
        if (value.ValueKind == JsonValueKind.Null && !type.IsValueType)
        {
            throw new InvalidDataException($"{origin}, field '{place}': expected {StrictJson.Describe(type)}, came null.");
        }

        Check(value, StrictJson.Options.GetTypeInfo(type), place, origin);
    }
}
