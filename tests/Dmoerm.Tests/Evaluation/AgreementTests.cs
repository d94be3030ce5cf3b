using Dmoerm.Evaluation;

namespace Dmoerm.Tests.Evaluation;

public class AgreementTests
{
    [Fact]
    public void Of_ByHand_CountsTiesAsDesigned()
    {
        // right, wrong, reward tie, right (label is J), label tie: (1 + 0 + 0.5 + 1) / 4.
        List<JudgedComparison> judged = [
            Judgements.Of(1, 2, 1, "a"), Judgements.Of(0.75, 1, 2, "b"), Judgements.Of(1, 5, 5, "c"), Judgements.Of(0.25, -3, -2, "d"), Judgements.Of(0.5, 9, 1, "e")];
        var figure = Agreement.Of(judged);
        Assert.Equal((4, 1, 1, 4), (figure.Comparisons, figure.LabelTies, figure.RewardTies, figure.Units));
        Assert.Equal(0.625, figure.Agreement);
        // I is always the longer one, and the label of three of the four.
        Assert.Equal(0.75, figure.LongerWins);
        Assert.Null(figure.Interval);
    }

    [Fact]
    public void Of_NothingCounted_IsNullNotNaN()
    {
        var figure = Agreement.Of([Judgements.Of(0.5, 1, 2)]);
        Assert.Equal((0, 1, 0), (figure.Comparisons, figure.LabelTies, figure.Units));
        Assert.Null(figure.Agreement);
        Assert.Null(figure.LongerWins);
        Assert.Null(figure.Interval);
    }

    [Fact]
    public void Of_RewardIsNaN_NamesTheExample()
    {
        var error = Assert.Throws<ArgumentException>(() => Agreement.Of([Judgements.Of(1, double.NaN, 2, "row7")]));
        Assert.Contains("row7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SharesWithNumpyReference_AreEqual()
    {
        // 200 labels with two logits of exactly 0: half of each counts.
        using var vectors = LossReference.Open("vectors.json");
        var logits = LossReference.Numbers(vectors.RootElement.GetProperty("logit"));
        var labels = LossReference.Numbers(vectors.RootElement.GetProperty("label"));
        List<JudgedComparison> judged = [.. logits.Select((logit, k) => Judgements.Of(labels[k], logit, 0, $"{k}"))];
        Assert.Equal(200, judged.Count);
        // accuracy_ties_half of metrics.json, made beside these vectors.
        Assert.Equal(0.665, Agreement.Of(judged).Agreement!.Value, 1e-12);
    }

    [Fact]
    public void Of_ResponsesExchanged_IsTheSame()
    {
        var judged = Judgements.Random(400, 1);
        Assert.Equal(Agreement.Of(judged), Agreement.Of([.. judged.Select(Judgements.Swap)]));
    }

    [Fact]
    public void Of_RowsInAnotherOrder_IsTheSame()
    {
        List<JudgedComparison> judged = [.. Judgements.Random(400, 2), .. Judgements.Random(300, 3, "d")];
        List<JudgedComparison> shuffled = [.. judged];
        new Random(4).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shuffled));
        Assert.NotEqual(judged, shuffled);
        Assert.NotNull(Agreement.Of(judged).Interval);
        Assert.Equal(Agreement.Of(judged), Agreement.Of(shuffled));
        Assert.Equal(Agreement.CategoryMean(judged), Agreement.CategoryMean(shuffled));
    }

    [Fact]
    public void Of_ReversedModel_IsOneMinus()
    {
        var judged = Judgements.Random(400, 5);
        var (figure, reversed) = (Agreement.Of(judged), Agreement.Of([.. judged.Select(Judgements.Reverse)]));
        Assert.Equal(1 - figure.Agreement!.Value, reversed.Agreement!.Value, 1e-12);
        Assert.Equal(1 - figure.Interval!.Value.High, reversed.Interval!.Value.Low, 1e-12);
        Assert.Equal(figure.LongerWins, reversed.LongerWins);
    }

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void Of_Interval_NeedsTwentyUnits(int units, bool expected)
    {
        var judged = Judgements.Random(units * 4, 6).Select(comparison => comparison with { P = 1 }).ToList();
        Assert.Equal(units, Agreement.Of(judged).Units);
        Assert.Equal(expected, Agreement.Of(judged).Interval is not null);
    }

    [Fact]
    public void Of_IndependentComparisons_HaveTheBinomialInterval()
    {
        // 70 % of 1000: standard error sqrt(0.7 * 0.3 / 1000) = 0.01449, 1.96 of them each side.
        List<JudgedComparison> judged = [.. Enumerable.Range(0, 1000).Select(k => Judgements.Of(1, k % 10 < 7 ? 1 : -1, 0, $"{k}"))];
        var interval = Agreement.Of(judged, resamples: 4000).Interval!.Value;
        Assert.Equal(0.7 - 0.0284, interval.Low, 0.003);
        Assert.Equal(0.7 + 0.0284, interval.High, 0.003);
    }

