using System.Diagnostics;
using System.Text.Json.Nodes;
using Dmoerm.Tests.Training;
using Dmoerm.Training.Starts;

namespace Dmoerm.Tests.Cli;

/// <summary><c>train</c> as a process that is killed outright (SIGKILL) five times in a row, with as many threads as the machine gives.</summary>
public sealed class TrainKilledTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly string _folder = TestFolders.Temporary();

    private string Run => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Train_KilledFiveTimes_WritesTheModelOfAnUndisturbedRun()
    {
        var recipe = new PlantedFiles(_folder).Write(prompts: 14, recipe =>
        {
            recipe["checkpoints"] = new JsonObject { ["everySteps"] = 2 };
            recipe["categories"]!.AsObject().Remove("advice");
            foreach (var phase in new[] { "base", "experts" })
            {
                recipe[phase]!["training"]!["batch"]!["responses"] = 8;
            }
        });
        var calm = Path.Combine(_folder, "calm");
        var undisturbed = DmoermProcess.Run("", "train", recipe, "--out", calm).WaitAsync(Limit, TestContext.Current.CancellationToken);

        await KillWhen(recipe, () => Exists("cache", "states.bin"));
        await KillWhen(recipe, () => Exists(Path.Combine("stages", "story", "fold 1 of 2", "base"), "checkpoint-00000002-*"));
        await KillWhen(recipe, () => Exists(Path.Combine("stages", "story", "all folds", "experts"), "checkpoint-*"));
        await KillWhen(recipe, () => Exists(Path.Combine("stages", "fact", "fold 2 of 2"), "finished-*"));
        await KillWhen(recipe, () => Exists("model.partial", "*"));

        var (code, _, error) = await DmoermProcess.Run("", "train", recipe, "--out", Run);
        Assert.True(code == 0, error);
        Assert.Equal(0, (await undisturbed).Code);
        var files = Directory.GetFiles(Path.Combine(calm, "model"), "*", SearchOption.AllDirectories);
        Assert.Equal(files.Length, Directory.GetFiles(Path.Combine(Run, "model"), "*", SearchOption.AllDirectories).Length);
        Assert.All(files, path => Assert.True(File.ReadAllBytes(path).SequenceEqual(File.ReadAllBytes(Path.Combine(Run, "model", Path.GetRelativePath(Path.Combine(calm, "model"), path)))), path));
    }

    [Fact]
    public async Task Train_SecondProcessOnOneFolder_IsRefused()
    {
        var recipe = new PlantedFiles(_folder).Write(prompts: 14);
        using var taken = RunLock.Take(Run);
        var (code, _, error) = await DmoermProcess.Run("", "train", recipe, "--out", Run);
        Assert.Equal(1, code);
        Assert.Contains($"error: {Run} is in use by another process", error, StringComparison.Ordinal);
    }

    private async Task KillWhen(string recipe, Func<bool> isTime)
    {
        using var process = DmoermProcess.Start("train", recipe, "--out", Run);
        await Until(process, isTime);
        Assert.False(process.HasExited, "The process was not killed in time.");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(Path.Combine(Run, "model")));
    }

    private static async Task Until(Process process, Func<bool> isTime)
    {
        var waited = Stopwatch.StartNew();
        while (!isTime() && !process.HasExited && waited.Elapsed < Limit)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private bool Exists(string folder, string pattern)
    {
        var path = Path.Combine(Run, folder);
        try
        {
            return Directory.Exists(path) && Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Any();
        }
        catch (IOException)
        {
            // The process changes the folder while it is looked at.
            return false;
        }
    }
}
