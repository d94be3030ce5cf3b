using System.IO.Compression;
using Dmoerm.Cli.Terminal;

namespace Dmoerm.Tests.Cli;

public sealed class OutputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dmoerm-").FullName;

    [Fact]
    public void Complete_GivesTheNameAndReplacesTheOlderFile()
    {
        var path = Path.Combine(_folder, "out.jsonl");
        File.WriteAllText(path, "older");
        using (var file = new OutputFile(path))
        {
            file.Writer.WriteLine("newer");
            file.Writer.Flush();
            Assert.Equal("older", File.ReadAllText(path));
            Assert.Equal("newer\n", File.ReadAllText(path + ".partial"));
            file.Complete();
        }

        Assert.Equal("newer\n", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_Incomplete_LeavesNothingUnlessWorthKeeping(bool keep)
    {
        var path = Path.Combine(_folder, "out.jsonl");
        using (var file = new OutputFile(path) { KeepPartial = keep })
        {
            file.Writer.Write("half");
        }

        Assert.False(File.Exists(path));
        Assert.Equal(keep, File.Exists(path + ".partial") && File.ReadAllText(path + ".partial") == "half");
    }

    [Fact]
    public void Complete_GzipName_IsCompressed()
    {
        var path = Path.Combine(_folder, "out.jsonl.gz");
        using (var file = new OutputFile(path))
        {
            file.Writer.Write("text");
            file.Complete();
        }

        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        Assert.Equal("text", reader.ReadToEnd());
    }

    [Fact]
    public void Open_PathIsAFolder_IsAnError() => Assert.Throws<IOException>(() => new OutputFile(_folder));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
