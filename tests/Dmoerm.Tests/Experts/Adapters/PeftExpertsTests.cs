using Dmoerm.Backbones;
using Dmoerm.Experts;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Tests.Experts.Adapters;

/// <summary>Adapters of any kind side by side give what each gives alone.</summary>
public class PeftExpertsTests
{
    // All on one base and with a head: different ranks, scales, layers, targets, one with magnitudes.
    private static readonly string[] Names = ["a-qv-r8", "b-all-linear-r4", "c-rslora-r9", "d-dora-r4", "e-patterns", "g-dropout", "i-layers-0-2", "k-regex-targets"];

    [Theory]
    [InlineData(ScalarType.Float64, 1e-9)]
    [InlineData(ScalarType.Float32, 2e-5)]
    public void Read_AdaptersOfOneBase_GiveEachItsLogits(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), type);
        var stack = PeftExperts.Read([.. Names.Select(PeftReference.Folder)], model.Backbone);
        var reward_EB = Reward(stack);
        foreach (var (place, name) in Names.Index())
        {
            TensorAssert.Close(reward_EB[place], PeftReference.Logits(name), 0, tolerance);
        }

        Assert.Equal((9, true, 0), (stack.Adapters!.Settings.Rank, stack.Adapters.IsFixed, stack.From));
    }

    [Fact]
    public void Read_ExpertsOnOneBase_EqualTheReferencesTable()
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), ScalarType.Float64);
        string[] names = [.. PeftReference.Experts.GetProperty("adapters").EnumerateArray().Select(name => name.GetString()!)];
        // One row per input, one column per adapter.
        var logits_BE = tensor(PeftReference.Experts.GetProperty("logits").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(value => value.GetDouble())).ToArray()).view(4, names.Length);
        TensorAssert.Close(Reward(PeftExperts.Read([.. names.Select(PeftReference.Folder)], model.Backbone)).transpose(0, 1), logits_BE, 0, 1e-9);
    }

    [Fact]
    public void Merge_OfOneExpert_GivesItsLogits()
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), ScalarType.Float64);
        var stack = PeftExperts.Read([.. Names.Select(PeftReference.Folder)], model.Backbone);
        foreach (var (place, name) in Names.Index())
        {
            var pooled_BD = PeftReference.Pool(model.Backbone.Merge(stack.Adapters!.Updates, place), null)[0];
            TensorAssert.Close(matmul(pooled_BD, stack.Head_ED[place]), PeftReference.Logits(name), 0, 1e-9);
        }
    }

    [Theory]
    [InlineData("j-no-task-type", "the adapter has no head")]
    [InlineData("two labels", "the adapter's head gives 2 numbers, an expert's gives one")]
    public void Read_HeadOfAnotherSize_IsRefused(string source, string expected)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), ScalarType.Float32);
        var folder = source == "two labels"
            ? ChangedAdapter.Write("a-qv-r8", tensors: (name, tensor) => (name, name == ChangedAdapter.Head ? cat([tensor, tensor], 0) : tensor))
            : PeftReference.Folder(source);
        var error = Assert.Throws<InvalidDataException>(() => PeftExperts.Read([PeftReference.Folder("a-qv-r8"), folder], model.Backbone));
        Assert.Contains($"{folder}: {expected}", error.Message);
    }

    [Fact]
    public void Gather_FixedAdapters_Refuses()
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf("a-qv-r8"), ScalarType.Float32);
        var stack = PeftExperts.Read([PeftReference.Folder("d-dora-r4")], model.Backbone);
        Assert.Throws<ArgumentException>(() => StackedAdapters.Gather(model.Backbone.Config, [(stack.Adapters!, 0)]));
    }

    private static Tensor Reward(StackedScorers stack) => stack.Reward(PeftReference.Pool(stack.Backbone, stack.Adapters!.Updates)).to(ScalarType.Float64);
}
