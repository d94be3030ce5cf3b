using Dmoerm.Backbones.Layers;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts;
using Dmoerm.Tests.Backbones;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Experts;

public class AdapterDropoutTests
{
    private static readonly int[][] Rows = [[.. Enumerable.Range(0, 40)], [7], [.. Enumerable.Range(5, 25)]];

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.5)]
    public void Apply_Ones_ZeroesItsShareAndScalesTheRest(double share)
    {
        using var scope = NewDisposeScope();
        var mask_ENI = new AdapterDropout([1, 2], Rows).At(0, Target.Query, share).Apply(ones(1, 3 * 40, 256, ScalarType.Float64));
        var first_I = mask_ENI[0].narrow(0, 0, 40).flatten();
        Assert.True(((first_I == 0) | ((first_I - 1 / (1 - share)).abs() < 1e-6)).all().item<bool>());
        // 10,240 draws: five standard errors.
        Assert.Equal(share, (first_I == 0).to(ScalarType.Float64).mean().item<double>(), 5 * Math.Sqrt(share * (1 - share) / 10240));
        Assert.False(mask_ENI[0].equal(mask_ENI[1]).all().item<bool>());
        // Padding of the short row draws nothing.
        Assert.Equal(0, mask_ENI.view(2, 3, 40, 256)[.., 1, 1..].abs().sum().item<double>());
    }

    [Fact]
    public void Apply_ConversationAmongOthers_DrawsAsItDoesAlone()
    {
        using var scope = NewDisposeScope();
        var among = new AdapterDropout([1, 2], Rows).At(1, Target.Value, 0.3).Apply(ones(1, 3 * 40, 8)).view(2, 3, 40, 8);
        var alone = new AdapterDropout([2], [Rows[2]]).At(1, Target.Value, 0.3).Apply(ones(1, 25, 8));
        Assert.True(alone[0].equal(among[1, 2, ..25]).all().item<bool>());
    }

    [Theory]
    [InlineData(2, 0, Target.Value)]
    [InlineData(1, 1, Target.Value)]
    [InlineData(1, 0, Target.Query)]
    public void At_OtherStepLayerOrProjection_DrawsAnew(long seed, int layer, Target target)
    {
        using var scope = NewDisposeScope();
        Tensor Draw(long seed, int layer, Target target) => new AdapterDropout([seed], Rows).At(layer, target, 0.5).Apply(ones(1, 3 * 40, 8));
        Assert.True(Draw(1, 0, Target.Value).equal(Draw(1, 0, Target.Value)).all().item<bool>());
        Assert.False(Draw(1, 0, Target.Value).equal(Draw(seed, layer, target)).all().item<bool>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Pool_LastLayer_DropsBeforeTokensAreMixed(int experts)
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        // Keys and values see every token, so the whole layer and the one that computes its last token alone draw the same.
        var settings = new LoraSettings { Rank = 2, Targets = [Target.Key, Target.Value], Dropout = 0.4 };
        using var random = new Generator(3);
        var adapters = StackedAdapters.Build(backbone.Config, settings, experts, (_, target) => (
            randn([experts, 2, target.Widths(backbone.Config).Inputs], ScalarType.Float64, generator: random), randn([experts, target.Widths(backbone.Config).Outputs, 2], ScalarType.Float64, generator: random)));
        int[][] rows = [[1, 2, 3, 4], [5, 6]];
        var updates = adapters.UpdatesOf(new AdapterDropout([.. Enumerable.Range(0, experts).Select(expert => (long)expert)], rows));
        var (last, length_B) = (backbone.Config.NumLayers - 1, tensor(new long[] { 4, 2 }));
        var hidden_1BTD = backbone.Run(backbone.Embed(tensor(new long[,] { { 1, 2, 3, 4 }, { 5, 6, 0, 0 } })), 0, last);

        var pooled_EBD = backbone.Pool(hidden_1BTD, length_B, last, updates);

        var whole_EBTD = backbone.Run(hidden_1BTD, last, last + 1, updates);
        var expected_EBD = RmsNorm.Apply(stack([whole_EBTD[.., 0, 3], whole_EBTD[.., 1, 1]], 1), backbone.Weights.FinalNorm_D, backbone.Config.NormEpsilon);
        TensorAssert.Close(pooled_EBD, expected_EBD, relative: 0, absolute: 1e-10);
        Assert.False(pooled_EBD.allclose(backbone.Pool(hidden_1BTD, length_B, last, adapters.Updates)));
    }

    [Fact]
    public void Pool_InUse_DropsNothing()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var (dropping, plain) = (TinyTask.Scorers(backbone, 2, updated: true, dropout: 0.9), TinyTask.Scorers(backbone, 2, updated: true));
        var (hidden_1BTD, length_B) = (backbone.Embed(tensor(new long[,] { { 1, 2, 3, 4 } })), tensor(new long[] { 4 }));
        Assert.True(dropping.Pool(hidden_1BTD, length_B, 0).equal(plain.Pool(hidden_1BTD, length_B, 0)).all().item<bool>());
    }
}
