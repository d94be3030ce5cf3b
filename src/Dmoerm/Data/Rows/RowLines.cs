using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Dmoerm.Data.Rows;

/// <summary>The JSON values of a <c>.jsonl</c> or <c>.jsonl.gz</c> file, one a line, streamed.</summary>
internal static class RowLines
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads line by line; blank lines carry nothing and are passed over.</summary>
    /// <returns>1-based line numbers and documents; a document lives until the next one is asked for.</returns>
    /// <exception cref="InvalidDataException">Another extension, no row at all, broken gzip, UTF-8 or JSON.</exception>
    public static IEnumerable<(int Line, JsonElement Row)> Read(string path)
    {
        var empty = true;
        foreach (var (line, utf8) in Lines(path))
        {
            empty = false;
            using var document = ParseOfFile(utf8, path, line);
            yield return (line, document.RootElement);
        }

        if (empty)
        {
            throw new InvalidDataException($"{path}: expected at least one row, came an empty file.");
        }
    }

    /// <summary>Parses one line's bytes.</summary>
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
            throw new InvalidDataException($"{origin}: expected a JSON value, came broken JSON: {Reason(broken, utf8.Span)}", broken);
        }
        catch (InvalidOperationException broken)
        {
            throw new InvalidDataException($"{origin}: expected field names that are text, came half a surrogate pair.", broken);
        }
    }

    private static JsonDocument ParseOfFile(ReadOnlyMemory<byte> utf8, string path, int line)
    {
        try
        {
            return Parse(utf8, $"{path}, line {line}");
        }
        catch (InvalidDataException)
        {
            // A file that was cut off ends in the middle of a row: then the gzip is what is broken, and reading on says so.
            _ = Lines(path).Count();
            throw;
        }
    }

    private static IEnumerable<(int Line, ReadOnlyMemory<byte> Utf8)> Lines(string path)
    {
        using var stream = Open(path, out var zipped);
        var whole = !zipped;
        foreach (var (line, utf8) in Split(stream, path))
        {
            if (zipped && utf8.Span.SequenceEqual(GzipTail.Mark))
            {
                whole = true;
            }
            else if (!utf8.Span.Trim(" \t\r"u8).IsEmpty)
            {
                yield return (line, utf8);
            }
        }

        if (!whole)
        {
            throw new InvalidDataException($"{path}: broken gzip: expected a whole file, came one that is cut off or goes on with something else.");
        }
    }

    private static string Reason(JsonException broken, ReadOnlySpan<byte> utf8)
    {
        var at = utf8[(int)Math.Min(broken.BytePositionInLine ?? 0, utf8.Length)..];
        foreach (var name in (ReadOnlySpan<string>)["NaN", "Infinity", "-Infinity"])
        {
            // The reader stops at the N or, after a minus, at the I.
            if (at.StartsWith(Encoding.UTF8.GetBytes(name)))
            {
                return $"{name} is no JSON number (byte {broken.BytePositionInLine + 1}).";
            }
        }

        return StrictJson.Bare(broken.Message) + $" (byte {broken.BytePositionInLine + 1}).";
    }

    private static Stream Open(string path, out bool zipped)
    {
        zipped = path.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase);
        if (!zipped && !path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"{path}: expected a file that ends in .jsonl or .jsonl.gz.");
        }

        var file = File.OpenRead(path);
        return zipped ? new GZipStream(new GzipTail(file), CompressionMode.Decompress) : file;
    }

    private static IEnumerable<(int Line, ReadOnlyMemory<byte> Utf8)> Split(Stream stream, string path)
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

            var read = Fill(stream, buffer.AsSpan(end), path, line);
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

    private static int Fill(Stream stream, Span<byte> target, string path, int line)
    {
        try
        {
            return stream.Read(target);
        }
        catch (InvalidDataException broken)
        {
            throw new InvalidDataException($"{path}: broken gzip after line {line}: {broken.Message}", broken);
        }
    }

    // A byte order mark at the file's start is no part of the first row.
    private static Memory<byte> WithoutMark(Memory<byte> utf8, int line) =>
        line == 1 && utf8.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? utf8[3..] : utf8;
}
