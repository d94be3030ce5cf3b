using Dmoerm.Backbones;

namespace Dmoerm.Tests.Backbones;

public class LanguageModelTests
{
    private static readonly int[] Ids = [3, 1, 4, 1, 5];

    [Fact]
    public void OfTokens_AllContinuations_SumToOne()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var total = Enumerable.Range(0, 32).Sum(id => Math.Exp(Likelihood.OfResponse(backbone, backbone.Weights.Embedding_VD, [3, 1, id], 2)));
        Assert.Equal(1, total, 1e-12);
    }

    [Fact]
    public void OfResponse_TwoParts_Add()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var head_VD = backbone.Weights.Embedding_VD;
        var whole = Likelihood.OfResponse(backbone, head_VD, Ids, 1);
        Assert.Equal(whole, Likelihood.OfResponse(backbone, head_VD, Ids[..3], 1) + Likelihood.OfResponse(backbone, head_VD, Ids, 3), 1e-12);
        Assert.Empty(Likelihood.OfTokens(backbone, head_VD, Ids, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Likelihood.OfTokens(backbone, head_VD, Ids, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Likelihood.OfTokens(backbone, head_VD, Ids, 6));
    }

    [Fact]
    public void Greedy_EachStep_IsTheMostLikelyToken()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var head_VD = backbone.Weights.Embedding_VD;
        var continuation = Generation.Greedy(backbone, head_VD, Ids, 4, []);
        Assert.Equal(4, continuation.Length);
        for (var i = 0; i < 4; i++)
        {
            int[] before = [.. Ids, .. continuation[..i]];
            var best = Enumerable.Range(0, 32).MaxBy(id => Likelihood.OfResponse(backbone, head_VD, [.. before, id], before.Length));
            Assert.Equal(best, continuation[i]);
        }

        var end = Array.IndexOf(continuation, continuation[1]);
        Assert.Equal(continuation[..(end + 1)], Generation.Greedy(backbone, head_VD, Ids, 4, [continuation[1]]));
    }
}
