using TorchSharp.Modules;

namespace Dmoerm.Training.Fitting;

// Dimensions: E = scorers.

/// <summary>Keeps, for each scorer of a stack, the weights of its best step.</summary>
internal sealed class EarlyStopping : IDisposable
{
    private const string BestName = "best.";
    private readonly WeightSnapshot _best;
    private readonly int _patience;
    private readonly int[]? _stops;
    private readonly double?[] _losses;
    private readonly int[] _steps;
    private readonly int[] _looksSinceBest;
    private bool _validates;

    /// <summary>Watches a stack.</summary>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="count">E.</param>
    /// <param name="patience">Looks without a lower loss after which a scorer is done.</param>
    /// <param name="stops">Steps whose weights are kept whatever the loss; null lets the validation loss decide.</param>
    public EarlyStopping(IReadOnlyList<(string Name, Parameter Tensor)> parameters, int count, int patience, int[]? stops)
    {
        _best = new WeightSnapshot(parameters, count);
        (_patience, _stops) = (Math.Max(1, patience), stops);
        (_losses, _steps, _looksSinceBest) = (new double?[count], new int[count], new int[count]);
    }

    /// <summary>Every scorer is done.</summary>
    public bool IsOver => _validates && _looksSinceBest.All(looks => looks >= _patience);

    /// <summary>Compares the weights after a step with the best so far.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="losses">Validation loss of each scorer, null for one without validation labels, NaN for one that diverged; null without validation data.</param>
    public void Look(int step, double?[]? losses)
    {
        _validates |= losses is not null;
        for (var scorer = 0; scorer < _steps.Length; scorer++)
        {
            // A scorer that is done stays so while others go on: alone, its fit would have ended here.
            if (_stops is null && _looksSinceBest[scorer] >= _patience)
            {
                continue;
            }

            var loss = losses?[scorer];
            var better = _stops is not null ? step == _stops[scorer] : loss is null || loss < (_losses[scorer] ?? double.PositiveInfinity);
            _looksSinceBest[scorer] = better ? 0 : _looksSinceBest[scorer] + 1;
            if (better)
            {
                _best.Keep(scorer);
                (_steps[scorer], _losses[scorer]) = (step, loss);
            }
        }
    }

    /// <summary>What it has seen so far.</summary>
    public StoppingState State => new([.. _losses], [.. _steps], [.. _looksSinceBest], _validates);

    /// <summary>Adds the kept weights to what a checkpoint holds.</summary>
    public void Capture(IDictionary<string, Tensor> tensors) => _best.Capture(BestName, tensors);

    /// <summary>Goes on where a checkpoint stands.</summary>
    public void Restore(StoppingState state, IReadOnlyDictionary<string, Tensor> tensors)
    {
        _best.Load(BestName, tensors);
        state.Losses.CopyTo(_losses, 0);
        state.Steps.CopyTo(_steps, 0);
        state.LooksSinceBest.CopyTo(_looksSinceBest, 0);
        _validates = state.Validates;
    }

    /// <summary>Puts the kept weights back and says how it went.</summary>
    public TrainingOutcome Outcome(IReadOnlyList<IReadOnlyList<double?>> losses, IReadOnlyList<IReadOnlyList<double>> norms, double rate)
    {
        for (var scorer = 0; scorer < _steps.Length; scorer++)
        {
            _best.Restore(scorer);
        }

        return new TrainingOutcome
        {
            StepLosses = losses,
            GradientNorms = norms,
            BestLosses = [.. _losses],
            BestSteps = [.. _steps],
            LearningRates = [.. Enumerable.Repeat(rate, _steps.Length)],
            Tries = [new RateTry(rate, [.. _losses], [.. _steps])],
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _best.Dispose();
}

/// <summary>What early stopping has seen.</summary>
/// <param name="Losses">Each scorer's lowest loss.</param>
/// <param name="Steps">The step of each scorer's kept weights.</param>
/// <param name="LooksSinceBest">Looks since then.</param>
/// <param name="Validates">There were validation losses.</param>
internal sealed record StoppingState(double?[] Losses, int[] Steps, int[] LooksSinceBest, bool Validates);
