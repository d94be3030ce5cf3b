using System.Diagnostics;
using System.Text.Json;
using Dmoerm.Tests.Training;

namespace Dmoerm.Tests.Cli;

/// <summary><c>train</c> as a process: the debug recipe from a newcomer's command line, and what a run that is stopped leaves.</summary>
public sealed class TrainProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly string _folder = TestFolders.Temporary();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Train_DebugRecipe_WritesAModelAndSaysWhere()
    {
        var run = Path.Combine(_folder, "debug");
        var (code, output, error) = await DmoermProcess.Run("", "train", Path.Combine(TestFolders.Root, "recipes", "debug.json"), "--out", run);

        Assert.True(code == 0, error);
        Assert.StartsWith("Agreement with people in %, 95 % intervals (test):\n", output, StringComparison.Ordinal);
        Assert.Contains("\ncalibration before and after the temperature: ECE ", output, StringComparison.Ordinal);
        Assert.EndsWith($"The report lies in {Path.Combine(run, "report.html")}\nThe model lies in {Path.Combine(run, "model")}\n", output, StringComparison.Ordinal);
        Assert.All(new[] { "comparisons ", "longer response ", "linear head ", "one for all ", "one per category ", "DMoERM ", "DMoERM - linear head " }, row => Assert.Contains(output.Split('\n'), line => line.StartsWith(row, StringComparison.Ordinal)));
        Assert.Equal(["cache", "events", "metrics.jsonl", "model", "recipe.json", "report.html", "report.json", "run.json"], Directory.EnumerateFileSystemEntries(run).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(3 * 5, Directory.GetFiles(Path.Combine(run, "model", "experts"), "adapter_model.safetensors", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Train_StoppedThenKilled_GoesOnAndFinishes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Sends a signal.");
        var recipe = new PlantedFiles(_folder).Write(prompts: 14, TrainedRun.Shorten);
        var run = Path.Combine(_folder, "run");

        Assert.Equal((1, "error: stopped."), await Interrupt(recipe, run));
        Assert.False(Directory.Exists(Path.Combine(run, "model")) || Directory.Exists(Path.Combine(run, "model.partial")));

        await KillWhileItWrites(recipe, run);
        Assert.False(Directory.Exists(Path.Combine(run, "model")));

        var (code, output, error) = await DmoermProcess.Run("", "train", recipe, "--out", run, "--json");
        Assert.True(code == 0, error);
        Assert.Equal("planted", JsonElement.Parse(output).GetProperty("name").GetString());
        Assert.False(Directory.Exists(Path.Combine(run, "model.partial")));
        RewardModel.Load(Path.Combine(run, "model")).Dispose();
    }

    private static async Task<(int Code, string LastLine)> Interrupt(string recipe, string run)
    {
        using var process = DmoermProcess.Start("train", recipe, "--out", run);
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync().WaitAsync(Limit);
        }
        while (line?.Contains("(recognised)", StringComparison.Ordinal) == true); // how the files were read
        Assert.StartsWith("trunk states: ", line, StringComparison.Ordinal);
        DmoermProcess.Interrupt(process);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, error.TrimEnd().Split('\n')[^1]);
    }

    // The evaluation starts when the model's files are written and ends before the folder gets its name.
    private static async Task KillWhileItWrites(string recipe, string run)
    {
        using var process = DmoermProcess.Start("train", recipe, "--out", run);
        var partial = Path.Combine(run, "model.partial");
        var waited = Stopwatch.StartNew();
        while (!Directory.Exists(partial) && !process.HasExited && waited.Elapsed < Limit)
        {
            await Task.Delay(1);
        }

        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Limit);
        Assert.True(Directory.Exists(partial), "The process was not killed in time.");
    }
}
