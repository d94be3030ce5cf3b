using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Aggregation;

namespace Dmoerm.Evaluation;

/// <summary>A 95 % interval; in JSON the list <c>[low, high]</c>.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
[JsonConverter(typeof(ConfidenceIntervalConverter))]
public readonly record struct ConfidenceInterval(double Low, double High)
{
    /// <summary>Share of replicates that the intervals of this product hold.</summary>
    public const double Level = 0.95;

    /// <summary>The percentile interval: the quantiles (1 - level) / 2 and (1 + level) / 2, linear between neighbours as in numpy.</summary>
    /// <param name="replicates">The statistic on each resample; NaN stands for a resample that has none and is left out.</param>
    /// <param name="level">Share in (0, 1) between the ends.</param>
    /// <returns>Null when no replicate is a number.</returns>
    public static ConfidenceInterval? Percentile(IEnumerable<double> replicates, double level = Level)
    {
        var sorted = replicates.Where(value => !double.IsNaN(value)).Order().ToArray();
        return sorted.Length == 0 ? null : new(Quantile.Of(sorted, (1 - level) / 2), Quantile.Of(sorted, (1 + level) / 2));
    }
}

internal sealed class ConfidenceIntervalConverter : JsonConverter<ConfidenceInterval>
{
    public override ConfidenceInterval Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<double[]>(ref reader, options) is [var low, var high]
            ? new(low, high)
            : throw new JsonException("An interval is a list of two numbers, [low, high].");

    public override void Write(Utf8JsonWriter writer, ConfidenceInterval value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Low);
        writer.WriteNumberValue(value.High);
        writer.WriteEndArray();
    }
}
