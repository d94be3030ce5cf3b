using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Fitting;

/// <summary>The learning rate of each step.</summary>
/// <remarks>The rates of TRL's trainer, as its reference runs show them: step t of w warm-up steps has t / w of the peak, and the last step of a falling schedule still has a rate.</remarks>
/// <param name="settings">Warm-up and schedule.</param>
/// <param name="peak">The highest rate.</param>
/// <param name="totalSteps">Steps of the whole schedule.</param>
internal sealed class RateSchedule(PhaseSettings settings, double peak, int totalSteps)
{
    private readonly int _warmup = (int)Math.Ceiling(settings.WarmupSteps < 1 ? settings.WarmupSteps * totalSteps : settings.WarmupSteps);

    /// <summary>The rate of a step.</summary>
    /// <param name="step">Steps taken before.</param>
    public double At(int step)
    {
        if (step < _warmup)
        {
            return peak * step / _warmup;
        }

        var left = (double)(totalSteps - step) / Math.Max(1, totalSteps - _warmup);
        return settings.Schedule switch
        {
            ScheduleKind.Linear => peak * Math.Max(0, left),
            ScheduleKind.Cosine => peak * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, 1 - left))),
            _ => peak,
        };
    }
}
