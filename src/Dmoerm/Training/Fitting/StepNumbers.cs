namespace Dmoerm.Training.Fitting;

// Dimensions: S = steps, E = scorers.

/// <summary>Losses and norms of all steps as tensors, for files: a long fit has millions of them.</summary>
internal static class StepNumbers
{
    private const string LossName = "losses";
    private const string LabelledName = "labelled";
    private const string NormName = "norms";

    /// <summary>As tensors of the caller's dispose scope.</summary>
    /// <param name="prefix">What their names start with.</param>
    /// <param name="losses">Of each step, then of each scorer; null without a label.</param>
    /// <param name="norms">Likewise.</param>
    /// <param name="count">E.</param>
    public static Dictionary<string, Tensor> ToTensors(string prefix, IReadOnlyList<IReadOnlyList<double?>> losses, IReadOnlyList<IReadOnlyList<double>> norms, int count) => new()
    {
        [prefix + LossName] = tensor(losses.SelectMany(step => step).Select(loss => loss ?? 0).ToArray(), losses.Count, count),
        [prefix + LabelledName] = tensor(losses.SelectMany(step => step).Select(loss => loss is null ? 0L : 1L).ToArray(), losses.Count, count),
        [prefix + NormName] = tensor(norms.SelectMany(step => step).ToArray(), norms.Count, count),
    };

    /// <summary>Back from tensors.</summary>
    public static (IReadOnlyList<IReadOnlyList<double?>> Losses, IReadOnlyList<IReadOnlyList<double>> Norms) FromTensors(string prefix, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var (loss_SE, norm_SE) = (tensors[prefix + LossName], tensors[prefix + NormName]);
        var (losses, labelled, norms) = (Numbers<double>(loss_SE), Numbers<long>(tensors[prefix + LabelledName]), Numbers<double>(norm_SE));
        var count = (int)loss_SE.shape[1];
        return (
            [.. Enumerable.Range(0, losses.Length / count).Select(step => Enumerable.Range(step * count, count).Select(index => labelled[index] == 1 ? losses[index] : (double?)null).ToArray())],
            [.. Enumerable.Range(0, norms.Length / count).Select(step => norms[(step * count)..((step + 1) * count)])]);
    }

    // A fit may have no step at all; TorchSharp has no array of nothing.
    private static T[] Numbers<T>(Tensor tensor)
        where T : unmanaged => tensor.numel() == 0 ? [] : tensor.data<T>().ToArray();
}
