using Dmoerm.Backbones;
using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Layers;
using Dmoerm.Backbones.Updates;

namespace Dmoerm.Tests.Backbones;

/// <summary>What must hold of experts and training on every family: windows, caps, norms, biases and scales are on every path.</summary>
public class FamilyTests
{
    // Longer than the windows of 6; the last row is shorter than them.
    private static readonly long[] Lengths = [14, 9, 3];

    public static TheoryData<string> Families { get; } = new(ReferenceModel.Families);

    [Theory]
    [MemberData(nameof(Families))]
    public void Pool_StackedExperts_EqualMergedModels(string family)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Load(family);
        var (backbone, ids_BT) = (checkpoint.Backbone, Ids());
        foreach (var from in (int[])[0, 1, 2])
        {
            var updates = Updates(backbone.Config, from, experts: 2);
            var pooled_EBD = backbone.Pool(backbone.Run(backbone.Embed(ids_BT), 0, from), tensor(Lengths), from, updates);
            for (var expert = 0; expert < 2; expert++)
            {
                using var merged = backbone.Merge(updates, expert);
                TensorAssert.Close(pooled_EBD[expert], LastOf(merged.Hidden(ids_BT)), relative: 0, absolute: 1e-11);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Pool_Gradient_EqualsThatOfAllTokens(string family)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Load(family);
        var ids_BT = Ids();
        var weight_BD = randn([3, checkpoint.Backbone.Config.HiddenSize], ScalarType.Float64, generator: new Generator(5));
        Dictionary<string, Tensor> Gradients(Func<Backbone, Tensor> pool)
        {
            using var trained = new Backbone(checkpoint.Backbone.Config, checkpoint.Backbone.Weights.Map((_, tensor) => tensor.clone().requires_grad_()));
            (pool(trained) * weight_BD).sum().backward();
            return trained.Weights.Named().ToDictionary(pair => pair.Name, pair => pair.Tensor.grad!);
        }

        var last = Gradients(backbone => backbone.Pool(backbone.Embed(ids_BT), tensor(Lengths), 0)[0]);
        var all = Gradients(backbone => LastOf(backbone.Hidden(ids_BT)));
        foreach (var (name, gradient) in last)
        {
            Assert.True(name.EndsWith("k_proj.bias", StringComparison.Ordinal) || gradient.abs().max().item<double>() > 1e-6, $"{name} has no gradient");
            TensorAssert.Close(gradient, all[name], relative: 0, absolute: 1e-9);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Pool_DropoutInTheLastLayersValues_EqualsAllTokens(string family)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Load(family);
        var (backbone, ids_BT) = (checkpoint.Backbone, Ids());
        var dropout = new InputDropout(0.4, new ulong[,] { { 1, 2, 3 }, { 4, 5, 6 } }, [.. Lengths.Select(length => (int)length)]);
        var updates = new LowRankSet();
        foreach (var ((layer, target), update) in Updates(backbone.Config, 1, experts: 2).Updates.Where(update => update.Place.Layer == 1 || update.Place.Target is Target.Key or Target.Value))
        {
            updates.Add(layer, target, update with { Dropout = dropout });
        }

        var whole_EBTD = backbone.Run(backbone.Embed(ids_BT), 0, 3, updates);
        var pooled_EBD = backbone.Pool(backbone.Embed(ids_BT), tensor(Lengths), 0, updates);
        for (var expert = 0; expert < 2; expert++)
        {
            TensorAssert.Close(pooled_EBD[expert], LastOf(RmsNorm.Apply(whole_EBTD[expert], backbone.Weights.FinalNorm_D, backbone.Config)), relative: 0, absolute: 1e-11);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Load_KeepLayers_IsTheLowerPart(string family)
    {
        using var scope = NewDisposeScope();
        using var whole = Load(family);
        using var lower = BackboneFolder.Load(TestFolders.Fixture("models", family), ScalarType.Float64, keepLayers: 2);
        var expected_BTD = RmsNorm.Apply(whole.Backbone.Run(whole.Backbone.Embed(Ids()), 0, 2), whole.Backbone.Weights.FinalNorm_D, whole.Backbone.Config)[0];
        TensorAssert.Close(lower.Backbone.Hidden(Ids()), expected_BTD, relative: 0, absolute: 1e-12);
        Assert.All(lower.Unused, name => Assert.True(name.StartsWith("layers.2.", StringComparison.Ordinal) || name == "lm_head.weight", name));
    }

    // A change of any option changes numbers: none of them is read and forgotten.
    [Fact]
    public void Options_EachOne_ChangesTheStates()
    {
        using var scope = NewDisposeScope();
        using var gemma = Load("gemma2/causal");
        var config = gemma.Backbone.Config;
        BackboneConfig[] others =
        [
            config with { Activation = Activation.Gelu }, config with { Activation = Activation.Silu }, config with { UnitOffsetNorms = false }, config with { ScaledEmbedding = false }, config with { QueryScalar = null },
            config with { AttentionCap = null }, config with { Window = null }, config with { Window = config.Window! with { Tokens = 5 } }, config with { NormEpsilon = 0.011 }, config with { RotaryScaling = new RotaryScaling { Factor = 2 } },
        ];
        var expected_BTD = gemma.Backbone.Hidden(Ids());
        foreach (var other in others)
        {
            using var changed = new Backbone(other, gemma.Backbone.Weights);
            Assert.True((changed.Hidden(Ids()) - expected_BTD).abs().max().item<double>() > 5e-4, $"{other}");
            TensorAssert.Close(changed.Pool(changed.Embed(Ids()), tensor(Lengths), 0)[0], LastOf(changed.Hidden(Ids())), relative: 0, absolute: 1e-11);
        }
    }

    [Fact]
    public void FusedTargets_SplitAndJoin_AreTheSameMap()
    {
        using var scope = NewDisposeScope();
        var config = BackboneConfig.Read(TestFolders.Fixture("models", "phi3", "causal"));
        var input_1ND = randn(1, 5, 64, ScalarType.Float64);
        foreach (var (module, parts) in FusedTargets.All)
        {
            var rows = parts.Sum(part => part.Widths(config).Outputs);
            var fused = new LowRank(randn(2, 3, 64, ScalarType.Float64), randn(2, rows, 3, ScalarType.Float64), 0.5);
            var split = FusedTargets.Split(config, parts, fused);
            Assert.Equal(parts, split.Select(part => part.Target));
            TensorAssert.Close(cat([.. split.Select(part => part.Update.Apply(input_1ND))], 2), fused.Apply(input_1ND), absolute: 1e-12);

            // Back again, and with a part that has no update.
            TensorAssert.Close(FusedTargets.Join(config, parts, [.. split.Select(part => part.Update)]).Change(1), fused.Change(1), absolute: 1e-12);
            var first = FusedTargets.Join(config, parts, [split[0].Update, .. parts.Skip(1).Select(_ => (LowRank?)null)]).Change(0);
            TensorAssert.Close(first.narrow(0, 0, parts[0].Widths(config).Outputs), split[0].Update.Change(0), absolute: 1e-12);
            Assert.Equal(0, first.narrow(0, parts[0].Widths(config).Outputs, rows - parts[0].Widths(config).Outputs).abs().sum().item<double>());
            Assert.Throws<ArgumentException>(() => FusedTargets.Split(config, parts, fused with { B_EOR = fused.B_EOR.narrow(1, 0, 5) }));
            Assert.Throws<ArgumentException>(() => FusedTargets.Join(config, parts, [.. parts.Select(_ => (LowRank?)null)]));
            Assert.StartsWith(parts[0] == Target.Query ? "self_attn." : "mlp.", module);
        }
    }

    [Fact]
    public void PaddedBatch_PaddingInside_IsRefused()
    {
        using var scope = NewDisposeScope();
        var ids_BT = tensor(new[,] { { 9L, 5, 6, 9 }, { 7, 8, 9, 9 } });
        var (moved_BT, length_B) = PaddedBatch.ToRight(ids_BT, tensor(new[,] { { 0L, 1, 1, 0 }, { 1, 1, 0, 0 } }));
        Assert.Equal([2L, 2], length_B.data<long>().ToArray());
        Assert.Equal([5L, 6, 7, 8], moved_BT[.., ..2].contiguous().data<long>().ToArray());
        foreach (var mask_BT in (Tensor[])[tensor(new[,] { { 1L, 0, 1, 0 }, { 1, 1, 1, 1 } }), tensor(new[,] { { 0L, 0, 0, 0 }, { 1, 1, 1, 1 } }), tensor(new[,] { { 1L, 1 }, { 1, 1 } })])
        {
            Assert.Throws<ArgumentException>(() => PaddedBatch.ToRight(ids_BT, mask_BT));
        }
    }

    private static BackboneCheckpoint Load(string family) => BackboneFolder.Load(TestFolders.Fixture("models", family), ScalarType.Float64);

    private static Tensor Ids() => randint(0, 256, [3, 14], dtype: ScalarType.Int64, generator: new Generator(3));

    private static Tensor LastOf(Tensor hidden_BTD) => stack([.. Lengths.Select((length, row) => hidden_BTD[row, length - 1])]);

    private static LowRankSet Updates(BackboneConfig config, int from, int experts)
    {
        var updates = new LowRankSet();
        using var random = new Generator(4);
        for (var layer = from; layer < config.NumLayers; layer++)
        {
            foreach (var target in Enum.GetValues<Target>())
            {
                var (inputs, outputs) = target.Widths(config);
                updates.Add(layer, target, new LowRank(
                    randn([experts, 2, inputs], ScalarType.Float64, generator: random) * 0.1, randn([experts, outputs, 2], ScalarType.Float64, generator: random) * 0.1, 1.5));
            }
        }

        return updates;
    }
}
