using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Dmoerm.Data;

/// <summary>Files that others wrote, such as <c>config.json</c> and chat templates: read whole, with valid texts in them, or refused in a sentence.</summary>
/// <remarks>A parser alone lets broken UTF-8 and halves of surrogate pairs pass until somebody asks for the text, and then fails without saying where.</remarks>
internal static class ForeignFile
{
    // A tokenizer of a large vocabulary has 40 MB. A device or a pipe in the place of a file has no end.
    private const int MostBytes = 1 << 28;

    // Of a field that is there twice, nobody knows which one was meant.
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>The object that a file holds.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or no object: file, line or field, and what is wrong.</exception>
    public static JsonElement Object(string path)
    {
        var root = Read(path);
        return root.ValueKind == JsonValueKind.Object ? root : throw new InvalidDataException($"{path}: expected an object, came {root.ValueKind}.");
    }

    /// <summary>The value that a file holds.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or one of its texts is no valid Unicode.</exception>
    public static JsonElement Read(string path)
    {
        var utf8 = Bytes(path);
        try
        {
            var root = JsonElement.Parse(utf8, Options);
            // Only an escape can hide half a pair, and few files have any.
            return (utf8.AsSpan().IndexOf("\\ud"u8) >= 0 || utf8.AsSpan().IndexOf("\\uD"u8) >= 0) && BrokenText(root, "") is { } place
                ? throw new InvalidDataException($"{path}: field '{place}': the text is no valid Unicode (half a surrogate pair).")
                : root;
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"{path}: the name of a field is no valid Unicode (half a surrogate pair).", error);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}, line {(error.LineNumber ?? 0) + 1}: not valid JSON: {StrictJson.Bare(error.Message)}.", error);
        }
    }

    /// <summary>The text that a file holds.</summary>
    /// <exception cref="InvalidDataException">It is no UTF-8, or begins with a byte order mark, which Python would take for a part of the text.</exception>
    public static string Text(string path)
    {
        var utf8 = Bytes(path);
        return utf8.AsSpan().StartsWith("\uFEFF"u8)
            ? throw new InvalidDataException($"{path}: begins with a byte order mark, which would be a part of the text: save it without.")
            : Encoding.UTF8.GetString(utf8);
    }

    /// <summary>The bytes of a file of text.</summary>
    /// <exception cref="InvalidDataException">They are no UTF-8, or too many.</exception>
    public static byte[] Bytes(string path)
    {
        using var stream = File.OpenRead(path);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MostBytes)
            {
                throw new InvalidDataException($"{path}: is longer than {MostBytes} bytes: refused.");
            }
        }

        var all = bytes.ToArray();
        return Utf8.IsValid(all) ? all : throw new InvalidDataException($"{path}: expected UTF-8, came bytes that are none.");
    }

    // The path of the first text, or name of a field, that cannot be read; null where all can. Depth is bounded by the parser.
    private static string? BrokenText(JsonElement value, string place) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject()
            .Select(field => Decoded(() => field.Name) is not { } name ? place : BrokenText(field.Value, place.Length > 0 ? $"{place}.{name}" : name))
            .FirstOrDefault(broken => broken is not null),
        JsonValueKind.Array => value.EnumerateArray().Select((item, index) => BrokenText(item, $"{place}[{index}]")).FirstOrDefault(broken => broken is not null),
        JsonValueKind.String => Decoded(() => value.GetString()!) is null ? place : null,
        _ => null,
    };

    // The parser decodes a text when it is asked for, and throws then.
    private static string? Decoded(Func<string> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
