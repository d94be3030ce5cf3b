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
        if (update?.Gain_EO is { } gain_EO)
        {
            var changed_ENO = (nn.functional.linear(input_eNI, Weight_OI) + update.Apply(input_eNI)) * gain_EO.unsqueeze(1);
            return Shifted(Bias_O is null ? changed_ENO : changed_ENO + Bias_O, update).MoveToOuterDisposeScope();
        }

        var output_eNO = nn.functional.linear(input_eNI, Weight_OI, Bias_O);
        return (update is null ? output_eNO : Shifted(output_eNO + update.Apply(input_eNI), update)).MoveToOuterDisposeScope();
    }

    /// <summary>This map with one expert's update in its weight and bias.</summary>
    public Projection Merge(LowRank update, int expert)
    {
        using var scope = NewDisposeScope();
        var weight_OI = Weight_OI + update.Change(expert);
        weight_OI = update.Gain_EO is { } gain_EO ? weight_OI * gain_EO[expert].unsqueeze(1) : weight_OI;
        var bias_O = update.Shift_EO is not { } shift_EO ? Bias_O : (Bias_O is null ? shift_EO[expert].clone() : Bias_O + shift_EO[expert]).detach().DetachFromDisposeScope();
        return new Projection(weight_OI.detach().DetachFromDisposeScope(), bias_O);
    }

    private static Tensor Shifted(Tensor output_ENO, LowRank update) => update.Shift_EO is { } shift_EO ? output_ENO + shift_EO.unsqueeze(1) : output_ENO;
}
