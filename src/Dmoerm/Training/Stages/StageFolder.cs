using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Stages;

/// <summary>What the stages of a run have given so far, one folder a stage.</summary>
/// <remarks>
/// A run that was killed is simply run again: every stage is asked for in the same order, and one that is here already answers
/// from its file instead of computing. So a place's name says all that its result depends on within the run. Source: ours.
/// </remarks>
/// <param name="root">The folder of all stages.</param>
/// <param name="settings">How often a fit in progress is kept.</param>
/// <param name="clock">Measures the time between checkpoints.</param>
public sealed class StageFolder(string root, CheckpointSettings settings, TimeProvider clock)
{
    /// <summary>Told in a sentence of what was found damaged.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>A stage's place.</summary>
    /// <param name="name">Such as <c>how_to/fold 1 of 2/base</c>.</param>
    public StagePlace Place(string name) => new(Path.Combine([root, .. name.Split('/')]), settings, clock) { Warn = Warn };

    /// <summary>Computes something once in the life of a run.</summary>
    /// <param name="name">The stage's place.</param>
    /// <param name="compute">Gives named tensors; the caller's dispose scope owns them, and those that are read back.</param>
    public IReadOnlyDictionary<string, Tensor> Once(string name, Func<IReadOnlyDictionary<string, Tensor>> compute)
    {
        var place = Place(name);
        if (place.Finished() is { } known)
        {
            return known.Tensors;
        }

        var computed = compute();
        place.Finish(new StageState("", computed));
        return computed;
    }
}
