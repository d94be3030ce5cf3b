namespace Dmoerm.Backbones.Updates;

// Dimensions: E = experts, N = rows, I = input width, O = output width, R = LoRA rank.

/// <summary>The low-rank updates of E experts to one projection: <c>scale * B A x</c>.</summary>
/// <remarks>Source: the LoRA formula as PEFT stores it (A is [r, in], B is [out, r], scale is alpha / r).</remarks>
/// <param name="A_ERI">[E, R, I].</param>
/// <param name="B_EOR">[E, O, R].</param>
/// <param name="Scale">alpha / r.</param>
/// <param name="Dropout">What training hides of the input; null outside of it.</param>
public sealed record LowRank(Tensor A_ERI, Tensor B_EOR, double Scale, InputDropout? Dropout = null)
{
    /// <summary>[E, O], what each row of the changed weight is multiplied by (DoRA: magnitude over norm); null for 1.</summary>
    public Tensor? Gain_EO { get; init; }

    /// <summary>[E, O], what is added to the projection's bias; null for nothing.</summary>
    public Tensor? Shift_EO { get; init; }

    /// <summary>The updates' own output, without the projection's.</summary>
    /// <param name="input_eNI">[1 or E, N, I].</param>
    /// <returns>[E, N, O].</returns>
    public Tensor Apply(Tensor input_eNI)
    {
        using var scope = NewDisposeScope();
        var inner_ENR = matmul(Dropout?.Apply(input_eNI) ?? input_eNI, A_ERI.transpose(1, 2));
        return (matmul(inner_ENR, B_EOR.transpose(1, 2)) * Scale).MoveToOuterDisposeScope();
    }

    /// <summary>The full-size change of the weight for one expert.</summary>
    /// <returns>[O, I].</returns>
    public Tensor Change(int expert)
    {
        using var scope = NewDisposeScope();
        return (matmul(B_EOR[expert], A_ERI[expert]) * Scale).MoveToOuterDisposeScope();
    }

    /// <summary>Hands all tensors to the scope outside the current one.</summary>
    public LowRank MoveToOuterDisposeScope() => Each(tensor => tensor.MoveToOuterDisposeScope());

    /// <summary>Keeps all tensors beyond any scope.</summary>
    public LowRank DetachFromDisposeScope() => Each(tensor => tensor.DetachFromDisposeScope());

    private LowRank Each(Action<Tensor> apply)
    {
        foreach (var tensor in (Tensor?[])[A_ERI, B_EOR, Gain_EO, Shift_EO])
        {
            if (tensor is not null)
            {
                apply(tensor);
            }
        }

        return this;
    }
}

/// <summary>The projections of a decoder layer that an adapter may change.</summary>
public enum Target
{
    /// <summary><c>q_proj</c>.</summary>
    Query,

    /// <summary><c>k_proj</c>.</summary>
    Key,

    /// <summary><c>v_proj</c>.</summary>
    Value,

    /// <summary><c>o_proj</c>.</summary>
    Output,

    /// <summary><c>gate_proj</c>.</summary>
    Gate,

    /// <summary><c>up_proj</c>.</summary>
    Up,

    /// <summary><c>down_proj</c>.</summary>
    Down,
}
