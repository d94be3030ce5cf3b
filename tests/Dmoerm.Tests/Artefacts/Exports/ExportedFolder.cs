using System.Text.Json;
using Dmoerm.Artefacts;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Experts.Adapters;

namespace Dmoerm.Tests.Artefacts.Exports;

/// <summary>Exported folders read without the exporter's own code: rewards of token ids, and what the files say.</summary>
internal static class ExportedFolder
{
    private static readonly long[] Lengths = [7, 3, 1];

    /// <summary>[B] rewards of an adapter alone on a backbone.</summary>
    public static double[] Adapter(string adapter, string backbone)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(backbone, ScalarType.Float32);
        return Score(PeftFolder.Read(adapter).Merge(model));
    }

    /// <summary>[B] rewards of a whole classifier.</summary>
    public static double[] Classifier(string folder)
    {
        using var scope = NewDisposeScope();
        using var model = BackboneFolder.Load(folder, ScalarType.Float32);
        return Score(model);
    }

    /// <summary>[B] the model's own numbers: those of a capability's expert, or of the category's base.</summary>
    public static double[] Own(string model, string category, string? capability)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var parts = ArtefactFolder.Read(model);
        var inner = parts.Categories.Single(part => part.Name == category).Model;
        var output = inner.Run(inner.Merged.Embed(Ids()), tensor(Lengths), 0);
        return (capability is null ? output.BaseReward_B : output.Reward_BE.select(1, inner.Capabilities.ToList().IndexOf(capability))).ToDoubles();
    }

    /// <summary>A JSON file of the folder.</summary>
    public static JsonElement Json(string folder, string name) => JsonElement.Parse(File.ReadAllText(Path.Combine(folder, name)));

    /// <summary>Fails unless two lists are equal to the last digits of single precision.</summary>
    public static void AssertClose(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.True(expected.Distinct().Count() == expected.Length, "Rewards that are all alike would hide a fault.");
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
    }

    private static Tensor Ids() => tensor((long[])[5, 9, 17, 3, 100, 44, 12, 8, 20, 31, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0], 3, 7);

    private static double[] Score(BackboneCheckpoint model)
    {
        var pooled_BD = model.Backbone.Pool(model.Backbone.Embed(Ids()), tensor(Lengths), 0)[0];
        return matmul(pooled_BD, model.ScoreHead_LD!.transpose(0, 1)).squeeze(1).ToDoubles();
    }
}
