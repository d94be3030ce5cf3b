using System.Text;
using Dmoerm.Hub;

namespace Dmoerm.Tests.Hub;

public sealed class HubOfflineTests : IDisposable
{
    private const string Commit = "bbc77c8132af1cc5cf678da3f1ddf2de43606d48";

    private readonly HubFolder _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Cache_AsTheHubDocumentsIt_IsUsedWithoutARequest()
    {
        Lay("models--org--name", ("config.json", "{}"), ("model.safetensors", "weights"), ("pytorch_model.bin", "pickle"));

        var byBranch = Offline("org/name");
        var byCommit = Offline($"org/name@{Commit}");

        Assert.Equal(Path.Combine(_hub.Repository, "snapshots", Commit), byBranch.Folder);
        Assert.Equal(byBranch.Paths, byCommit.Paths);
        Assert.Equal(["config.json", "model.safetensors"], byBranch.Source.Files.Select(file => file.Path));
        Assert.Equal(HubServer.GitId(Encoding.UTF8.GetBytes("{}")), byBranch.Source.Files[0].Hash);
        Assert.Empty(_hub.Server.Requests);
    }

    [Fact]
    public void Cache_WithoutLinks_IsUsedToo()
    {
        var folder = Path.Combine(_hub.Repository, "snapshots", Commit);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "model.safetensors"), "weights");

        // sha256sum of the seven letters.
        // printf weights | sha256sum
        Assert.Equal("9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c", Offline($"org/name@{Commit}").Source.Files[1].Hash);
    }

    [Fact]
    public void Cache_ThatLacksIt_IsSaid()
    {
        Assert.Contains("HF_HUB_OFFLINE", Assert.Throws<IOException>(() => Offline("org/name")).Message);

        Lay("models--org--name", ("config.json", "{}"));
        Assert.Contains("part of the repository only", Assert.Throws<InvalidDataException>(() => Offline("org/name")).Message);
        Assert.Contains("HF_HUB_OFFLINE", Assert.Throws<IOException>(() => Offline("org/name@v2")).Message);
        Assert.Empty(_hub.Server.Requests);
    }

    [Fact]
    public void Cache_OfOurOwn_KnowsWhatItLacks()
    {
        _hub.Server.With("config.json", "{}").With("model.safetensors", "weights");
        var model = _hub.Model();
        Assert.Equal(model.Paths, Offline("org/name").Paths);

        File.Delete(Path.Combine(model.Folder, "model.safetensors"));
        Assert.Contains("model.safetensors is not in the cache", Assert.Throws<IOException>(() => Offline("org/name")).Message);
    }

    [Fact]
    public void Shards_ThatAreNotAllThere_AreNoDataset()
    {
        Lay("datasets--org--name", ("data/train-00000-of-00002.parquet", "a"), ("data/test-00000-of-00001.parquet", "b"));

        Assert.Single(_hub.Data("org/name:test", settings => settings with { Offline = true }).Paths);
        Assert.Contains("1 of 2 files", Assert.Throws<InvalidDataException>(() => _hub.Data("org/name:train", settings => settings with { Offline = true })).Message);
    }

    // As Python's library lays it: bytes under their hash, a relative link from the snapshot, the commit in refs/main.
    private void Lay(string repository, params (string Name, string Content)[] files)
    {
        var folder = Path.Combine(_hub.Cache, repository);
        foreach (var (name, content) in files)
        {
            var hash = HubServer.GitId(Encoding.UTF8.GetBytes(content));
            var path = Path.Combine(folder, "snapshots", Commit, name);
            Directory.CreateDirectory(Path.Combine(folder, "blobs"));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(Path.Combine(folder, "blobs", hash), content);
            File.CreateSymbolicLink(path, $"{string.Concat(Enumerable.Repeat("../", name.Split('/').Length - 1))}../../blobs/{hash}");
        }

        Directory.CreateDirectory(Path.Combine(folder, "refs"));
        File.WriteAllText(Path.Combine(folder, "refs", "main"), Commit);
    }

    private HubSnapshot Offline(string name) => _hub.Model(name, settings => settings with { Offline = true });
}
