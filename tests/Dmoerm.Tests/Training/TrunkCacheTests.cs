using Dmoerm.Backbones;
using Dmoerm.Conversations;
using Dmoerm.Tests.Backbones;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

public sealed class TrunkCacheTests : IDisposable
{
    private const int Layer = 2;
    private readonly string _root = Directory.CreateTempSubdirectory("dmoerm-cache-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_AfterFill_EqualsComputedStates()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var rows = Rows(12);
        using var cache = Filled(backbone, rows);
        EncodedConversation[] batch = [rows[7], rows[0], rows[3]];
        var (read, computed) = (new Trunk(backbone, Layer, cache).Run(batch), new Trunk(backbone, Layer).Run(batch));
        Assert.True(read.Length_B.equal(computed.Length_B).all().item<bool>());
        for (var row = 0; row < batch.Length; row++)
        {
            var length = batch[row].Ids.Length;
            TensorAssert.Close(read.Hidden_1BTD[0, row, ..length], computed.Hidden_1BTD[0, row, ..length], absolute: 1e-6);
            Assert.Equal(0, read.Hidden_1BTD[0, row, length..].abs().sum().item<float>());
        }
    }

    [Fact]
    public void Read_Float64Backbone_GetsItsOwnType()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var rows = Rows(3);
        using var cache = Filled(backbone, rows);
        Assert.Equal(ScalarType.Float64, new Trunk(backbone, Layer, cache).Run(rows).Hidden_1BTD.dtype);
    }

    [Fact]
    public void Training_OnTheBackboneThatFilledTheCache_HasItsGradient()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var examples = TinyTask.Examples(4);
        // The fill runs in inference mode and is the first to ask for rotary tables.
        using var cache = Filled(backbone, ExampleRows.Of(examples));
        var scorer = TinyTask.Scorers(backbone, 1);
        var outcome = new BackbonePhase(new PhaseSettings { Epochs = 2 }, 1).Run(scorer, new Trunk(backbone, Layer, cache), examples, []).Outcome;
        Assert.All(outcome.GradientNorms, norms => Assert.True(norms[0] > 0));
    }

    [Fact]
    public void Open_IndexCutOff_KeepsWhatIsWholeAndGoesOn()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var rows = Rows(6);
        Filled(backbone, rows).Dispose();
        Cut("index.bin", 40);
        var expected = new Trunk(backbone, Layer).Run(rows).Hidden_1BTD;
        using var cache = TrunkCache.Open(_root, backbone, Layer);
        Assert.Throws<KeyNotFoundException>(() => cache.Read(rows));
        // 6 entries of 32 bytes less 40 leave 4 whole ones; 2 rows are computed again.
        var shares = new List<double>();
        cache.Fill(backbone, Layer, rows, 1, shares.Add, CancellationToken.None);
        Assert.Equal(2, shares.Count);
        CheckAll(cache, rows, expected);
    }

    [Fact]
    public void Open_StatesCutOff_ForgetsThoseEntries()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var rows = Rows(6);
        Filled(backbone, rows).Dispose();
        Cut("states.bin", 10);
        using var cache = TrunkCache.Open(_root, backbone, Layer);
        Assert.Throws<KeyNotFoundException>(() => cache.Read(rows));
        cache.Fill(backbone, Layer, rows, 64, null, CancellationToken.None);
        CheckAll(cache, rows, new Trunk(backbone, Layer).Run(rows).Hidden_1BTD);
    }

    [Fact]
    public void Fill_Cancelled_KeepsWhatWasStored()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var rows = Rows(6);
        using var cache = TrunkCache.Open(_root, backbone, Layer);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => cache.Fill(backbone, Layer, rows, 1, share => { if (share > 0.5) { stop.Cancel(); } }, stop.Token));
        var shortest = rows.OrderBy(row => row.Ids.Length).First();
        TensorAssert.Close(cache.Read([shortest]), new Trunk(backbone, Layer).Run([shortest]).Hidden_1BTD);
    }

    [Fact]
    public void Open_OtherWeightsOrLayerOrConfig_IsAnotherFolder()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        using var other = TinyBackbone.Create(seed: 2, dtype: ScalarType.Float32);
        using var stretched = new Backbone(backbone.Config with { RotaryBase = 5e5 }, backbone.Weights);
        using var same = new Backbone(backbone.Config, backbone.Weights);
        foreach (var (model, layer) in ((Backbone, int)[])[(backbone, Layer), (other, Layer), (backbone, 1), (stretched, Layer), (same, Layer)])
        {
            TrunkCache.Open(_root, model, layer).Dispose();
        }

        Assert.Equal(4, Directory.GetDirectories(_root).Length);
    }

    [Fact]
    public void Open_WeightsAboveTheLayer_DoNotMatter()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var rows = Rows(3);
        using var merged = backbone.Merge(TinyTask.Scorers(backbone, 1, updated: true).Adapters!.Updates);
        Filled(backbone, rows).Dispose();
        using var cache = TrunkCache.Open(_root, merged, Layer);
        Assert.Equal(3, cache.Read(rows).shape[1]);
    }

    [Fact]
    public void Read_Closed_IsAnError()
    {
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var cache = Filled(backbone, Rows(2));
        cache.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cache.Read(Rows(2)));
    }

    private static EncodedConversation[] Rows(int count)
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, count).Select(_ => TinyTask.Row(random))];
    }

    private static void CheckAll(TrunkCache cache, EncodedConversation[] rows, Tensor expected_1BTD)
    {
        var read_1BTD = cache.Read(rows);
        for (var row = 0; row < rows.Length; row++)
        {
            TensorAssert.Close(read_1BTD[0, row, ..rows[row].Ids.Length], expected_1BTD[0, row, ..rows[row].Ids.Length], absolute: 1e-6);
        }
    }

    private TrunkCache Filled(Backbone backbone, IReadOnlyList<EncodedConversation> rows)
    {
        var cache = TrunkCache.Open(_root, backbone, Layer);
        cache.Fill(backbone, Layer, rows, 20, null, CancellationToken.None);
        return cache;
    }

    private void Cut(string name, int bytes)
    {
        using var file = new FileStream(Path.Combine(Directory.GetDirectories(_root).Single(), name), FileMode.Open);
        file.SetLength(file.Length - bytes);
    }
}
