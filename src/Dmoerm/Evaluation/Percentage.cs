using System.Globalization;

namespace Dmoerm.Evaluation;

/// <summary>Shares as tables and cards show them.</summary>
public static class Percentage
{
    /// <summary>A share as a percentage with one decimal; a dash where nothing was measured.</summary>
    public static string Of(double? share) => share is { } value ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) : "-";

    /// <summary>An interval likewise.</summary>
    public static string Of(ConfidenceInterval? interval) => interval is { } ends ? $"{Of(ends.Low)} to {Of(ends.High)}" : "-";

    /// <summary>A share with its interval, such as <c>78.4 [74.9, 81.6]</c>; the share alone where there is no interval.</summary>
    public static string With(double? share, ConfidenceInterval? interval) =>
        interval is { } ends ? $"{Of(share)} [{Of(ends.Low)}, {Of(ends.High)}]" : Of(share);

    /// <summary>A difference in points with its sign, and its interval likewise.</summary>
    public static string Points(AgreementDifference difference) =>
        difference.Interval is { } ends ? $"{Point(difference.Difference)} [{Point(ends.Low)}, {Point(ends.High)}]" : Point(difference.Difference);

    private static string Point(double? share) => share is { } value ? (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) : "-";
}
