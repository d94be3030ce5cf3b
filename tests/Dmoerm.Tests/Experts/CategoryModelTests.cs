using Dmoerm.Backbones.Updates;
using Dmoerm.Experts;
using Dmoerm.Tests.Backbones;
using Dmoerm.Tests.Training;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Experts;

public class CategoryModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_Stacked_EqualsBaseAndMergedExpertsOneByOne(int top)
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var trained = TinyTask.Scorers(backbone, 1, top: 3, updated: true);
        using var merged = backbone.Merge(trained.Adapters!.Updates);
        var experts = TinyTask.Scorers(merged, 2, top, updated: true);
        var model = new CategoryModel("task", TinyTask.Capabilities, trained, merged, experts);
        var rows = ExampleRows.Of(TinyTask.Examples(3));
        var batch = new Trunk(merged, 0).Run(rows);
        var output = model.Run(batch.Hidden_1BTD, batch.Length_B, 0);
        TensorAssert.Close(output.BaseReward_B, Prediction.Rewards(trained, new Trunk(backbone, 0), rows)[0], absolute: 1e-10);
        for (var expert = 0; expert < 2; expert++)
        {
            using var alone = merged.Merge(experts.Adapters!.Updates, expert);
            var pooled_BD = alone.Pool(batch.Hidden_1BTD, batch.Length_B, 0)[0];
            TensorAssert.Close(output.Hidden_BED![.., expert], pooled_BD, absolute: 1e-10);
            TensorAssert.Close(output.Reward_BE[.., expert], matmul(pooled_BD, experts.Head_ED[expert]), absolute: 1e-10);
        }
    }

    [Fact]
    public void Run_BaseOnly_HasNoExperts()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var trained = TinyTask.Scorers(backbone, 1);
        var batch = new Trunk(backbone, 0).Run(ExampleRows.Of(TinyTask.Examples(2)));
        var output = new CategoryModel("task", [], trained, backbone, null).Run(batch.Hidden_1BTD, batch.Length_B, 0);
        Assert.Null(output.Hidden_BED);
        Assert.Equal([4, 0], output.Reward_BE.shape);
        TensorAssert.Close(output.BaseReward_B, trained.Reward(trained.Pool(batch.Hidden_1BTD, batch.Length_B, 0))[0]);
    }

    [Fact]
    public void Pool_StatesAboveAnAdapter_IsAnError()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var scorers = TinyTask.Scorers(backbone, 1, top: 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => scorers.Pool(zeros(1, 1, 2, 16, ScalarType.Float64), tensor(new[] { 2L }), 2));
    }

    [Fact]
    public void Create_NewAdapters_ChangeNothingAndDifferPerExpert()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var adapters = StackedAdapters.Create(backbone.Config, new LoraSettings { Rank = 2, Layers = LayerChoice.All, Targets = Enum.GetValues<Target>() }, 2, 1, ScalarType.Float64);
        var scorers = new StackedScorers(backbone, adapters, randn(2, 16, ScalarType.Float64));
        var batch = new Trunk(backbone, 0).Run(ExampleRows.Of(TinyTask.Examples(3)));
        var plain_1BD = backbone.Pool(batch.Hidden_1BTD, batch.Length_B, 0);
        TensorAssert.Close(scorers.Pool(batch.Hidden_1BTD, batch.Length_B, 0), plain_1BD.expand(2, 6, 16), absolute: 1e-12);
        foreach (var (name, parameter) in adapters.Named().Where(pair => pair.Name.EndsWith("lora_A", StringComparison.Ordinal)))
        {
            Assert.False(parameter[0].equal(parameter[1]).all().item<bool>(), name);
            // Kaiming with a = sqrt 5: uniform within 1 / sqrt(inputs).
            var bound = 1 / Math.Sqrt(parameter.shape[2]);
            Assert.InRange(parameter.abs().max().item<double>(), 0.7 * bound, bound);
        }
    }

    [Fact]
    public void Clone_Adapters_ShareNoMemory()
    {
        using var scope = NewDisposeScope();
        var adapters = StackedAdapters.Create(TinyBackbone.Config, new LoraSettings { Rank = 2 }, 2, 1);
        var copy = adapters.Clone();
        foreach (var ((_, original), (_, copied)) in adapters.Named().Zip(copy.Named()))
        {
            Assert.True(original.equal(copied).all().item<bool>());
            copied.fill_(9);
            Assert.False(original.equal(copied).any().item<bool>());
        }

        Assert.Equal(9, copy.Updates[2, Target.Query]!.A_ERI[0, 0, 0].item<float>());
    }

    [Fact]
    public void Head_WrongShape_IsAnError()
    {
        using var backbone = TinyBackbone.Create();
        var adapters = StackedAdapters.Create(backbone.Config, new LoraSettings { Rank = 2 }, 2, 1, ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => new StackedScorers(backbone, adapters, zeros(3, 16, ScalarType.Float64)));
        Assert.Throws<ArgumentException>(() => new StackedScorers(backbone, null, zeros(3, 15, ScalarType.Float64)));
    }
}
