using Dmoerm.Backbones.Updates;

namespace Dmoerm.Backbones.Layers;

// Dimensions: E = experts, N = rows, I = input width, O = output width, R = LoRA rank.

/// <summary>A linear map with an optional bias: <c>x W^T + b</c>.</summary>
/// <param name="Weight_OI">[O, I].</param>
/// <param name="Bias_O">[O], or null.</param>
public sealed record Projection(Tensor Weight_OI, Tensor? Bias_O)
{
    /// <summary>Applies the map and, where given, a low-rank update per expert.</summary>
    /// <param name="input_eNI">[1 or E, N, I].</param>
    /// <param name="update">One update per expert; null for none.</param>
    /// <returns>[1, N, O] where neither the input nor an update tells experts apart, else [E, N, O].</returns>
    public Tensor Apply(Tensor input_eNI, LowRank? update)
    {
        using var scope = NewDisposeScope();
        var output_eNO = nn.functional.linear(input_eNI, Weight_OI, Bias_O);
        if (update is not null)
        {
            output_eNO = output_eNO + update.Apply(input_eNI);
        }

        return output_eNO.MoveToOuterDisposeScope();
    }
}
