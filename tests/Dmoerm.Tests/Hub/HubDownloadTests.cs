using System.Text;
using Dmoerm.Hub;

namespace Dmoerm.Tests.Hub;

public sealed class HubDownloadTests : IDisposable
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 300_000).Select(number => (byte)(number * 7 % 251))];

    private readonly HubFolder _hub = new();

    public HubDownloadTests() => _hub.Server.With("config.json", """{"model_type": "llama"}""").With("tokenizer.json", "{}").With("README.md", "")
        .With("model.safetensors", Weights).With("pytorch_model.bin", "pickle").With("onnx/model.safetensors", "no").With(".gitattributes", "x");

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Model_OfTheHub_IsInTheCacheAsPythonKeepsIt(bool describes)
    {
        _hub.Server.Describes = describes;

        var model = _hub.Model();

        Assert.Equal(_hub.Snapshot, model.Folder);
        Assert.Equal(["README.md", "config.json", "model.safetensors", "tokenizer.json"], Directory.GetFiles(model.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(Weights, File.ReadAllBytes(Path.Combine(model.Folder, "model.safetensors")));
        Assert.Equal($"../../blobs/{HubServer.HashOf(Weights)}", new FileInfo(Path.Combine(model.Folder, "model.safetensors")).LinkTarget);
        var config = Encoding.UTF8.GetBytes("""{"model_type": "llama"}""");
        Assert.Equal($"../../blobs/{HubServer.GitId(config)}", new FileInfo(Path.Combine(model.Folder, "config.json")).LinkTarget);
        Assert.Equal(HubServer.Commit, File.ReadAllText(Path.Combine(_hub.Repository, "refs", "main")));
        Assert.Equal(HubServer.Commit, model.Source.Commit);
        Assert.Equal(HubServer.HashOf(Weights), model.Source.Files.Single(file => file.Path == "model.safetensors").Hash);
        Assert.Empty(_hub.Partial());
        Assert.Equal(_hub.Steps[^1].Total, _hub.Steps[^1].Done);
        Assert.Equal(3, _hub.Server.Requests.Count(request => request.StartsWith("GET /org/name/resolve/", StringComparison.Ordinal)));
        Assert.Equal(describes ? 0 : 4, _hub.Server.Requests.Count(request => request.StartsWith("HEAD", StringComparison.Ordinal)));
    }

    [Fact]
    public void Model_InTheCache_CostsOneRequest()
    {
        _hub.Model();
        _hub.Server.Requests.Clear();

        _hub.Model();

        Assert.Equal([$"GET /api/models/org/name/revision/main?blobs=true"], _hub.Server.Requests);
    }

    [Fact]
    public void Source_OfTheCache_CostsNone()
    {
        var before = _hub.Model("org/name@main");
        _hub.Server.Requests.Clear();

        var again = _hub.Download().Get(before.Source);

        Assert.Equal(before.Paths, again.Paths);
        Assert.Empty(_hub.Server.Requests);
        File.Delete(again.Paths[0]);
        Assert.Equal(before.Source, _hub.Download().Get(before.Source).Source);
        Assert.True(File.Exists(again.Paths[0]));
        Assert.Contains($"GET /api/models/org/name/revision/{HubServer.Commit}?blobs=true", _hub.Server.Requests);
    }

    [Fact]
    public void Connection_ThatBreaks_IsGoneOnWith()
    {
        _hub.Server.With("config.json", "{}");
        foreach (var bytes in (int[])[0, 1, 1, 1, 100_000, 50_000])
        {
            _hub.Server.Breaks.Enqueue(bytes);
        }

        var model = _hub.Model();

        Assert.Equal(Weights, File.ReadAllBytes(Path.Combine(model.Folder, "model.safetensors")));
        Assert.Contains(_hub.Server.Requests, request => request.StartsWith("GET store", StringComparison.Ordinal) && request.Contains("bytes=", StringComparison.Ordinal));
        Assert.Contains(_hub.Warnings, warning => warning.Contains("Trying again", StringComparison.Ordinal));
    }

    [Fact]
    public void Partial_OfAnEarlierRun_IsGoneOnWith_AlsoWhereTheServerKnowsNoRanges()
    {
        foreach (var ignores in (bool[])[false, true])
        {
            _hub.Server.IgnoresRanges = ignores;
            Directory.CreateDirectory(Path.Combine(_hub.Repository, "blobs"));
            File.WriteAllBytes(Path.Combine(_hub.Repository, "blobs", HubServer.HashOf(Weights) + ".incomplete"), Weights[..1000]);
            _hub.Server.Requests.Clear();

            var model = _hub.Model();

            Assert.Equal(Weights, File.ReadAllBytes(Path.Combine(model.Folder, "model.safetensors")));
            Assert.Contains("GET store/model.safetensors bytes=1000-", _hub.Server.Requests);
            Directory.Delete(_hub.Repository, recursive: true);
        }
    }

    [Fact]
    public void Bytes_ThatAreWrong_AreDeletedAndNamed()
    {
        var changed = (byte[])Weights.Clone();
        changed[1234] ^= 1;
        _hub.Server.Before = context =>
        {
            if (context.Request.HttpMethod == "GET" && context.Request.RawUrl!.EndsWith("model.safetensors", StringComparison.Ordinal))
            {
                context.Response.ContentLength64 = changed.Length;
                context.Response.OutputStream.Write(changed);
                context.Response.Close();
                return true;
            }

            return false;
        };

        var error = Assert.Throws<InvalidDataException>(() => _hub.Model());

        Assert.Contains("org/name, file model.safetensors", error.Message);
        Assert.Contains(HubServer.HashOf(Weights), error.Message);
        Assert.Empty(_hub.Partial());
        Assert.False(File.Exists(Path.Combine(_hub.Repository, "blobs", HubServer.HashOf(Weights))));
        Assert.False(File.Exists(Path.Combine(_hub.Repository, "refs", "main")));
        _hub.Server.Before = null;
        Assert.Equal(Weights, File.ReadAllBytes(_hub.Model().Paths.Single(path => path.EndsWith("model.safetensors", StringComparison.Ordinal))));
    }

    [Fact]
    public void Partial_WithWrongBytes_IsThrownAwayAndDownloadedAgain()
    {
        Directory.CreateDirectory(Path.Combine(_hub.Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(_hub.Repository, "blobs", HubServer.HashOf(Weights) + ".incomplete"), new byte[500]);

        Assert.Equal(Weights, File.ReadAllBytes(Path.Combine(_hub.Model().Folder, "model.safetensors")));
        Assert.Contains(_hub.Warnings, warning => warning.Contains("are not the file's", StringComparison.Ordinal));
    }

    [Fact]
    public void MoreBytes_ThanTheFileHas_AreNotTaken()
    {
        var sent = 0L;
        _hub.Server.Before = context =>
        {
            if (!context.Request.RawUrl!.EndsWith("config.json", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.SendChunked = true;
            try
            {
                for (; sent < 1 << 26; sent += 1 << 16)
                {
                    context.Response.OutputStream.Write(new byte[1 << 16]);
                }
            }
            finally
            {
                context.Response.Abort();
            }

            return true;
        };

        Assert.Throws<InvalidDataException>(() => _hub.Model());
        Assert.InRange(sent, 0, (1 << 26) - 1);
        Assert.Empty(_hub.Partial());
    }

    [Fact]
    public void Token_GoesToTheHubAlone()
    {
        _hub.Model("org/name", settings => settings with { Token = new HubToken("hf_secret", "test") });

        Assert.Contains(_hub.Server.Tokens, request => request.Store);
        Assert.All(_hub.Server.Tokens, request => Assert.Equal(request.Store ? null : "Bearer hf_secret", request.Token));
    }

    [Fact]
    public async Task Cancel_KeepsThePart()
    {
        using var stop = new CancellationTokenSource();
        var hub = new HubDownload(_hub.Settings)
        {
            Progress = step =>
            {
                if (step.File == "model.safetensors")
                {
                    stop.Cancel();
                }
            },
            Cancellation = stop.Token,
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.GetAsync(HubReference.Model("org/name")!));

        var partial = Assert.Single(_hub.Partial());
        var kept = await File.ReadAllBytesAsync(partial, TestContext.Current.CancellationToken);
        Assert.NotEmpty(kept);
        Assert.Equal(Weights[..kept.Length], kept);
        Assert.Equal(Weights, File.ReadAllBytes(Path.Combine(_hub.Model().Folder, "model.safetensors")));
    }

    [Fact]
    public async Task SecondProcess_WaitsForTheFirst()
    {
        var locks = Path.Combine(_hub.Cache, ".locks", "models--org--name");
        Directory.CreateDirectory(locks);
        var held = new FileStream(Path.Combine(locks, HubServer.HashOf(Weights) + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var waiting = new TaskCompletionSource();
        var hub = new HubDownload(_hub.Settings) { Warn = _ => waiting.TrySetResult() };

        var download = Task.Run(() => hub.Get(HubReference.Model("org/name")!), TestContext.Current.CancellationToken);
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(_hub.Server.Requests, request => request.StartsWith("GET store", StringComparison.Ordinal));
        // What the first process has brought meanwhile is used.
        File.WriteAllBytes(Path.Combine(_hub.Repository, "blobs", HubServer.HashOf(Weights)), Weights);
        await held.DisposeAsync();
        var model = await download;

        Assert.DoesNotContain(_hub.Server.Requests, request => request.StartsWith("GET store", StringComparison.Ordinal));
        Assert.Equal(Weights, await File.ReadAllBytesAsync(Path.Combine(model.Folder, "model.safetensors"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Disk_WithoutRoom_IsSaidBeforeAnythingIsDownloaded()
    {
        var error = Assert.Throws<IOException>(() => _hub.Model("org/name", settings => settings with { FreeBytes = _ => 1000 }));

        Assert.Contains("0.3 MB", error.Message);
        Assert.DoesNotContain(_hub.Server.Requests, request => request.Contains("/resolve/", StringComparison.Ordinal));
    }
}
