using Dmoerm.Evaluation;

namespace Dmoerm.Tests.Evaluation;

public class UnitTableTests
{
    [Fact]
    public void Weighted_TextsAsUnits_WeighsByBothCounts()
    {
        // Drawn a twice, b once, c never: a-b weighs 2 and is right, b-c weighs 0, a-a weighs 2 (its unit's count) and is half right.
        var table = new UnitTable([("a", "b"), ("c", "b"), ("a", "a")], [1, 0, 0.5]);
        Assert.Equal(3, table.Units);
        Assert.Equal(0.5, table.Mean);
        Assert.Equal((2 * 1 + 0 + 2 * 0.5) / 4, table.Weighted([2, 1, 0]));
        Assert.Equal(double.NaN, table.Weighted([0, 3, 0]));
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.95)]
    public void Percentile_CommittedResamples_EqualScipy(double level)
    {
        using var vectors = LossReference.Open("vectors.json");
        var x = LossReference.Numbers(vectors.RootElement.GetProperty("x"));
        var y = LossReference.Numbers(vectors.RootElement.GetProperty("y"));
        // Ordinal order of the keys is the order of the resamples' indices.
        var table = new UnitTable(
            [.. x.Select((_, k) => ($"{k:d2}", $"{k:d2}"))], [.. x.Select((value, k) => Judgements.Of(1, value, y[k]).Right!.Value)]);
        using var bootstrap = LossReference.Open("bootstrap.json");
        var expected = bootstrap.RootElement.GetProperty("statistics").GetProperty("share_x_above_y_ties_half");
        var replicates = bootstrap.RootElement.GetProperty("resamples").EnumerateArray().Select(draws => table.Weighted(Counts(draws, x.Length))).ToArray();
        Assert.Equal(400, replicates.Length);
        Assert.Equal(expected.GetProperty("estimate").GetDouble(), table.Mean!.Value, 1e-12);
        Assert.Equal(LossReference.Numbers(expected.GetProperty("first_replicates")), replicates[..5]);
        var interval = ConfidenceInterval.Percentile(replicates, level)!.Value;
        var ends = LossReference.Numbers(expected.GetProperty(FormattableString.Invariant($"percentile_{level}")));
        Assert.Equal(ends[0], interval.Low, 1e-12);
        Assert.Equal(ends[1], interval.High, 1e-12);
    }

    [Fact]
    public void Percentile_ResamplesWithoutWeight_AreLeftOut()
    {
        Assert.Equal(new ConfidenceInterval(1, 1), ConfidenceInterval.Percentile([double.NaN, 1, double.NaN]));
        Assert.Null(ConfidenceInterval.Percentile([double.NaN]));
    }

    private static int[] Counts(System.Text.Json.JsonElement draws, int units)
    {
        var counts = new int[units];
        foreach (var unit in draws.EnumerateArray())
        {
            counts[unit.GetInt32()]++;
        }

        return counts;
    }
}
