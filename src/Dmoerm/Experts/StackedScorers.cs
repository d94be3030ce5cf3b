using Dmoerm.Backbones;
using TorchSharp.Modules;

namespace Dmoerm.Experts;

// Dimensions: E = scorers (e: 1 or E), B = batch, T = tokens, D = hidden size.

/// <summary>E reward models on one backbone: an adapter each (or none) and a linear head each.</summary>
/// <remarks>
/// The base of phase 1 is a stack of one, the experts of phase 2 are a stack of K. Heads are parameters like any other: the
/// released code kept them in a plain dictionary, where no optimiser and no checkpoint found them.
/// </remarks>
public sealed class StackedScorers
{
    /// <summary>Puts scorers on a backbone.</summary>
    /// <param name="backbone">The backbone, shared by all scorers.</param>
    /// <param name="adapters">Their adapters, or null where only heads are trained (or the whole backbone).</param>
    /// <param name="head_ED">[E, D], copied.</param>
    public StackedScorers(Backbone backbone, StackedAdapters? adapters, Tensor head_ED)
    {
        if (head_ED.dim() != 2 || head_ED.shape[1] != backbone.Config.HiddenSize || (adapters is not null && adapters.NumExperts != head_ED.shape[0]))
        {
            throw new ArgumentException($"Expected a head of [{adapters?.NumExperts ?? head_ED.shape[0]}, {backbone.Config.HiddenSize}], got [{string.Join(", ", head_ED.shape)}].", nameof(head_ED));
        }

        Backbone = backbone;
        Adapters = adapters;
        using var scope = NewDisposeScope();
        Head_ED = new Parameter(head_ED.detach().clone(), requires_grad: false);
        Head_ED.DetachFromDisposeScope();
    }

    /// <summary>The shared backbone.</summary>
    public Backbone Backbone { get; }

    /// <summary>The scorers' adapters, or null.</summary>
    public StackedAdapters? Adapters { get; }

    /// <summary>[E, D] the heads' weights.</summary>
    public Parameter Head_ED { get; }

    /// <summary>E.</summary>
    public int Count => (int)Head_ED.shape[0];

    /// <summary>The lowest layer in which the scorers differ from the backbone; everything below runs once.</summary>
    public int From => Adapters?.Settings.Layers.From(Backbone.Config) ?? Backbone.Config.NumLayers;

    /// <summary>Heads and adapters by name; the first dimension is E.</summary>
    public IEnumerable<(string Name, Parameter Tensor)> Named() =>
        (Adapters?.Named() ?? []).Append(("score", Head_ED));

    /// <summary>What each scorer's head reads: the last real token's state after the final norm.</summary>
    /// <param name="hidden_1BTD">[1, B, T, D], what enters layer <paramref name="from"/>.</param>
    /// <param name="length_B">[B] int64 real tokens.</param>
    /// <param name="from">The layer that the states enter; at most <see cref="From"/>.</param>
    /// <param name="dropout">What a training step draws from; null in use, where nothing is dropped.</param>
    /// <returns>[1 or E, B, D].</returns>
    /// <exception cref="ArgumentOutOfRangeException">The states have passed a layer that an adapter changes.</exception>
    public Tensor Pool(Tensor hidden_1BTD, Tensor length_B, int from, AdapterDropout? dropout = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from, From);
        return Backbone.Pool(hidden_1BTD, length_B, from, dropout is null ? Adapters?.Updates : Adapters?.UpdatesOf(dropout));
    }

    /// <summary>Each scorer's reward.</summary>
    /// <param name="pooled_eBD">[1 or E, B, D] from <see cref="Pool"/>.</param>
    /// <returns>[E, B]. Only differences within one prompt mean anything.</returns>
    public Tensor Reward(Tensor pooled_eBD)
    {
        using var scope = NewDisposeScope();
        return matmul(pooled_eBD, Head_ED.unsqueeze(2)).squeeze(2).MoveToOuterDisposeScope();
    }
}
