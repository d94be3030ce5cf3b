using System.Globalization;

namespace Dmoerm.Evaluation.Pages;

/// <summary>A scale of a chart: from values to places.</summary>
/// <param name="Low">Value at <paramref name="From"/>.</param>
/// <param name="High">Value at <paramref name="To"/>, above <paramref name="Low"/>.</param>
/// <param name="From">Where the scale starts, in the chart's units.</param>
/// <param name="To">Where it ends.</param>
internal sealed record Axis(double Low, double High, double From, double To)
{
    private const int MostTicks = 6;

    /// <summary>A scale from one round number to another that holds all values.</summary>
    public static Axis Around(IReadOnlyList<double> values, double from, double to)
    {
        var (low, high) = (values.Min(), values.Max());
        var step = Step(high > low ? high - low : Math.Max(Math.Abs(high), 1));
        var (start, end) = (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step);
        return new Axis(start, end > start ? end : start + step, from, to) { Spacing = step };
    }

    /// <summary>From one tick to the next.</summary>
    public double Spacing { get; init; } = Step(High - Low);

    /// <summary>Round numbers along the scale.</summary>
    public IReadOnlyList<double> Ticks
    {
        get
        {
            var first = (int)Math.Ceiling(Low / Spacing - 1e-9);
            return [.. Enumerable.Range(first, (int)Math.Floor(High / Spacing + 1e-9) - first + 1).Select(tick => tick * Spacing)];
        }
    }

    /// <summary>Where a value lies.</summary>
    public double Place(double value) => From + (value - Low) / (High - Low) * (To - From);

    /// <summary>A number as charts write it: places and ticks alike.</summary>
    public static string Write(double value) => Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>A place: a hundredth of a unit is finer than any screen.</summary>
    public static string WritePlace(double place) => Math.Round(place, 2).ToString("0.##", CultureInfo.InvariantCulture);

    // 1, 2 or 5 times a power of ten.
    private static double Step(double span)
    {
        var rough = span / (MostTicks - 1);
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= rough * (1 - 1e-9));
    }
}
