namespace Dmoerm.Training.Starts;

/// <summary>Computes with a given number of threads as long as it lives.</summary>
internal sealed class ThreadCount : IDisposable
{
    private readonly int _before = get_num_threads();

    /// <summary>Sets the number.</summary>
    public ThreadCount(int threads)
    {
        if (threads != _before)
        {
            set_num_threads(threads);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (get_num_threads() != _before)
        {
            set_num_threads(_before);
        }
    }
}
