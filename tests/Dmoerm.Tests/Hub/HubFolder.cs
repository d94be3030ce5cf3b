using Dmoerm.Hub;

namespace Dmoerm.Tests.Hub;

/// <summary>A server with a cache of its own, and a client that does not wait long.</summary>
internal sealed class HubFolder : IDisposable
{
    public HubServer Server { get; } = new();

    public string Cache { get; } = TestFolders.Temporary();

    public List<string> Warnings { get; } = [];

    public List<HubProgress> Steps { get; } = [];

    public HubSettings Settings => new() { Endpoint = Server.Endpoint, Cache = Cache, FirstWait = TimeSpan.FromMilliseconds(1), Silence = TimeSpan.FromSeconds(10) };

    /// <summary>The repository's folder in the cache.</summary>
    public string Repository => Path.Combine(Cache, "models--org--name");

    public string Snapshot => Path.Combine(Repository, "snapshots", HubServer.Commit);

    public HubDownload Download(Func<HubSettings, HubSettings>? change = null) => new(change?.Invoke(Settings) ?? Settings)
    {
        Warn = Warnings.Add,
        Progress = Steps.Add,
    };

    public HubSnapshot Model(string name = "org/name", Func<HubSettings, HubSettings>? change = null) => Download(change).Get(HubReference.Model(name)!);

    public HubSnapshot Data(string name = "org/name", Func<HubSettings, HubSettings>? change = null) => Download(change).Get(HubReference.Data(name)!);

    /// <summary>The bytes in the cache that are not whole.</summary>
    public string[] Partial() => Directory.Exists(Path.Combine(Repository, "blobs")) ? Directory.GetFiles(Path.Combine(Repository, "blobs"), "*.incomplete") : [];

    public void Dispose()
    {
        Server.Dispose();
        Directory.Delete(Cache, recursive: true);
    }
}
