using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Dmoerm.Benchmarks;

/// <summary>Compares what <c>--dry-run</c> says with the memory, disk and time that a run takes.</summary>
internal static class EstimateCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the experiment.</summary>
    public static int Of(string recipe)
    {
        var folder = Directory.CreateTempSubdirectory("dmoerm-estimate-").FullName;
        try
        {
            var run = Path.Combine(folder, "run");
            using var dry = TrainProcess.Start(recipe, run, more: ["--dry-run", "--json"]);
            var estimate = JsonElement.Parse(TrainProcess.End(dry).Out).GetProperty("estimate");
            using var process = TrainProcess.Start(recipe, run);
            var reading = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var (clock, memory, mapped, disk) = (Stopwatch.StartNew(), 0L, 0L, 0L);
            while (!process.WaitForExit(Interval))
            {
                (memory, mapped) = (Math.Max(memory, Status(process.Id, "RssAnon:")), Math.Max(mapped, Status(process.Id, "VmHWM:")));
                disk = Math.Max(disk, Size(run));
            }

            var seconds = clock.Elapsed.TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitCode}, {reading.Item2.Result.Split('\n').Length} lines of progress"));
            Line("memory GB", estimate.GetProperty("memoryBytes").GetDouble() / 1e9, memory / 1e9);
            Line("memory GB with mapped files", double.NaN, mapped / 1e9);
            Line("disk GB", estimate.GetProperty("diskBytes").GetDouble() / 1e9, disk / 1e9);
            Line("minutes", estimate.GetProperty("seconds").GetDouble() / 60, seconds / 60);
            return process.ExitCode;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Line(string what, double estimated, double measured) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: estimated {estimated:0.000}, measured {measured:0.000}, ratio {estimated / measured:0.00}"));

    private static long Status(int process, string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has just ended.
            return 0;
        }
    }

    // Files come and go while they are counted.
    private static long Size(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0) : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
