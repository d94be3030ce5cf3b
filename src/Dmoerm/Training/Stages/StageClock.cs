namespace Dmoerm.Training.Stages;

/// <summary>Adds up how long each stage of a run takes.</summary>
/// <param name="time">The clock.</param>
internal sealed class StageClock(TimeProvider time)
{
    private readonly Dictionary<string, double> _seconds = [];

    /// <summary>Seconds of each stage, in the order of their first start.</summary>
    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    /// <summary>Runs a piece of a stage.</summary>
    public T Measure<T>(string stage, Func<T> work)
    {
        var started = time.GetTimestamp();
        var result = work();
        _seconds[stage] = _seconds.GetValueOrDefault(stage) + time.GetElapsedTime(started).TotalSeconds;
        return result;
    }
}
