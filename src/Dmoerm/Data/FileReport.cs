using System.Globalization;

namespace Dmoerm.Data;

/// <summary>How a file was read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Rows">Its rows, those of other categories included.</param>
/// <param name="Format">Its row format: one of <see cref="PreferenceReader.Formats"/>.</param>
/// <param name="Recognised">The first row showed the format; false where it was named.</param>
/// <param name="Note">What a reader of the format takes for granted and one should know of; null where there is nothing to say.</param>
public sealed record FileReport(string Path, int Rows, string Format, bool Recognised, string? Note = null)
{
    /// <summary>The same for people: <c>train.jsonl: 1,204 rows, format hh-rlhf (recognised)</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{System.IO.Path.GetFileName(Path)}: {Rows:N0} row{(Rows == 1 ? "" : "s")}, format {Format} ({(Recognised ? "recognised" : "as named")}){(Note is null ? "" : $"; {Note}")}");
}
