using TorchSharp.Modules;

namespace Dmoerm.Training.Fitting;

// Dimensions: E = scorers.

/// <summary>Kept copies of the weights of a stack, scorer by scorer.</summary>
internal sealed class WeightSnapshot : IDisposable
{
    private readonly IReadOnlyList<(string Name, Parameter Tensor)> _parameters;
    private readonly Tensor[] _kept;
    private readonly int _count;

    /// <summary>Copies the weights as they are now.</summary>
    /// <param name="parameters">The stack's parameters; with more than one scorer, the first dimension is E.</param>
    /// <param name="count">E.</param>
    public WeightSnapshot(IReadOnlyList<(string Name, Parameter Tensor)> parameters, int count)
    {
        (_parameters, _count) = (parameters, count);
        using var scope = NewDisposeScope();
        _kept = [.. parameters.Select(parameter => parameter.Tensor.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>Copies one scorer's weights as they are now over its kept ones.</summary>
    public void Keep(int scorer) => Copy(scorer, (kept, parameter) => kept.copy_(parameter));

    /// <summary>Copies one scorer's kept weights back.</summary>
    public void Restore(int scorer) => Copy(scorer, (kept, parameter) => parameter.copy_(kept));

    /// <summary>Adds the kept weights to what a checkpoint holds.</summary>
    public void Capture(string prefix, IDictionary<string, Tensor> tensors)
    {
        for (var index = 0; index < _kept.Length; index++)
        {
            tensors[prefix + _parameters[index].Name] = _kept[index];
        }
    }

    /// <summary>Keeps what a checkpoint holds.</summary>
    public void Load(string prefix, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGradient = no_grad();
        for (var index = 0; index < _kept.Length; index++)
        {
            _kept[index].copy_(tensors[prefix + _parameters[index].Name]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _kept)
        {
            tensor.Dispose();
        }
    }

    private void Copy(int scorer, Action<Tensor, Tensor> copy)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        for (var index = 0; index < _kept.Length; index++)
        {
            copy(_kept[index].view(_count, -1)[scorer], _parameters[index].Tensor.view(_count, -1)[scorer]);
        }
    }
}
