using System.Diagnostics;
using Dmoerm.Cli;

namespace Dmoerm.Benchmarks;

/// <summary><c>dmoerm train</c> as a process, and the models that it writes.</summary>
internal static class TrainProcess
{
    /// <summary>Starts a run.</summary>
    /// <param name="recipe">The recipe's path.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="before">A program, with its arguments, that runs it, such as strace; empty for none.</param>
    /// <param name="more">More arguments of train.</param>
    public static Process Start(string recipe, string run, string[]? before = null, string[]? more = null)
    {
        string[] line = [.. before ?? [], "dotnet", typeof(DmoermCommand).Assembly.Location, "train", recipe, "--out", run, .. more ?? []];
        return Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Waits for the end.</summary>
    public static (int Code, string Out, string Error) End(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="InvalidOperationException">The run failed.</exception>
    public static void Whole(string recipe, string run)
    {
        using var process = Start(recipe, run);
        var (code, _, error) = End(process);
        if (code != 0)
        {
            throw new InvalidOperationException($"train failed: {error}");
        }
    }

    /// <summary>The first file in which two models differ; null where they are equal byte for byte.</summary>
    public static string? Difference(string first, string second)
    {
        var (left, right) = (Path.Combine(first, "model"), Path.Combine(second, "model"));
        static string[] Names(string folder) => [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];
        return Names(left).Union(Names(right)).FirstOrDefault(name =>
            !File.Exists(Path.Combine(left, name)) || !File.Exists(Path.Combine(right, name)) || !File.ReadAllBytes(Path.Combine(left, name)).SequenceEqual(File.ReadAllBytes(Path.Combine(right, name))));
    }
}
