namespace Dmoerm.Data.Files;

/// <summary>The rows of any file that is read, streamed: at most one row, or one row group of a Parquet file, is in memory.</summary>
internal static class FileRows
{
    /// <summary>Reads; what the file is, its content says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isRowField">Tells the fields of rows: a list under another name in a JSON object holds rows.</param>
    /// <returns>Rows; each lives until the next one is asked for.</returns>
    /// <exception cref="InvalidDataException">The file holds no row, is broken, or is of a kind that is not read.</exception>
    public static IEnumerable<FileRow> Read(string path, Func<string, bool> isRowField)
    {
        using var stream = FileSniffer.Open(path);
        var rows = FileSniffer.ContainerOf(path) switch
        {
            Container.JsonLines => RowLines.Read(stream, path),
            Container.Json => new JsonRows(stream, path, isRowField).Read(),
            Container.Csv => TableRows.Read(stream, path, ','),
            Container.SemicolonCsv => TableRows.Read(stream, path, ';'),
            Container.Tsv => TableRows.Read(stream, path, '\t'),
            _ => ParquetRows.Read(stream, path),
        };
        using var row = rows.GetEnumerator();
        while (MoveNext(row, stream))
        {
            yield return row.Current;
        }
    }

    private static bool MoveNext(IEnumerator<FileRow> rows, Stream stream)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (InvalidDataException) when (stream is WholeGzip)
        {
            // A file that was cut off ends in the middle of a row: then the gzip is what is broken, and reading on says so.
            stream.CopyTo(Stream.Null);
            throw;
        }
    }
}
