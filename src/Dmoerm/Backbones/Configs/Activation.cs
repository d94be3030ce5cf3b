namespace Dmoerm.Backbones.Configs;

/// <summary>What the gate of an MLP goes through.</summary>
public enum Activation
{
    /// <summary><c>x sigmoid(x)</c>; in files <c>silu</c> or <c>swish</c>.</summary>
    Silu,

    /// <summary>GELU by its tanh form; in files <c>gelu_pytorch_tanh</c> or <c>gelu_new</c>.</summary>
    GeluTanh,

    /// <summary>GELU by the error function; in files <c>gelu</c>.</summary>
    Gelu,
}
