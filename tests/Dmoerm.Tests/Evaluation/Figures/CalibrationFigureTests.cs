using System.Text.Json;
using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Tests.Evaluation.Figures;

public sealed class CalibrationFigureTests : IDisposable
{
    private readonly JsonDocument _metrics = LossReference.Open("metrics.json");
    private readonly JsonDocument _vectors = LossReference.Open("vectors.json");

    private JsonElement Expected => _metrics.RootElement.GetProperty("calibration");

    public void Dispose()
    {
        _metrics.Dispose();
        _vectors.Dispose();
    }

    [Fact]
    public void Of_TwoHundredLogits_EqualsTheReference()
    {
        var figure = CalibrationFigure.Of(Comparisons(1));
        Assert.Equal(Expected.GetProperty("brier").GetDouble(), figure.Brier, 1e-12);
        Assert.Equal(Expected.GetProperty("nll_from_logits").GetDouble(), figure.Nll, 1e-12);
        var reference = Expected.GetProperty("ece_confidence_15_right");
        Assert.Equal(reference.GetProperty("ece").GetDouble(), figure.Ece, 1e-12);
        Assert.Equal(reference.GetProperty("mce").GetDouble(), figure.Bins.Max(bin => Math.Abs(bin.Confidence - bin.Accuracy)), 1e-12);
        Assert.Equal(LossReference.Numbers(reference.GetProperty("counts")).Where(count => count > 0), figure.Bins.Select(bin => (double)bin.Count));
    }

    [Fact]
    public void Of_FittedTemperature_EqualsTheReferenceAfterIt()
    {
        var reference = Expected.GetProperty("temperature");
        var figure = CalibrationFigure.Of(Comparisons(reference.GetProperty("T").GetDouble()));
        Assert.Equal(reference.GetProperty("nll_after").GetDouble(), figure.Nll, 1e-12);
        Assert.Equal(reference.GetProperty("ece_confidence_15_right_after").GetDouble(), figure.Ece, 1e-12);
    }

    [Fact]
    public void Bins_Edges_AreThoseOfNumpy()
    {
        var (p, label) = (LossReference.Numbers(_vectors.RootElement.GetProperty("edge_p")), LossReference.Numbers(_vectors.RootElement.GetProperty("edge_label")));
        var reference = Expected.GetProperty("edges_ece_10_right");
        Assert.Equal(LossReference.Numbers(reference.GetProperty("bin")), p.Select(value => (double)ReliabilityBin.Index(value, 10)));
        Assert.Equal(reference.GetProperty("ece").GetDouble(), ReliabilityBin.Error(ReliabilityBin.Of([.. p.Zip(label)], 10)), 1e-12);
        Assert.Equal(0, ReliabilityBin.Index(0, 10));
        Assert.Equal(9, ReliabilityBin.Index(1, 10));
    }

    [Fact]
    public void Of_ResponsesExchanged_IsTheSame()
    {
        var comparisons = Comparisons(1.7);
        Assert.Equivalent(CalibrationFigure.Of(comparisons), CalibrationFigure.Of([.. comparisons.Select(pair => (-pair.Logit, 1 - pair.P))]), strict: true);
    }

    [Fact]
    public void Of_SoftLabelsThatAreMet_IsPerfect()
    {
        // sigmoid(ln 3) = 3/4: three of four people agree, and so the model says. The cross-entropy left is theirs.
        var figure = CalibrationFigure.Of([(Math.Log(3), 0.75), (-Math.Log(3), 0.25)]);
        Assert.Equal(0, figure.Ece, 1e-12);
        Assert.Equal(0, figure.Brier, 1e-12);
        Assert.Equal(-0.75 * Math.Log(0.75) - 0.25 * Math.Log(0.25), figure.Nll, 1e-12);
        var bin = Assert.Single(figure.Bins);
        Assert.Equal(2, bin.Count);
        Assert.Equal(11.0 / 15, bin.Low, 1e-12);
        Assert.Equal(12.0 / 15, bin.High, 1e-12);
    }

    [Fact]
    public void Of_EqualRewards_CountOneHalf() => Assert.Equal(0, CalibrationFigure.Of([(0, 1), (0, 1)]).Ece);

    [Fact]
    public void Of_HugeLogits_StaysFinite()
    {
        var figure = CalibrationFigure.Of([(800, 1), (800, 0)]);
        Assert.Equal((0.5, 0.5, 400), (figure.Ece, figure.Brier, figure.Nll));
    }

    [Fact]
    public void Of_Nothing_IsAnError() => Assert.Throws<ArgumentOutOfRangeException>(() => CalibrationFigure.Of([]));

    [Fact]
    public void Report_Temperatures_AreEachComparisonsOwnAndTiesAreLeftOut()
    {
        // Logits ln 3 and 2 ln 3 before; ln 3 both after.
        var report = CalibrationReport.Of(
        [
            Judgements.Of(1, 1, 0) with { RawI = Math.Log(3), Temperature = 1 },
            Judgements.Of(1, 1, 0) with { RawI = 2 * Math.Log(3), Temperature = 2 },
            Judgements.Of(0.5, 1, 0) with { RawI = 5 },
            Judgements.Of(1, 1, 0) with { RawI = 5, Temperature = null },
        ]);
        Assert.Equal((2, 1), (report!.Comparisons, report.LeftOut));
        Assert.Null(report.Temperature);
        Assert.Equal((0.25 * 0.25 + 0.1 * 0.1) / 2, report.Before.Brier, 1e-12);
        Assert.Equal(0.25 * 0.25, report.After.Brier, 1e-12);
        Assert.Null(CalibrationReport.Of([Judgements.Of(0.5, 1, 0), Judgements.Of(1, 1, 0) with { Temperature = null }]));
    }

    // The reference calls p >= 1/2 the first class, so its two logits of 0 count as right; a hair above 0 they do here too.
    private (double Logit, double P)[] Comparisons(double temperature) =>
    [
        .. LossReference.Numbers(_vectors.RootElement.GetProperty("logit")).Zip(LossReference.Numbers(_vectors.RootElement.GetProperty("label")))
            .Select(pair => (pair.First == 0 ? 1e-15 : pair.First / temperature, pair.Second)),
    ];
}
