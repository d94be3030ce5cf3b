using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Dmoerm.Data.Files;

/// <summary>JSON lines: one value a line, streamed.</summary>
internal static class RowLines
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads line by line; blank lines carry nothing and are passed over.</summary>
    /// <exception cref="InvalidDataException">No row at all, broken UTF-8 or JSON.</exception>
    public static IEnumerable<FileRow> Read(Stream stream, string path)
    {
        var empty = true;
        foreach (var (line, utf8) in Split(stream))
        {
            if (utf8.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }

            empty = false;
            using var document = Parse(utf8, $"{path}, line {line}");
            yield return new FileRow($"line {line}", line, document.RootElement);
        }

        if (empty)
        {
            throw Empty(path);
        }
    }

    /// <summary>Parses one row's bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes are no UTF-8 or no JSON, or a field is repeated.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string origin)
    {
        // The JSON reader looks at UTF-8 only where a text is asked for; a broken line must not pass because nobody asked.
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new InvalidDataException($"{origin}: expected UTF-8, came bytes that are none.");
        }

        try
        {
            return JsonDocument.Parse(utf8, Options);
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{origin}: expected a JSON value, came broken JSON: {Reason(broken, At(utf8.Span, broken))}", broken);
        }
        catch (InvalidOperationException broken)
        {
            throw new InvalidDataException($"{origin}: expected field names that are text, came half a surrogate pair.", broken);
        }
    }

    /// <summary>The error of a file without a row.</summary>
    public static InvalidDataException Empty(string path) => new($"{path}: expected at least one row, came an empty file.");

    /// <summary>Why a text is no JSON.</summary>
    /// <param name="broken">What the reader says.</param>
    /// <param name="rest">The text from where it stopped.</param>
    public static string Reason(JsonException broken, ReadOnlySpan<byte> rest)
    {
        var place = broken.LineNumber > 0 ? $"(line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1})" : $"(byte {broken.BytePositionInLine + 1})";
        foreach (var name in (ReadOnlySpan<string>)["NaN", "Infinity", "-Infinity"])
        {
            // The reader stops at the N or, after a minus, at the I.
            if (rest.StartsWith(Encoding.UTF8.GetBytes(name)))
            {
                return $"{name} is no JSON number {place}.";
            }
        }

        return $"{StrictJson.Bare(broken.Message)} {place}.";
    }

    private static ReadOnlySpan<byte> At(ReadOnlySpan<byte> text, JsonException broken)
    {
        for (var line = broken.LineNumber ?? 0; line > 0 && text.IndexOf((byte)'\n') is >= 0 and var end; line--)
        {
            text = text[(end + 1)..];
        }

        return text[(int)Math.Min(broken.BytePositionInLine ?? 0, text.Length)..];
    }

    private static IEnumerable<(int Line, ReadOnlyMemory<byte> Utf8)> Split(Stream stream)
    {
        var buffer = new byte[1 << 16];
        var (start, end, line) = (0, 0, 0);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                line++;
                yield return (line, WithoutMark(buffer.AsMemory(start, length), line));
                start += length + 1;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = stream.Read(buffer.AsSpan(end));
            if (read == 0)
            {
                break;
            }

            end += read;
        }

        if (end > start)
        {
            yield return (line + 1, WithoutMark(buffer.AsMemory(start, end - start), line + 1));
        }
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8, int line) => line == 1 ? FileSniffer.WithoutMark(utf8) : utf8;
}
