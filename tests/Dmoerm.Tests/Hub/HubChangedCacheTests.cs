using System.Text;

namespace Dmoerm.Tests.Hub;

/// <summary>Bytes in the cache that are not those of the hash that names them: cut by a full disk, edited in place, or laid there by another program.</summary>
public sealed class HubChangedCacheTests : IDisposable
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 5000).Select(number => (byte)number)];
    private static readonly byte[] Config = Encoding.UTF8.GetBytes("""{"rope_theta": 1}""");

    private readonly HubFolder _hub = new();

    public HubChangedCacheTests() => _hub.Server.With("config.json", Config).With("model.safetensors", Weights);

    private string Large => Path.Combine(_hub.Repository, "blobs", HubServer.HashOf(Weights));

    private string Small => Path.Combine(_hub.Repository, "blobs", HubServer.HashOf(Config));

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LargeFile_ThatIsCut_IsRefusedUntilItIsDeleted(bool offline)
    {
        _hub.Model();
        File.WriteAllBytes(Large, Weights[..4000]);

        var error = Assert.Throws<InvalidDataException>(() => _hub.Model("org/name", settings => settings with { Offline = offline }));

        Assert.StartsWith("org/name, file model.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Large} has 4000 bytes, expected 5000", error.Message);
        File.Delete(Large);
        Assert.Equal(Weights, File.ReadAllBytes(Path.Combine(_hub.Model().Folder, "model.safetensors")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SmallFile_ThatWasEdited_IsRefusedThoughItsLengthIsTheSame(bool offline)
    {
        var link = Path.Combine(_hub.Model().Folder, "config.json");
        File.WriteAllText(link, """{"rope_theta": 2}""");

        var error = Assert.Throws<InvalidDataException>(() => _hub.Model("org/name", settings => settings with { Offline = offline }));

        Assert.StartsWith("org/name, file config.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{Small} holds other bytes", error.Message);
        File.Delete(Small);
        Assert.Equal(Config, File.ReadAllBytes(Path.Combine(_hub.Model().Folder, "config.json")));
    }

    [Fact]
    public void Source_WithChangedBytes_IsNotTakenForTheSame()
    {
        var before = _hub.Model().Source;
        File.WriteAllBytes(Large, Weights[..4000]);
        Assert.Contains("4000 bytes", Assert.Throws<InvalidDataException>(() => _hub.Download().Get(before)).Message);

        File.WriteAllBytes(Large, Weights);
        Assert.Equal(before, _hub.Download().Get(before).Source);
        File.WriteAllText(Small, """{"rope_theta": 2}""");
        Assert.Contains("other bytes", Assert.Throws<InvalidDataException>(() => _hub.Download().Get(before)).Message);
    }

    [Fact]
    public void Bytes_ThatLieUnderTheHashAlready_AreCheckedToo()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Large)!);
        File.WriteAllText(Large, "of another program");

        Assert.Contains("has 18 bytes, expected 5000", Assert.Throws<InvalidDataException>(() => _hub.Model()).Message);
        Assert.False(File.Exists(Path.Combine(_hub.Repository, "refs", "main")));
    }
}
