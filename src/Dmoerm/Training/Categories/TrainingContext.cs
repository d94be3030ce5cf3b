using Dmoerm.Backbones;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Categories;

/// <summary>What all stages of a run share.</summary>
public sealed record TrainingContext
{
    /// <summary>The recipe.</summary>
    public required TrainingRecipe Recipe { get; init; }

    /// <summary>The common backbone, unadapted.</summary>
    public required Backbone Backbone { get; init; }

    /// <summary>[1, D] the head that the backbone came with, where every base starts; null where it came without one or the recipe wants a new one.</summary>
    public Tensor? Head_1D { get; init; }

    /// <summary>Its states below the lowest adapter.</summary>
    public required Trunk Trunk { get; init; }

    /// <summary>Where the trunk's states are kept; null where they are computed anew.</summary>
    public TrunkCache? Cache { get; init; }

    /// <summary>Encodes examples, each response once.</summary>
    public required ExampleEncoder Encoder { get; init; }

    /// <summary>Told how far the run is.</summary>
    public Action<StageProgress>? Progress { get; init; }

    /// <summary>
    /// Told of each evaluation of a fit, with its place, such as <c>how_to/fold 1 of 2/base</c>. In a run that goes on after it was stopped,
    /// those of finished and started fits are told again, in the same order: whoever writes them down starts anew and gets the same.
    /// </summary>
    public Action<string, FitLook>? Looked { get; init; }

    /// <summary>Where stages are kept.</summary>
    public required StageFolder Stages { get; init; }

    /// <summary>Ends the run between steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Measures stages.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>A stage's place on disk.</summary>
    public StagePlace Place(string name) => Stages.Place(name);

    /// <summary>Passes a stage's evaluations on.</summary>
    public Action<FitLook> Looking(string place) => look => Looked?.Invoke(place, look);

    /// <summary>Computes something once in the life of a run; see <see cref="StageFolder.Once"/>.</summary>
    /// <param name="place">The stage.</param>
    /// <param name="compute">Gives a tensor of the caller's dispose scope.</param>
    public Tensor Once(string place, Func<Tensor> compute)
    {
        const string Name = "result";
        return Stages.Once(place, () => new Dictionary<string, Tensor> { [Name] = compute().contiguous() })[Name];
    }

    /// <summary>Reports a stage's steps.</summary>
    public Action<double, double> Reporting(string stage) =>
        (share, loss) => Progress?.Invoke(new StageProgress(stage, share, double.IsNaN(loss) ? null : FormattableString.Invariant($"loss {loss:0.000}")));
}
