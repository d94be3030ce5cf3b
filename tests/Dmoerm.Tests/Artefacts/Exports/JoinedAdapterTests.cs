using Dmoerm.Artefacts.Exports;
using Dmoerm.Backbones.Updates;
using Dmoerm.Experts;
using Dmoerm.Experts.Adapters;
using Dmoerm.Tests.Backbones;
using Dmoerm.Tests.Experts.Adapters;

namespace Dmoerm.Tests.Artefacts.Exports;

/// <summary>Base and expert as one adapter.</summary>
public class JoinedAdapterTests
{
    private static readonly Target[][] Choices = [[Target.Query, Target.Value], [Target.Query, Target.Key, Target.Value, Target.Output, Target.Gate, Target.Up, Target.Down], [Target.Down]];

    public static TheoryData<int, int, int, int> Shapes { get; } = new(
        from low in (int[])[1, 2, 3] from high in (int[])[1, 2, 3] from lowTargets in (int[])[0, 1] from highTargets in (int[])[0, 1, 2] select (low, high, lowTargets, highTargets));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Of_BaseAndExpert_GivesTheExpertsRewardAlone(int low, int high, int lowTargets, int highTargets)
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var trained = Scorers(backbone, 1, new LoraSettings { Rank = 3, Alpha = 7, Layers = new LayerChoice(low), Targets = Choices[lowTargets] }, 1);
        var merged = backbone.Merge(trained.Adapters!.Updates);
        var experts = Scorers(merged, 2, new LoraSettings { Rank = 2, Layers = new LayerChoice(high), Targets = Choices[highTargets] }, 2);
        var joined = JoinedAdapter.Of(backbone, trained, experts, 1);
        var settings = joined.Adapters!.Settings;
        Assert.Equal((5, 1.0, 3 - Math.Max(low, high)), (settings.Rank, settings.Scale, settings.Layers.From(backbone.Config)));
        Assert.Equal(Choices[lowTargets].Union(Choices[highTargets]).Order(), settings.Targets);

        var (ids_BT, length_B) = (tensor((long[])[3, 1, 4, 1, 5, 9, 2, 6], 2, 4), tensor((long[])[4, 2]));
        var alone_B = joined.Reward(joined.Pool(backbone.Embed(ids_BT), length_B, 0))[0];
        var own_B = experts.Reward(experts.Pool(merged.Run(merged.Embed(ids_BT), 0, experts.From), length_B, experts.From))[1];
        TensorAssert.Close(alone_B, own_B, 1e-11, 1e-11);
    }

    [Fact]
    public void Shapes_AllPairs_AreThere() => Assert.Equal(54, Shapes.Count);

    [Fact]
    public void Of_ExpertWithMagnitudes_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        using var model = Dmoerm.Backbones.BackboneFolder.Load(PeftReference.BaseOf("d-dora-r4"), ScalarType.Float32);
        var settings = new LoraSettings { Rank = 1, Layers = new LayerChoice(1) };
        var trained = Scorers(model.Backbone, 1, settings, 1);
        var experts = PeftExperts.Read([PeftReference.Folder("d-dora-r4")], model.Backbone);
        var error = Assert.Throws<InvalidDataException>(() => JoinedAdapter.Of(model.Backbone, trained, experts, 0));
        Assert.Contains("layers.0.self_attn.q_proj: the expert has magnitudes (DoRA), so base and expert cannot be one adapter", error.Message);
    }

    private static StackedScorers Scorers(Dmoerm.Backbones.Backbone backbone, int count, LoraSettings settings, ulong seed)
    {
        using var random = new Generator(seed);
        var type = backbone.Weights.Embedding_VD.dtype;
        var adapters = StackedAdapters.Build(backbone.Config, settings, count, (_, target) =>
        {
            var (inputs, outputs) = target.Widths(backbone.Config);
            return (randn([count, settings.Rank, inputs], type, generator: random), randn([count, outputs, settings.Rank], type, generator: random) * 0.3);
        });
        return new StackedScorers(backbone, adapters, randn([count, backbone.Config.HiddenSize], type, generator: random));
    }
}
