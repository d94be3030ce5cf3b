using Dmoerm.Training.Settings;
using TorchSharp.Modules;

namespace Dmoerm.Training.Fitting;

// Dimensions: E = scorers.

/// <summary>All that changes while a fit runs at one learning rate: what a checkpoint of it holds.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="judged">What each scorer learns.</param>
/// <param name="settings">How.</param>
/// <param name="rate">The peak learning rate.</param>
/// <param name="totalSteps">[E] steps of each scorer's whole schedule.</param>
/// <param name="stops">Steps whose weights are kept whatever the loss; null lets the validation loss decide.</param>
internal sealed class RateProgress(
    IReadOnlyList<(string Name, Parameter Tensor)> parameters, IReadOnlyList<string?> judged, PhaseSettings settings, double rate, int[] totalSteps, int[]? stops) : IDisposable
{
    private readonly List<IReadOnlyList<double?>> _losses = [];
    private readonly List<IReadOnlyList<double>> _norms = [];
    private readonly List<FitLook> _looks = [];

    /// <summary>Updates the parameters.</summary>
    public PhaseOptimizer Optimizer { get; } = new(parameters, settings, rate, totalSteps);

    /// <summary>Keeps the best weights.</summary>
    public EarlyStopping Stopping { get; } = new(parameters, judged.Count, settings.Patience, stops);

    /// <summary>The epoch that the next step is in.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps of this epoch that are done.</summary>
    public int StepOfEpoch { get; set; }

    /// <summary>Steps done.</summary>
    public int Steps => _losses.Count;

    /// <summary>Mean loss of the last step; NaN without a label.</summary>
    public double LastLoss => _losses[^1].Average() ?? double.NaN;

    /// <summary>The evaluations so far.</summary>
    public IReadOnlyList<FitLook> Looks => _looks;

    /// <summary>Notes a step.</summary>
    public void Add(IReadOnlyList<double?> losses, double[] norms)
    {
        _losses.Add(losses);
        _norms.Add(norms);
    }

    /// <summary>Notes an evaluation.</summary>
    /// <param name="epoch">Passes over the data, with the part of the last.</param>
    /// <param name="validation">Each scorer's validation loss; null where nothing validates.</param>
    public FitLook Look(double epoch, double?[]? validation)
    {
        var since = _looks.Count == 0 ? 0 : _looks[^1].Step;
        var (losses, norms) = (_losses[since..], _norms[since..]);
        var look = new FitLook(
            judged, rate, Steps, epoch,
            [.. judged.Select((_, scorer) => losses.Select(step => step[scorer]).Average())],
            [.. judged.Select((_, scorer) => norms.Where((_, step) => losses[step][scorer] is not null).Select(step => (double?)step[scorer]).Average())],
            validation, Optimizer.Rates);
        _looks.Add(look);
        return look;
    }

    /// <summary>Puts the kept weights back and says how it went.</summary>
    public TrainingOutcome Outcome(int stepsPerEpoch) => Stopping.Outcome(_losses, _norms, rate) with { StepsPerEpoch = stepsPerEpoch, Looks = [.. _looks] };

    /// <summary>What a checkpoint holds of it.</summary>
    public (RateState State, Dictionary<string, Tensor> Tensors) Capture()
    {
        var tensors = StepNumbers.ToTensors("steps.", _losses, _norms, judged.Count);
        foreach (var (name, parameter) in parameters)
        {
            tensors[$"now.{name}"] = parameter.detach();
        }

        Optimizer.Capture(tensors);
        Stopping.Capture(tensors);
        return (new RateState(Epoch, StepOfEpoch, Optimizer.Steps, Stopping.State, [.. _looks]), tensors);
    }

    /// <summary>Goes on where a checkpoint stands.</summary>
    public void Restore(RateState state, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGradient = no_grad();
        var (losses, norms) = StepNumbers.FromTensors("steps.", tensors);
        _losses.AddRange(losses);
        _norms.AddRange(norms);
        _looks.AddRange(state.Looks);
        (Epoch, StepOfEpoch) = (state.Epoch, state.StepOfEpoch);
        foreach (var (name, parameter) in parameters)
        {
            parameter.copy_(tensors[$"now.{name}"]);
        }

        Optimizer.Restore(state.OptimizerSteps, tensors);
        Stopping.Restore(state.Stopping, tensors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Stopping.Dispose();
    }
}

/// <summary>Where a fit stands at one learning rate, beside its tensors.</summary>
/// <param name="Epoch">The epoch that the next step is in.</param>
/// <param name="StepOfEpoch">Steps of this epoch that are done.</param>
/// <param name="OptimizerSteps">Updates of each scorer.</param>
/// <param name="Stopping">What early stopping has seen.</param>
/// <param name="Looks">The evaluations so far.</param>
internal sealed record RateState(int Epoch, int StepOfEpoch, int[] OptimizerSteps, StoppingState Stopping, IReadOnlyList<FitLook> Looks);
