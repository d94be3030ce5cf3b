using System.Globalization;

namespace Dmoerm.Training.Estimates;

/// <summary>How much memory this process can have at all.</summary>
internal static class MachineMemory
{
    private const string MemoryList = "/proc/meminfo";

    /// <summary>Bytes of the machine, or of the container where that has a lower limit.</summary>
    public static long Total()
    {
        var machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (File.Exists(MemoryList) && File.ReadLines(MemoryList).FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal)) is { } line)
        {
            machine = 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }

        // Control groups of Linux, version 2 and 1; "max" is no number and no limit.
        foreach (var path in (string[])["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"])
        {
            if (File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0)
            {
                machine = machine > 0 ? Math.Min(machine, limit) : limit;
            }
        }

        return machine > 0 ? machine : long.MaxValue;
    }
}
