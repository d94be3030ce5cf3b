using Dmoerm.Backbones.Weights;
using Dmoerm.Training.Settings;
using TorchSharp.Modules;

namespace Dmoerm.Training.Fitting;

// Dimensions: E = scorers.

/// <summary>Adam or AdamW for a stack of scorers: schedule, clipping, moments and step counts are each scorer's own.</summary>
/// <remarks>
/// PyTorch's formulas, with a mask: a scorer without a label in a step is not touched, as if it had been trained alone, which
/// torch's own optimisers cannot do for one slice of a tensor. Sources: PyTorch's AdamW; what decay spares is TRL's choice.
/// </remarks>
internal sealed class PhaseOptimizer : IDisposable
{
    private const string MeanName = "mean.";
    private const string SquareName = "square.";
    private static readonly string[] SparedWords = ["bias", "layernorm", "rmsnorm"];
    private readonly IReadOnlyList<(string Name, Parameter Tensor)> _parameters;
    private readonly PhaseSettings _settings;
    private readonly RateSchedule[] _schedules;
    private readonly int[] _steps;
    private readonly (Tensor Mean, Tensor Square)[] _moments;

    /// <summary>Prepares updates.</summary>
    /// <param name="parameters">What is trained; with more than one scorer, the first dimension is E.</param>
    /// <param name="settings">The phase's settings.</param>
    /// <param name="peak">The peak learning rate.</param>
    /// <param name="totalSteps">[E] steps of each scorer's whole schedule: those that have a label for it.</param>
    public PhaseOptimizer(IReadOnlyList<(string Name, Parameter Tensor)> parameters, PhaseSettings settings, double peak, int[] totalSteps)
    {
        (_parameters, _settings) = (parameters, settings);
        _schedules = [.. totalSteps.Select(steps => new RateSchedule(settings, peak, Math.Max(1, steps)))];
        _steps = new int[totalSteps.Length];
        _moments = [.. parameters.Select(parameter => (ZerosLike(parameter.Tensor), ZerosLike(parameter.Tensor)))];
    }

    /// <summary>Clips, updates, and clears the gradients.</summary>
    /// <param name="active">Whether each scorer had a label in this step.</param>
    /// <returns>[E] norms of the gradients before clipping.</returns>
    public double[] Step(bool[] active)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var norm_E = Norms();
        var clip_E = _settings.ClipNorm is { } limit ? (limit / (norm_E + 1e-6)).clamp(max: 1) : ones_like(norm_E);
        var rates = _steps.Select((step, scorer) => _schedules[scorer].At(step)).ToArray();
        for (var scorer = 0; scorer < active.Length; scorer++)
        {
            _steps[scorer] += active[scorer] ? 1 : 0;
        }

        for (var index = 0; index < _parameters.Count; index++)
        {
            using var parameterScope = NewDisposeScope();
            Update(index, active, rates, clip_E);
        }

        return norm_E.ToDoubles();
    }

    /// <summary>The learning rate of each scorer's last update; before the first, that of the first.</summary>
    public double[] Rates => [.. _steps.Select((step, scorer) => _schedules[scorer].At(Math.Max(0, step - 1)))];

    /// <summary>Updates of each scorer so far.</summary>
    public int[] Steps => [.. _steps];

    /// <summary>Adds the moments to what a checkpoint holds.</summary>
    public void Capture(IDictionary<string, Tensor> tensors)
    {
        for (var index = 0; index < _moments.Length; index++)
        {
            (tensors[MeanName + _parameters[index].Name], tensors[SquareName + _parameters[index].Name]) = _moments[index];
        }
    }

    /// <summary>Goes on where a checkpoint stands.</summary>
    public void Restore(int[] steps, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGradient = no_grad();
        steps.CopyTo(_steps, 0);
        for (var index = 0; index < _moments.Length; index++)
        {
            _moments[index].Mean.copy_(tensors[MeanName + _parameters[index].Name]);
            _moments[index].Square.copy_(tensors[SquareName + _parameters[index].Name]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (mean, square) in _moments)
        {
            mean.Dispose();
            square.Dispose();
        }
    }

    private static Tensor ZerosLike(Tensor parameter) => zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();

    private void Update(int index, bool[] active, double[] rates, Tensor clip_E)
    {
        var (name, parameter) = _parameters[index];
        if (parameter.grad is not { } gradient)
        {
            return;
        }

        Tensor PerScorer(Func<int, double> value) =>
            tensor(Enumerable.Range(0, active.Length).Select(scorer => active[scorer] ? value(scorer) : 0).ToArray(), parameter.dtype, parameter.device).unsqueeze(1);

        var decay = _settings.Optimizer == OptimizerKind.AdamW && !IsSpared(name) ? _settings.WeightDecay : 0;
        var (flat_EX, gradient_EX) = (parameter.view(active.Length, -1), gradient.view(active.Length, -1) * clip_E.unsqueeze(1));
        var (mean_EX, square_EX) = (_moments[index].Mean.view(active.Length, -1), _moments[index].Square.view(active.Length, -1));
        var (beta1, beta2) = (_settings.Beta1, _settings.Beta2);
        mean_EX.mul_(1 - PerScorer(_ => 1 - beta1)).add_(gradient_EX * PerScorer(_ => 1 - beta1));
        square_EX.mul_(1 - PerScorer(_ => 1 - beta2)).add_(gradient_EX.square().mul_(PerScorer(_ => 1 - beta2)));
        var spread_EX = square_EX.sqrt().mul_(PerScorer(scorer => 1 / Math.Sqrt(1 - Math.Pow(beta2, _steps[scorer])))).add_(_settings.Epsilon);
        if (decay > 0)
        {
            flat_EX.mul_(1 - PerScorer(scorer => rates[scorer] * decay));
        }

        flat_EX.sub_((mean_EX / spread_EX).mul_(PerScorer(scorer => rates[scorer] / (1 - Math.Pow(beta1, _steps[scorer])))));
        gradient.zero_();
    }

    private Tensor Norms()
    {
        var squares = _parameters.Where(parameter => parameter.Tensor.grad is not null)
            .Select(parameter => parameter.Tensor.grad!.view(_steps.Length, -1).square().sum(1));
        return squares.Aggregate((left, right) => left + right).sqrt();
    }

    // By name, as TRL does: norms and biases are not drawn towards 0.
    private static bool IsSpared(string name) => name.Split('.').Any(part =>
        part == "norm" || part.EndsWith("_norm", StringComparison.Ordinal)
        || SparedWords.Any(word => part.Contains(word, StringComparison.OrdinalIgnoreCase)));
}
