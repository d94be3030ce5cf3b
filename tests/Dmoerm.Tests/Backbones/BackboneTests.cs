using Dmoerm.Backbones.Updates;

namespace Dmoerm.Tests.Backbones;

public class BackboneTests
{
    private static readonly long[] Lengths = [7, 3, 1];

    [Fact]
    public void Pool_LastTokenPath_EqualsFullForward()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var ids_BT = randint(0, 32, [3, 7], dtype: ScalarType.Int64);
        var full_BTD = backbone.Hidden(ids_BT);
        var pooled_1BD = backbone.Pool(backbone.Embed(ids_BT), tensor(Lengths), 0);
        for (var row = 0; row < 3; row++)
        {
            TensorAssert.Close(pooled_1BD[0, row], full_BTD[row, Lengths[row] - 1], absolute: 1e-12);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Pool_StackedExperts_EqualMergedModels(int from)
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var updates = Updates(from, experts: 3);
        var ids_BT = randint(0, 32, [3, 7], dtype: ScalarType.Int64);
        var trunk_1BTD = backbone.Run(backbone.Embed(ids_BT), 0, from);
        var pooled_EBD = backbone.Pool(trunk_1BTD, tensor(Lengths), from, updates);
        for (var expert = 0; expert < 3; expert++)
        {
            using var merged = backbone.Merge(updates, expert);
            TensorAssert.Close(pooled_EBD[expert], merged.Pool(merged.Embed(ids_BT), tensor(Lengths), 0)[0], absolute: 1e-12);
        }
    }

    [Fact]
    public void Pool_LeavesNoTensorsBehind()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var hidden_1BTD = backbone.Embed(randint(0, 32, [3, 7], dtype: ScalarType.Int64));
        var length_B = tensor(Lengths);
        using var warm = backbone.Pool(hidden_1BTD, length_B, 0);
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using var pooled = backbone.Pool(hidden_1BTD, length_B, 0);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private static LowRankSet Updates(int from, int experts)
    {
        var updates = new LowRankSet();
        for (var layer = from; layer < TinyBackbone.Config.NumLayers; layer++)
        {
            foreach (var target in Enum.GetValues<Target>())
            {
                var (inputs, outputs) = target.Widths(TinyBackbone.Config);
                updates.Add(layer, target, new LowRank(randn(experts, 2, inputs, ScalarType.Float64) * 0.2, randn(experts, outputs, 2, ScalarType.Float64) * 0.2, 1.5));
            }
        }

        return updates;
    }
}
