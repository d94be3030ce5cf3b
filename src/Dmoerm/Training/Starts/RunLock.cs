namespace Dmoerm.Training.Starts;

/// <summary>Keeps a second process out of a run's folder. The system lets go of it when the process ends, however it ends.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string Name = "lock";

    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = 32;
    private readonly FileStream _file;

    private RunLock(FileStream file)
    {
        _file = file;
    }

    /// <summary>Takes the folder, which is made where it is not there.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static RunLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            // Without sharing: on Unix that is flock's exclusive lock, which ends with the process.
            return new RunLock(new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None));
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new IOException($"{folder} is in use by another process: wait for its end, or choose another folder with --out.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_file.Name);
        _file.Dispose();
    }
}
