using Dmoerm.Training.Starts;

namespace Dmoerm.Tests.Cli;

public sealed class CleanCommandTests : IDisposable
{
    private readonly string _folder = TestFolders.Temporary();
    private readonly CapturedStreams _streams = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Clean_Run_DeletesCachesAndStagesAndCountsBytes()
    {
        Write("recipe.json", 3);
        Write("cache/a/states.bin", 1000);
        Write("stages/story/base/finished-0.safetensors", 234);
        Write("model/dmoerm.json", 5);
        Assert.Equal(0, _streams.Run("clean", _folder));
        Assert.Equal($"{_folder}: 1,234 bytes freed.\n", _streams.Out);
        Assert.Equal(["model", "recipe.json"], Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, _streams.Run("clean", _folder));
        Assert.Equal($"{_folder}: 0 bytes freed.\n", _streams.Out);
    }

    [Fact]
    public void Clean_RunWithoutAModel_SaysThatItStartsAnew()
    {
        Write("recipe.json", 3);
        Assert.Equal(0, _streams.Run("clean", _folder));
        Assert.Contains("no model yet: train starts it anew", _streams.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_FolderThatIsNoRun_IsLeftAsItIs()
    {
        Write("cache/precious.txt", 7);
        Assert.Equal(1, _streams.Run("clean", _folder));
        Assert.Contains("is no run: expected a folder with recipe.json", _streams.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder, "cache", "precious.txt")));
        Assert.Equal(1, _streams.Run("clean", Path.Combine(_folder, "none")));
        Assert.False(Directory.Exists(Path.Combine(_folder, "none")));
    }

    [Fact]
    public void Clean_RunInUse_IsRefused()
    {
        Write("recipe.json", 3);
        Write("stages/a/b", 1);
        using var taken = RunLock.Take(_folder);
        Assert.Equal(1, _streams.Run("clean", _folder));
        Assert.Contains("in use by another process", _streams.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(_folder, "stages")));
    }

    private void Write(string name, int bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[bytes]);
    }
}
