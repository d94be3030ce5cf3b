using Dmoerm.Backbones;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Tests.Experts.Adapters;

/// <summary>Every adapter that PEFT wrote gives PEFT's logits: 1e-9 in float64, 2e-5 in float32.</summary>
public class PeftFolderTests
{
    public static TheoryData<string, ScalarType> Cases { get; } =
        new(from name in PeftReference.Names from type in (ScalarType[])[ScalarType.Float32, ScalarType.Float64] select (name, type));

    [Fact]
    public void Cases_AllAdapters_AreThere() => Assert.Equal(13 * 2, Cases.Count);

    [Theory]
    [MemberData(nameof(Cases))]
    public void On_AdapterOfPeft_GivesItsLogits(string name, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf(name), type);
        var adapter = PeftFolder.Read(PeftReference.Folder(name)).On(model.Backbone);
        Close(PeftReference.Score(adapter, model.ScoreHead_LD), PeftReference.Logits(name), type);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Merge_AdapterOfPeft_GivesItsLogits(string name, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(PeftReference.BaseOf(name), type);
        var folder = PeftFolder.Read(PeftReference.Folder(name));
        Close(PeftReference.Score(folder.Merge(model)), PeftReference.Logits(name, "logits_merged"), type);
    }

    [Fact]
    public void Settings_Patterns_GiveEachModulesScale()
    {
        var compared = 0;
        foreach (var name in PeftReference.Names)
        {
            var settings = PeftFolder.Read(PeftReference.Folder(name)).Settings;
            foreach (var module in PeftReference.Of(name).GetProperty("scaling").EnumerateObject())
            {
                Assert.True(settings.Updates(module.Name), $"{name}: {module.Name}");
                Assert.Equal(module.Value.GetDouble(), settings.ScaleOf(module.Name), 1e-15);
                compared++;
            }
        }

        Assert.Equal(98, compared);
    }

    private static void Close(Tensor actual, Tensor expected, ScalarType type) =>
        TensorAssert.Close(actual, expected, relative: 0, absolute: type == ScalarType.Float64 ? 1e-9 : 2e-5);
}
