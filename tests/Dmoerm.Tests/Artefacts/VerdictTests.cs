using Dmoerm.Artefacts.Scoring;
using Dmoerm.Conversations;

namespace Dmoerm.Tests.Artefacts;

public sealed class VerdictTests
{
    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly double[] Unsure = [0.4, 0.1, 0.5];

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(0.5, null, false)]
    [InlineData(0.6, null, true)]
    [InlineData(0.6, 1, null)]
    public void Of_Route_FallsBackOnlyBelowTheThresholdAndNeverWhereACategoryIsGiven(double? below, int? asked, bool? fellBack)
    {
        var verdict = Verdict.Of(Unsure, asked, below);
        Assert.Equal(fellBack, verdict.FellBack);
        Assert.Equal(asked ?? 2, verdict.Parts[0].Category);
        Assert.Equal(fellBack == true ? 2 : 1, verdict.Parts.Count);
    }

    [Fact]
    public void Of_OneCategory_HasNothingToFallBackTo() => Assert.Single(Verdict.Of([0.9], null, 1).Parts);

    [Fact]
    public void Result_TwoCategories_IsTheirMeanWeightedByProbability()
    {
        var verdict = Verdict.Of(Unsure, null, 0.6);
        verdict.Part(2)!.Set(new EncodedConversation([1, 2, 3], 1, Truncation.Prompt), new CategoryScore(30, 0.9, new Dictionary<string, CapabilityScore> { ["clarity"] = new(1, 80, 0.5) }));
        Assert.True(verdict.Part(0)!.IsOpen);
        verdict.Part(0)!.Set(new EncodedConversation([1, 2], 1, Truncation.None), new CategoryScore(-7, -1.8, new Dictionary<string, CapabilityScore> { ["clarity"] = new(-1, 20, -1) }));

        var result = verdict.Result(Names);
        // (0.5 x 0.9 - 0.4 x 1.8) / 0.9 = -0.3; effects shrink with their category's share.
        Assert.Equal(-0.3, result.Reward, 1e-12);
        Assert.Equal(result.Reward, result.Raw);
        Assert.Equal(("c", true, 3, "prompt"), (result.Category, result.Fallback, result.Tokens, result.Truncated));
        Assert.Equal(["clarity", "a/clarity"], result.Capabilities!.Keys);
        Assert.Equal(0.5 * 5 / 9, result.Capabilities["clarity"].Effect, 1e-12);
        Assert.Equal(-4 / 9.0, result.Capabilities["a/clarity"].Effect, 1e-12);
        Assert.Equal(0.1, result.Route["b"]);
    }
}
