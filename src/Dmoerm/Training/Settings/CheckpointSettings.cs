namespace Dmoerm.Training.Settings;

/// <summary>How often a fit in progress is kept on disk, so that a run that was stopped or killed goes on from there. Nothing of it changes what comes out.</summary>
public sealed record CheckpointSettings
{
    /// <summary>A checkpoint is written after so many seconds since the last one.</summary>
    public double EverySeconds { get; init; } = 60;

    /// <summary>And after so many steps since the last one; null leaves it to the seconds.</summary>
    public int? EverySteps { get; init; }

    /// <summary>The newest checkpoints of a fit that are kept: one to go on from, and those before it in case its file is damaged.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Keep what the stages of a run gave once its model is whole; false deletes it.</summary>
    public bool KeepStages { get; init; }
}
