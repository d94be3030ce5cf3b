namespace Dmoerm.Data.Rows;

/// <summary>What a format's reader takes out of a row; comparisons are those that the row states itself.</summary>
internal sealed record RowContent(List<Message> Prompt, List<Response> Responses, List<Comparison> Comparisons);

/// <summary>One way to write preferences as rows.</summary>
/// <param name="Name">What recipes and the command line call it.</param>
/// <param name="Fields">The fields without which a row is not of it.</param>
/// <param name="Read">Reads a row.</param>
internal sealed record RowFormat(string Name, string[] Fields, Func<RowFields, RowParser, RowContent> Read)
{
    /// <summary>Fields that it reads where they are there.</summary>
    public string[] Optional { get; init; } = [];

    /// <summary>Which response is better, in words.</summary>
    public required string Direction { get; init; }

    /// <summary>What a row with all <see cref="Fields"/> must show besides; null where the fields are enough.</summary>
    public Func<RowFields, bool>? Shows { get; init; }

    /// <summary>Formats of one family stand in one file; the parser of the first row's reads them all.</summary>
    public string? Family { get; init; }

    /// <summary>The field of the list that is ranked, which <see cref="CategorySource.RankOrder"/> can turn round; null where nothing is.</summary>
    public string? Ranked { get; init; }

    /// <summary>Rows name the better side first: there the place says nothing.</summary>
    public bool BetterFirst { get; init; }

    /// <summary>The category of a row without a <c>category</c> field; null where rows of the format have none.</summary>
    public Func<RowFields, string?>? Category { get; init; }

    /// <summary>What of a row is not taken, or taken for granted; said once a file, with the number of rows where it is not all of them.</summary>
    public Func<RowFields, string?>? Remark { get; init; }

    /// <summary>The row can be of this format.</summary>
    public bool Fits(RowFields row) => Fields.All(row.Has) && Shows?.Invoke(row) != false;

    /// <summary>A text field under this name has a meaning here.</summary>
    public bool Reads(string field) => Fields.Contains(field, StringComparer.Ordinal) || Optional.Contains(field, StringComparer.Ordinal);

    /// <summary>Rows of the two stand in one file.</summary>
    public bool IsKin(RowFormat other) => Name == other.Name || (Family is not null && Family == other.Family);
}
