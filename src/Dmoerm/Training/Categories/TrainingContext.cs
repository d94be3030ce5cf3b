using Dmoerm.Backbones;
using Dmoerm.Training.Settings;
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

    /// <summary>Ends the run between steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Measures stages.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Reports a stage's steps.</summary>
    public Action<double, double> Reporting(string stage) =>
        (share, loss) => Progress?.Invoke(new StageProgress(stage, share, double.IsNaN(loss) ? null : FormattableString.Invariant($"loss {loss:0.000}")));
}
