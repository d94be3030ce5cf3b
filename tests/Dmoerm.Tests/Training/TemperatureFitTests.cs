using Dmoerm.Training.Fitting;

namespace Dmoerm.Tests.Training;

public class TemperatureFitTests
{
    [Theory]
    [InlineData(0.25)]
    [InlineData(1.0)]
    [InlineData(7.5)]
    public void OfPairs_LabelsMadeAtATemperature_RecoverIt(double planted)
    {
        var pairs = Enumerable.Range(-20, 41).Select(step => (Difference: step / 4.0, P: 1 / (1 + Math.Exp(-step / 4.0 / planted)), Weight: 1.0 + step % 3)).Where(pair => pair.Weight > 0).ToArray();
        Assert.Equal(planted, TemperatureFit.OfPairs(pairs), planted * 1e-4);
    }

    [Fact]
    public void OfPairs_ThreeOfFourRight_IsKnownInClosedForm()
    {
        // sigmoid(d / T) = 0.75 at T = d / ln 3.
        var pairs = Enumerable.Range(0, 4).Select(index => (2.0, index == 0 ? 0.0 : 1.0, 1.0)).ToArray();
        Assert.Equal(2 / Math.Log(3), TemperatureFit.OfPairs(pairs), 1e-3);
    }

    [Fact]
    public void OfPairs_None_IsOne() => Assert.Equal(1, TemperatureFit.OfPairs([]));

    [Fact]
    public void OfPairs_AlwaysRightOrAlwaysWrong_EndsAtTheLimits()
    {
        // Small differences, so that the loss still falls at the lowest temperature.
        Assert.InRange(TemperatureFit.OfPairs([(0.01, 1, 1)]), 0.00999, 0.0101);
        Assert.InRange(TemperatureFit.OfPairs([(3, 0, 1)]), 99, 100.1);
    }
}
