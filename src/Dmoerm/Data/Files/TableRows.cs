using System.Text;
using System.Text.Json;
using nietras.SeparatedValues;

namespace Dmoerm.Data.Files;

/// <summary>The rows of a table of texts, such as CSV and TSV. A cell in quotes may hold anything; a quote in it is written twice.</summary>
/// <remarks>An empty cell is none. Blank lines carry nothing and are passed over. Every cell is a text here; who reads a row takes numbers, lists and objects out of it.</remarks>
internal static class TableRows
{
    /// <summary>Reads line by line.</summary>
    /// <exception cref="InvalidDataException">No row, a header without names, a row with more or fewer cells than the header, an open quote, or broken UTF-8.</exception>
    public static IEnumerable<FileRow> Read(Stream stream, string path, char separator)
    {
        using var text = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        var (line, empty) = (0, true);
        using var reader = Ask(() => Open(text, separator), path, line);
        string[]? names = null;
        while (Ask(reader.MoveNext, path, line))
        {
            line = reader.Current.LineNumberFrom;
            if (IsBlank(reader.Current))
            {
                continue;
            }

            if (names is null)
            {
                names = Names(reader.Current, path);
                continue;
            }

            empty = false;
            using var document = JsonDocument.Parse(Cells(reader.Current, names, path));
            yield return new FileRow($"line {line}", line, document.RootElement, IsTable: true);
        }

        if (empty)
        {
            throw new InvalidDataException($"{path}: expected at least one row below the header, came none.");
        }
    }

    private static SepReader Open(StreamReader text, char separator) =>
        Sep.New(separator).Reader(options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).From(text);

    private static bool IsBlank(SepReader.Row row) => row.ColCount == 1 && row.Span.Trim().IsEmpty;

    private static string[] Names(SepReader.Row row, string path)
    {
        var names = new string[row.ColCount];
        for (var column = 0; column < names.Length; column++)
        {
            names[column] = row[column].ToString().Trim();
            if (names[column].Length == 0 || Array.IndexOf(names, names[column]) < column)
            {
                var came = names[column].Length == 0 ? "none" : $"'{names[column]}' again";
                throw new InvalidDataException($"{path}: expected a header row with a name of its own over each column, came {came} over column {column + 1}.");
            }
        }

        return names;
    }

    // The row as a JSON object of texts.
    private static ReadOnlyMemory<byte> Cells(SepReader.Row row, string[] names, string path)
    {
        if (row.Span.Count('"') % 2 != 0)
        {
            throw new InvalidDataException($"{path}, line {row.LineNumberFrom}: expected every quote to be closed, came a cell whose quote is still open at the file's end.");
        }

        if (row.ColCount != names.Length)
        {
            throw new InvalidDataException(
                $"{path}, line {row.LineNumberFrom}: expected {names.Length} cells, as the header has, came {row.ColCount}; a cell that holds a separator must stand in quotes.");
        }

        var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        for (var column = 0; column < names.Length; column++)
        {
            json.WritePropertyName(names[column]);
            if (row[column].Span is { IsEmpty: false } cell)
            {
                json.WriteStringValue(cell);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    private static T Ask<T>(Func<T> read, string path, int line)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException broken)
        {
            throw new InvalidDataException($"{path}, after line {line}: expected UTF-8, came bytes that are none.", broken);
        }
        catch (NotSupportedException broken)
        {
            throw new InvalidDataException($"{path}, after line {line}: expected rows of at most 16 million characters, came a longer one; is a quote left open?", broken);
        }
    }
}
