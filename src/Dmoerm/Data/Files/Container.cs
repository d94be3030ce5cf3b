namespace Dmoerm.Data.Files;

/// <summary>What holds a file's rows.</summary>
internal enum Container
{
    /// <summary>A JSON value a line.</summary>
    JsonLines,

    /// <summary>One JSON list of rows, or one object that holds such a list or is a row itself.</summary>
    Json,

    /// <summary>A table of texts with a header row, commas between the cells.</summary>
    Csv,

    /// <summary>The same with semicolons, as programs write it where a comma stands in numbers.</summary>
    SemicolonCsv,

    /// <summary>The same with tabs.</summary>
    Tsv,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}
