using System.Text.Json;
using Parquet;

namespace Dmoerm.Data.Files;

/// <summary>The rows of a Parquet file, row group by row group; lists, structs and maps become JSON lists and objects.</summary>
/// <remarks>
/// Rows are put together from the columns' levels, as the Parquet format says (Apache Parquet, "Nested Encoding"): the library's own rows leave out
/// nulls inside lists, and a list of ranks would slip against its list of responses.
/// </remarks>
internal static class ParquetRows
{
    /// <summary>Reads row by row; a row group is in memory at a time.</summary>
    /// <exception cref="InvalidDataException">No row, or a broken file.</exception>
    public static IEnumerable<FileRow> Read(Stream stream, string path)
    {
        var reader = Ask(ParquetReader.CreateAsync(stream, leaveStreamOpen: true), path);
        var number = 0;
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var rows = reader.OpenRowGroupReader(group);
            using var columns = new ParquetColumns(reader.Schema, field => Ask(rows.ReadRawColumnDataBaseAsync(field).AsTask(), path));
            for (var row = 0L; row < rows.RowCount; row++)
            {
                number++;
                using var document = JsonDocument.Parse(Json(columns, path, number));
                yield return new FileRow($"row {number}", number, document.RootElement);
            }
        }

        if (number == 0)
        {
            throw RowLines.Empty(path);
        }
    }

    private static ReadOnlyMemory<byte> Json(ParquetColumns columns, string path, int number)
    {
        var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer);
        try
        {
            columns.WriteRow(json);
        }
        catch (Exception broken) when (broken is IndexOutOfRangeException or ArgumentException)
        {
            throw new InvalidDataException($"{path}, row {number}: broken Parquet: a column holds fewer values than the file has rows.", broken);
        }

        json.Flush();
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    // The library throws whatever its decoders meet in broken bytes.
    private static T Ask<T>(Task<T> reading, string path)
    {
        try
        {
            return reading.GetAwaiter().GetResult();
        }
        catch (Exception broken) when (broken is not (OutOfMemoryException or FileNotFoundException or UnauthorizedAccessException))
        {
            throw new InvalidDataException($"{path}: broken Parquet: {broken.Message.TrimEnd('.')}.", broken);
        }
    }
}
