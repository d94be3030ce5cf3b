using System.Globalization;

namespace Dmoerm.Benchmarks.Parity;

/// <summary>A line of the table: what was compared with a reference, and how far it was off.</summary>
/// <param name="Subject">Model or file group.</param>
/// <param name="Compared">What of it.</param>
/// <param name="Comparisons">How many.</param>
/// <param name="Worst">The worst difference, in words.</param>
/// <param name="Tolerance">What is allowed, in words.</param>
/// <param name="IsMet">Null where the reference is not here.</param>
internal sealed record ParityRow(string Subject, string Compared, int Comparisons, string Worst, string Tolerance, bool? IsMet)
{
    /// <summary>A row of things that must be equal.</summary>
    public static ParityRow Exact(string subject, string compared, int comparisons, int differing) =>
        new(subject, compared, comparisons, $"{differing} differ", "none differs", comparisons > 0 && differing == 0);

    /// <summary>A row for what lies outside the repository and is not here.</summary>
    public static ParityRow Absent(string subject, string compared) => new(subject, compared, 0, "not here", "", null);

    /// <summary>The row as Markdown.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"| {Subject} | {Compared} | {(IsMet is null ? "" : Comparisons)} | {Worst} | {Tolerance} | {IsMet switch { true => "yes", false => "**no**", null => "" }} |");
}
