namespace Dmoerm.Hub.Store;

/// <summary>Keeps two processes from downloading one file at the same time, this library's and Python's alike.</summary>
/// <remarks>
/// A file that is opened without sharing is held by flock on Unix, as Python's filelock holds it, and the system lets go of it when a process ends, however it ends. The file stays:
/// deleting it would let a third process lock another file of its name.
/// </remarks>
internal sealed class BlobLock : IDisposable
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = 32;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.1);

    private readonly FileStream _file;

    private BlobLock(FileStream file) => _file = file;

    /// <summary>Waits until the lock is free, and takes it.</summary>
    /// <param name="path">The lock's file; its folder is made.</param>
    /// <param name="waiting">Told once if there is something to wait for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<BlobLock> Take(string path, Action waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var first = true; ; first = false)
        {
            try
            {
                return new BlobLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException error) when ((error.HResult & 0xFFFF) is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
            {
                if (first)
                {
                    waiting();
                }
            }

            await Task.Delay(Interval, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