    [Fact]
    public void Of_ComparisonsOfOneUnit_CountAsOneDraw()
    {
        // 100 units of 10 equal comparisons know no more than 100 comparisons: sqrt(0.7 * 0.3 / 100) = 0.0458.
        List<JudgedComparison> judged = [.. Enumerable.Range(0, 1000).Select(k => Judgements.Of(1, k / 10 % 10 < 7 ? 1 : -1, 0, $"{k}", $"unit {k / 10}"))];
        var interval = Agreement.Of(judged, resamples: 4000).Interval!.Value;
        Assert.Equal(0.7 - 0.0898, interval.Low, 0.012);
        Assert.Equal(0.7 + 0.0898, interval.High, 0.012);
    }

    [Fact]
    public void Difference_SameModel_IsExactlyZero()
    {
        var judged = Judgements.Random(400, 7);
        var difference = Agreement.Difference(judged, judged);
        Assert.Equal(0, difference.Difference);
        Assert.Equal(new ConfidenceInterval(0, 0), difference.Interval);
    }

    [Fact]
    public void Difference_TwoModels_IsDifferenceOfFiguresAndChangesSign()
    {
        var judged = Judgements.Random(400, 8);
        List<JudgedComparison> byLength = [.. judged.Select(comparison => comparison.ByLength())];
        var (forth, back) = (Agreement.Difference(judged, byLength), Agreement.Difference(byLength, judged));
        Assert.Equal((Agreement.Of(judged).Agreement - Agreement.Of(judged).LongerWins)!.Value, forth.Difference!.Value, 1e-12);
        Assert.Equal(-forth.Difference!.Value, back.Difference!.Value, 1e-12);
        Assert.Equal(-forth.Interval!.Value.High, back.Interval!.Value.Low, 1e-12);
        Assert.InRange(forth.Difference.Value, forth.Interval.Value.Low, forth.Interval.Value.High);
    }

    [Fact]
    public void Difference_OtherComparisons_AreRefused()
    {
        var judged = Judgements.Random(8, 9);
        Assert.Throws<ArgumentException>(() => Agreement.Difference(judged, judged[1..]));
        Assert.Throws<ArgumentException>(() => Agreement.Difference(judged, [.. judged.AsEnumerable().Reverse()]));
    }

    [Fact]
    public void CategoryMean_CategoriesOfOtherSizes_CountTheSame()
    {
        // c: 30 of 30 right, d: 10 of 40 right; the pooled figure is 40 / 70.
        List<JudgedComparison> judged = [
            .. Enumerable.Range(0, 30).Select(k => Judgements.Of(1, 1, 0, $"c{k}")),
            .. Enumerable.Range(0, 40).Select(k => Judgements.Of(1, k % 4 == 0 ? 1 : -1, 0, $"d{k}", category: "d")),
            Judgements.Of(1, -1, 0, "none", category: null)];
        var mean = Agreement.CategoryMean(judged);
        Assert.Equal((0.625, 2, 1.0), (mean.Mean, mean.Categories, mean.LongerWins));
        // Only d varies, by sqrt(0.25 * 0.75 / 40) = 0.0685; the mean by half of that.
        Assert.Equal(0.625 - 1.96 * 0.0342, mean.Interval!.Value.Low, 0.015);
        Assert.Equal(0.625 + 1.96 * 0.0342, mean.Interval!.Value.High, 0.015);
    }

    [Fact]
    public void CategoryMean_OneCategoryBelowTwentyUnits_HasNoInterval()
    {
        List<JudgedComparison> judged = [.. Judgements.Random(400, 10), .. Judgements.Random(20, 11, "d")];
        var mean = Agreement.CategoryMean(judged);
        Assert.Equal(2, mean.Categories);
        Assert.Null(mean.Interval);
    }

    [Fact]
    public void CategoryMeanDifference_TwoModels_IsDifferenceOfMeans()
    {
        List<JudgedComparison> judged = [.. Judgements.Random(400, 12), .. Judgements.Random(120, 13, "d")];
        List<JudgedComparison> byLength = [.. judged.Select(comparison => comparison.ByLength())];
        var difference = Agreement.CategoryMeanDifference(judged, byLength);
        Assert.Equal((Agreement.CategoryMean(judged).Mean - Agreement.CategoryMean(judged).LongerWins)!.Value, difference.Difference!.Value, 1e-12);
        Assert.InRange(difference.Difference.Value, difference.Interval!.Value.Low, difference.Interval.Value.High);
    }
}
