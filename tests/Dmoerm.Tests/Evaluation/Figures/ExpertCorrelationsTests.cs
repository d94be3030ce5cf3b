using Dmoerm.Evaluation.Figures;

namespace Dmoerm.Tests.Evaluation.Figures;

public sealed class ExpertCorrelationsTests
{
    [Fact]
    public void Pearson_CommittedVectors_EqualsScipy()
    {
        using var metrics = LossReference.Open("metrics.json");
        using var vectors = LossReference.Open("vectors.json");
        var (x, y) = (LossReference.Numbers(vectors.RootElement.GetProperty("x")), LossReference.Numbers(vectors.RootElement.GetProperty("y")));
        double Expected(string name) => metrics.RootElement.GetProperty("correlation").GetProperty(name).GetProperty("pearson").GetDouble();
        Assert.Equal(Expected("x_y"), ExpertCorrelations.Pearson(x, y)!.Value, 1e-12);
        Assert.Equal(Expected("x_minus_y"), ExpertCorrelations.Pearson(x, [.. y.Select(value => -value)])!.Value, 1e-12);
        Assert.Equal(Expected("x_x"), ExpertCorrelations.Pearson(x, x)!.Value, 1e-12);
        Assert.Null(ExpertCorrelations.Pearson(x, [.. x.Select(_ => 1.0)]));
    }

    [Fact]
    public void Of_ThreeResponses_CorrelatesEachExpertWithEachAndWithTheReward()
    {
        // kind 1 2 3, cold 3 2 1, flat 5 5 5; the reward is 2 4 6.
        ScoredResponse[] scored = [.. Enumerable.Range(1, 3).Select(value => Scored(2 * value, ("kind", value), ("cold", 4 - value), ("flat", 5)))];
        var found = ExpertCorrelations.Of(["kind", "cold", "flat"], scored)!;
        Assert.Equal(3, found.Responses);
        Assert.Equal([1, -1, null], found.Matrix[0].Select(Rounded));
        Assert.Equal([-1, 1, null], found.Matrix[1].Select(Rounded));
        Assert.Equal([null, null, null], found.Matrix[2].Select(Rounded));
        Assert.Equal([1, -1, null], found.WithReward.Select(Rounded));
    }

    [Fact]
    public void Of_NoExpertOrOneResponse_IsNull()
    {
        Assert.Null(ExpertCorrelations.Of([], [Scored(1), Scored(2)]));
        Assert.Null(ExpertCorrelations.Of(["kind"], [Scored(1, ("kind", 1))]));
    }

    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 12) : null;

    private static ScoredResponse Scored(double reward, params (string Name, double Reward)[] experts) => new()
    {
        Reward = reward,
        Raw = reward,
        Category = "c",
        Route = new Dictionary<string, double>(),
        Tokens = 1,
        Capabilities = experts.ToDictionary(expert => expert.Name, expert => new CapabilityScore(expert.Reward, 50, 0)),
    };
}
