using System.Text.Json;

namespace Dmoerm.Data.Files;

/// <summary>Tells by a file's first bytes what holds its rows; the name decides only where content leaves two ways to read it.</summary>
internal static class FileSniffer
{
    // A first line longer than this is taken for a whole JSON document on one line.
    private const int LongestLine = 1 << 24;

    private static readonly (byte[] Start, string What)[] Unread =
    [
        ("PK\u0003\u0004"u8.ToArray(), "a zip archive (unpack it first)"),
        ([0xFF, 0xFE], "UTF-16"),
        ([0xFE, 0xFF], "UTF-16"),
        ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard (unpack it first)"),
        ("BZh"u8.ToArray(), "bzip2 (unpack it first)"),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "xz (unpack it first)"),
        ("ARROW1"u8.ToArray(), "Arrow (write it as Parquet)"),
        ("Obj\u0001"u8.ToArray(), "Avro"),
    ];

    /// <summary>The text of a file, unpacked where it is gzip.</summary>
    /// <exception cref="InvalidDataException">The path is a folder.</exception>
    public static Stream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InvalidDataException($"{path}: expected a file of rows, came a folder.");
        }

        var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[2];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        var zipped = start is [0x1F, 0x8B] || (length == 1 && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase));
        return zipped ? new WholeGzip(file, path) : file;
    }

    /// <summary>What holds a file's rows.</summary>
    /// <exception cref="InvalidDataException">The file is empty, or of a kind that is not read.</exception>
    public static Container ContainerOf(string path)
    {
        using var stream = Open(path);
        var head = Head(stream, out var whole);
        if (Array.Find(Unread, kind => head.Span.StartsWith(kind.Start)) is { Start: not null } unread)
        {
            throw new InvalidDataException($"{path}: expected JSON lines, JSON, CSV, TSV (all may be gzipped) or Parquet, came {unread.What}.");
        }

        if (head.Span.StartsWith("PAR1"u8))
        {
            return stream is not WholeGzip ? Container.Parquet : throw new InvalidDataException($"{path}: expected Parquet that is not gzipped as a whole; unpack it first.");
        }

        var text = Trim(WithoutMark(head));
        return text.Span switch
        {
            [] => whole ? throw RowLines.Empty(path) : Container.JsonLines,
            [(byte)'[', ..] => Container.Json,
            [(byte)'{', ..] => Lines(text.Span, whole, path),
            _ => Table(text.Span, path),
        };
    }

    /// <summary>A byte order mark at a file's start is no part of its text.</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? utf8[3..] : utf8;

    // Up to the end of the first line that holds something, and a little of what follows.
    private static ReadOnlyMemory<byte> Head(Stream stream, out bool whole)
    {
        var (buffer, length) = (new byte[1 << 16], 0);
        while (true)
        {
            var read = stream.ReadAtLeast(buffer.AsSpan(length), buffer.Length - length, throwOnEndOfStream: false);
            length += read;
            whole = length < buffer.Length;
            var text = Trim(buffer.AsMemory(0, length)).Span;
            if (whole || text.IndexOf((byte)'\n') is >= 0 and var end && !text[end..].Trim(" \t\r\n"u8).IsEmpty || length >= LongestLine)
            {
                return buffer.AsMemory(0, length);
            }

            Array.Resize(ref buffer, buffer.Length * 4);
        }
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> text) => text[(text.Length - text.Span.TrimStart(" \t\r\n"u8).Length)..];

    // A first line that is a value of its own, with more behind it, is JSON lines whatever the file is called.
    private static Container Lines(ReadOnlySpan<byte> text, bool whole, string path)
    {
        var end = text.IndexOf((byte)'\n');
        var byName = IsNamed(path, ".json") ? Container.Json : Container.JsonLines;
        var first = end < 0 ? text : text[..end];
        if (end < 0 && !whole)
        {
            return IsNamed(path, ".jsonl") ? Container.JsonLines : Container.Json;
        }

        var more = end >= 0 && !text[end..].Trim(" \t\r\n"u8).IsEmpty;
        return IsValue(first) switch
        {
            true => more ? Container.JsonLines : byName,
            false => more ? Container.Json : byName,
            null => byName,
        };
    }

    // True for one whole JSON value, false for the beginning of one, null for what is no JSON.
    private static bool? IsValue(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Container Table(ReadOnlySpan<byte> text, string path)
    {
        var header = text.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end ? text[..end] : text;
        if (header.Contains((byte)'\t'))
        {
            return Container.Tsv;
        }

        var (commas, semicolons) = (header.Count((byte)','), header.Count((byte)';'));
        if (commas + semicolons > 0 && !header.Contains((byte)0))
        {
            return semicolons > commas ? Container.SemicolonCsv : Container.Csv;
        }

        throw new InvalidDataException(
            $"{path}: expected JSON lines, JSON, a table with a header row (CSV or TSV; all may be gzipped) or Parquet, came a file whose first line is none of these.");
    }

    private static bool IsNamed(string path, string ending) =>
        path.EndsWith(ending, StringComparison.OrdinalIgnoreCase) || path.EndsWith(ending + ".gz", StringComparison.OrdinalIgnoreCase);
}
