using System.Text.Json;
using System.Text.Json.Serialization;
using Dmoerm.Training.Stages;
using TorchSharp.Modules;

namespace Dmoerm.Training.Fitting;

// Dimensions: E = scorers.

/// <summary>What a fit keeps in its stage's place: its result, or where it stands.</summary>
/// <param name="place">The place.</param>
/// <param name="parameters">What is trained.</param>
/// <param name="count">E.</param>
internal sealed class FitFile(StagePlace place, IReadOnlyList<(string Name, Parameter Tensor)> parameters, int count)
{
    private const string FinalName = "final.";
    private const string OutcomeName = "outcome.";
    private const string KeptName = "kept.";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Puts the weights of a finished fit in their place.</summary>
    /// <returns>How it went; null where the fit is not finished.</returns>
    public TrainingOutcome? Finished()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (place.Finished() is not { } state)
        {
            return null;
        }

        foreach (var (name, parameter) in parameters)
        {
            parameter.copy_(state.Tensors[FinalName + name]);
        }

        return WithSteps(JsonSerializer.Deserialize<TrainingOutcome>(state.Json, Format)!, state.Tensors);
    }

    /// <summary>Writes the result: the parameters as they are now.</summary>
    public void Finish(TrainingOutcome outcome)
    {
        using var scope = NewDisposeScope();
        var tensors = StepsOf(outcome);
        foreach (var (name, parameter) in parameters)
        {
            tensors[FinalName + name] = parameter.detach();
        }

        place.Finish(new StageState(Json(outcome), tensors));
    }

    /// <summary>Reads the newest checkpoint.</summary>
    /// <returns>Where the fit stands; its tensors belong to the caller's dispose scope. Null where there is none.</returns>
    public (FitState State, IReadOnlyDictionary<string, Tensor> Tensors)? Checkpoint()
    {
        if (place.Checkpoint() is not { } stored)
        {
            return null;
        }

        var state = JsonSerializer.Deserialize<FitState>(stored.Json, Format)!;
        return (state with { Kept = state.Kept is null ? null : WithSteps(state.Kept, stored.Tensors) }, stored.Tensors);
    }

    /// <summary>Counts a step, and says whether it is time for a checkpoint.</summary>
    public bool IsDue() => place.IsDue();

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="rate">Which learning rate is tried.</param>
    /// <param name="progress">Where its fit stands.</param>
    /// <param name="kept">What the rates before it gave; null before the second.</param>
    /// <param name="best">The weights that go with it.</param>
    public void Save(int rate, RateProgress progress, TrainingOutcome? kept, WeightSnapshot best)
    {
        using var scope = NewDisposeScope();
        var (state, tensors) = progress.Capture();
        if (kept is not null)
        {
            best.Capture(KeptName, tensors);
            foreach (var (name, tensor) in StepsOf(kept))
            {
                tensors[name] = tensor;
            }
        }

        place.Save(new StageState(JsonSerializer.Serialize(new FitState(rate, state, kept is null ? null : WithoutSteps(kept)), Format), tensors));
    }

    /// <summary>Puts the weights that earlier rates gave back where they are kept.</summary>
    public static void RestoreKept(WeightSnapshot best, IReadOnlyDictionary<string, Tensor> tensors) => best.Load(KeptName, tensors);

    private static string Json(TrainingOutcome outcome) => JsonSerializer.Serialize(WithoutSteps(outcome), Format);

    private static TrainingOutcome WithoutSteps(TrainingOutcome outcome) => outcome with { StepLosses = [], GradientNorms = [] };

    private static TrainingOutcome WithSteps(TrainingOutcome outcome, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var (losses, norms) = StepNumbers.FromTensors(OutcomeName, tensors);
        return outcome with { StepLosses = losses, GradientNorms = norms };
    }

    private Dictionary<string, Tensor> StepsOf(TrainingOutcome outcome) => StepNumbers.ToTensors(OutcomeName, outcome.StepLosses, outcome.GradientNorms, count);
}

/// <summary>Where a fit stands, beside its tensors.</summary>
/// <param name="Rate">Which learning rate is tried.</param>
/// <param name="Progress">Where its fit stands.</param>
/// <param name="Kept">What the rates before it gave; null before the second.</param>
internal sealed record FitState(int Rate, RateState Progress, TrainingOutcome? Kept);
