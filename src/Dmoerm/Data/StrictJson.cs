using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Dmoerm.Data.Texts;

namespace Dmoerm.Data;

/// <summary>JSON files that must fit their record exactly, such as recipes.</summary>
/// <remarks>Fields are camelCase, enums camelCase texts; comments and trailing commas are allowed; unknown, repeated, missing and null fields are errors.</remarks>
public static class StrictJson
{
    /// <summary>The serializer's settings, for writing what <see cref="Read{T}"/> reads.</summary>
    public static JsonSerializerOptions Options { get; } = MakeOptions();

    /// <summary>Reads a file.</summary>
    /// <param name="path">A UTF-8 file, with or without byte order mark.</param>
    /// <exception cref="InvalidDataException">The content does not fit: file, line, JSON path, and for an unknown field the nearest known one.</exception>
    public static T Read<T>(string path)
    {
        var bytes = ForeignFile.Bytes(path);
        return Parse<T>(Encoding.UTF8.GetString(bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes), path);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="json">The JSON text.</param>
    /// <param name="origin">Where it comes from, for error messages.</param>
    /// <exception cref="InvalidDataException">The content does not fit.</exception>
    public static T Parse<T>(string json, string origin)
    {
        try
        {
            var read = JsonSerializer.Deserialize<T>(json, Options) ?? throw new InvalidDataException($"{origin}: expected an object, came null.");
            StrictElements.Check(json, typeof(T), origin);
            return read;
        }
        catch (JsonException wrong)
        {
            var path = wrong.Path is { Length: > 1 } ? $", field '{wrong.Path.TrimStart('$').TrimStart('.')}'" : "";
            throw new InvalidDataException($"{origin}, line {(wrong.LineNumber ?? 0) + 1}{path}: {Reason(wrong, typeof(T))}", wrong);
        }
    }

    /// <summary>A serializer's message without the position that it adds, and without its full stop.</summary>
    internal static string Bare(string message)
    {
        foreach (var mark in (ReadOnlySpan<string>)[" Path: ", " LineNumber: "])
        {
            var at = message.IndexOf(mark, StringComparison.Ordinal);
            message = at < 0 ? message : message[..at];
        }

        return message.TrimEnd(' ', '.', '|');
    }

    private static JsonSerializerOptions MakeOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
            WriteIndented = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }

    private static string Reason(JsonException wrong, Type root)
    {
        var steps = Steps(wrong.Path ?? "$");
        var holder = Walk(root, steps.Take(steps.Count - 1));
        if (steps.Count > 0 && holder?.Kind == JsonTypeInfoKind.Object && Property(holder, steps[^1]) is null)
        {
            var nearest = NearestName.Of(steps[^1], holder.Properties.Select(property => property.Name));
            return $"expected a known field, came '{steps[^1]}'{(nearest is null ? "" : $" (nearest: '{nearest}')")}.";
        }

        return Reworded(Bare(wrong.Message), Walk(root, steps)?.Type);
    }

    // The serializer speaks of .NET types; a recipe's author knows JSON's. Words that are not known here pass as they are.
    private static string Reworded(string message, Type? wanted)
    {
        var expected = wanted is null ? "another value" : Describe(wanted);
        return message switch
        {
            _ when message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) => $"expected {expected}.",
            _ when message.StartsWith("The property or field", StringComparison.Ordinal) && message.Contains("null") => $"expected {expected}, came null.",
            _ when message.StartsWith("JSON deserialization for type", StringComparison.Ordinal) && message.IndexOf(": ", StringComparison.Ordinal) is > 0 and var at =>
                $"expected field {message[(at + 2)..]}, which is missing.",
            _ when message.StartsWith("Duplicate property", StringComparison.Ordinal) => "expected each field once, came a field that is repeated.",
            _ => message + ".",
        };
    }

    private static JsonTypeInfo? Walk(Type root, IEnumerable<string> steps)
    {
        var info = Options.GetTypeInfo(root);
        foreach (var step in steps)
        {
            var next = info.Kind == JsonTypeInfoKind.Object ? Property(info, step)?.PropertyType : info.ElementType;
            if (next is null)
            {
                return null;
            }

            info = Options.GetTypeInfo(next);
        }

        return info;
    }

    private static JsonPropertyInfo? Property(JsonTypeInfo holder, string name) =>
        holder.Properties.FirstOrDefault(property => property.Name == name);

    // Path grammar of System.Text.Json: $.name, $['odd name'], [index].
    private static List<string> Steps(string path)
    {
        var steps = new List<string>();
        for (var at = 1; at < path.Length;)
        {
            var quoted = path.AsSpan(at).StartsWith("['");
            var start = at + (quoted ? 2 : 1);
            var end = quoted ? path.IndexOf("']", start, StringComparison.Ordinal)
                : path[at] == '[' ? path.IndexOf(']', start)
                : path.AsSpan(start).IndexOfAny('.', '[') is >= 0 and var length ? start + length : path.Length;
            end = end < 0 ? path.Length : end;
            steps.Add(path[start..end]);
            at = end + (quoted ? 2 : path[at] == '[' ? 1 : 0);
        }

        return steps;
    }

    /// <summary>A type in JSON's words.</summary>
    internal static string Describe(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare switch
        {
            _ when bare == typeof(string) => "text",
            _ when bare == typeof(bool) => "true or false",
            _ when bare == typeof(int) || bare == typeof(long) => "a whole number",
            _ when bare == typeof(double) || bare == typeof(float) => "a number",
            { IsEnum: true } => "one of " + string.Join(", ", Enum.GetNames(bare).Select(JsonNamingPolicy.CamelCase.ConvertName)),
            _ => Options.GetTypeInfo(bare).Kind == JsonTypeInfoKind.Enumerable ? "a list" : "an object",
        };
    }
}
