using System.Text.Json;
using Dmoerm.Backbones;
using Dmoerm.Backbones.Weights;
using Dmoerm.Conversations;
using Dmoerm.Data;
using Dmoerm.Training.Steps;

namespace Dmoerm.Tests.Training;

/// <summary>The reference runs of <c>Fixtures/training</c>: 64 pairs of token ids on a tiny decoder, trained by PyTorch and TRL.</summary>
internal static class TrainingReference
{
    /// <summary>The capabilities of the pairs' labels.</summary>
    public static string[] Capabilities { get; } = ["first", "second", "third"];

    /// <summary>A JSON file of the folder.</summary>
    public static JsonElement Read(string name) => JsonElement.Parse(File.ReadAllText(TestFolders.Fixture("training", name)));

    /// <summary>A safetensors file of the folder.</summary>
    public static SafetensorsFile Open(string name) => SafetensorsFile.Open(TestFolders.Fixture("training", name));

    /// <summary>The decoder and head that all runs start from.</summary>
    public static BackboneCheckpoint LoadBase(ScalarType dtype) => BackboneFolder.Load(TestFolders.Fixture("adapters", "base-llama"), dtype);

    /// <summary>The pairs; response 0 is the chosen one.</summary>
    public static TrainingExample[] Pairs(bool margins = false) => [.. Read("pairs.json").EnumerateArray().Select(pair => Example(pair, margins))];

    /// <summary>The token ids of each pair's prompt.</summary>
    public static EncodedConversation[] Prompts() => [.. Read("pairs.json").EnumerateArray().Select(pair => Encoded(pair, "prompt_ids"))];

    /// <summary>The category of each pair's prompt.</summary>
    public static long[] Categories() => [.. Read("pairs.json").EnumerateArray().Select(pair => pair.GetProperty("category").GetInt64())];

    /// <summary>All numbers of an element, in order, however deep the lists.</summary>
    public static double[] Numbers(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().SelectMany(Numbers)]
        : [element.GetDouble()];

    /// <summary>Fails unless all numbers agree.</summary>
    public static void Close(IEnumerable<double> actual, IEnumerable<double> expected, double absolute)
    {
        using var scope = NewDisposeScope();
        TensorAssert.Close(tensor(actual.ToArray()), tensor(expected.ToArray()), relative: 0, absolute: absolute);
    }

    /// <summary>Fails unless a tensor's checksums (sum, norm, ramp, head) agree; the ramp notices a transpose or a swap.</summary>
    public static void CloseChecksum(Tensor actual, JsonElement expected, double perEntry)
    {
        using var scope = NewDisposeScope();
        var flat = actual.detach().to(ScalarType.Float64).flatten();
        var ramp = (arange(flat.shape[0], ScalarType.Int64).remainder(97) + 1).to(ScalarType.Float64) / 97;
        Assert.Equal(Numbers(expected.GetProperty("shape")).Aggregate(1.0, (left, right) => left * right), flat.shape[0]);
        Close(Numbers(expected.GetProperty("head")).Select((_, index) => flat[index].item<double>()), Numbers(expected.GetProperty("head")), perEntry);
        Close(
            [flat.sum().item<double>(), flat.norm().item<double>(), (flat * ramp).sum().item<double>()],
            [.. new[] { "sum", "norm", "ramp" }.Select(name => expected.GetProperty(name).GetDouble())],
            perEntry * flat.shape[0]);
    }

    private static TrainingExample Example(JsonElement pair, bool margins)
    {
        var labels = Numbers(pair.GetProperty("capability_labels")).Select((p, index) => new Comparison(0, 1, p, Capabilities[index]));
        return new TrainingExample("pairs", [Encoded(pair, "chosen_ids"), Encoded(pair, "rejected_ids")], [new Comparison(0, 1, 1, Margin: margins ? pair.GetProperty("margin").GetDouble() : null), .. labels]);
    }

    private static EncodedConversation Encoded(JsonElement pair, string name) => new(
        [.. pair.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())], pair.GetProperty("prompt_ids").GetArrayLength(), Truncation.None);
}
