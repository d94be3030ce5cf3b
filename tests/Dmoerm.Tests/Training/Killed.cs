namespace Dmoerm.Tests.Training;

/// <summary>Plays the death of the process: from a chosen change of the disk on, every change fails, clean-up too, as if nobody were there to make it.</summary>
/// <param name="kills">From a change, with its moment and path, to whether the process dies there.</param>
internal sealed class Killed(Func<DurableFile.Moment, string, bool> kills) : IDisposable
{
    private bool _dead;

    /// <summary>Runs work until it ends or dies.</summary>
    /// <param name="work">The work.</param>
    /// <param name="kills">Where it dies.</param>
    /// <param name="cut">Of a file that is written but not named yet, half reached the disk.</param>
    /// <returns>Whether it died.</returns>
    public static bool Run(Action work, Func<DurableFile.Moment, string, bool> kills, bool cut = false)
    {
        using var killed = new Killed(kills) { Cuts = cut };
        DurableFile.Watch = killed.Reach;
        try
        {
            work();
            return false;
        }
        catch (DeathException)
        {
            return true;
        }
    }

    private bool Cuts { get; init; }

    public void Dispose() => DurableFile.Watch = null;

    private void Reach(DurableFile.Moment moment, string path)
    {
        if (!_dead && kills(moment, path))
        {
            _dead = true;
            if (Cuts && moment == DurableFile.Moment.Written && File.Exists(path))
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.SetLength(file.Length / 2);
            }
        }

        if (_dead)
        {
            throw new DeathException();
        }
    }

    private sealed class DeathException : Exception;
}
