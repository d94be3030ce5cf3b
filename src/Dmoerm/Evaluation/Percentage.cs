using System.Globalization;

namespace Dmoerm.Evaluation;

/// <summary>Shares as tables and cards show them.</summary>
public static class Percentage
{
    /// <summary>A share as a percentage with one decimal; a dash where nothing was measured.</summary>
    public static string Of(double? share) => share is { } value ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) : "-";

    /// <summary>An interval likewise.</summary>
    public static string Of(ConfidenceInterval? interval) => interval is { } ends ? $"{Of(ends.Low)} to {Of(ends.High)}" : "-";
}
