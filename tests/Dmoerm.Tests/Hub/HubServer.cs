using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Dmoerm.Tests.Hub;

/// <summary>A hub on this machine, with a second host for large files, that can be told to fail.</summary>
internal sealed class HubServer : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const int Large = 4096;

    private readonly HttpListener _hub;
    private readonly HttpListener _store;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly string _storeAddress;

    public HubServer()
    {
        (_hub, Endpoint) = Listen();
        (_store, _storeAddress) = Listen();
        _ = Serve(_hub, Answer);
        _ = Serve(_store, context => SendFile(context, _files[Uri.UnescapeDataString(context.Request.RawUrl![1..])]));
    }

    public string Endpoint { get; }

    /// <summary>What every revision is now.</summary>
    public string Head { get; set; } = Commit;

    /// <summary>Every request in order: method, path, and what stood in Range.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What stood in Authorization of requests to the hub, and of those to the store.</summary>
    public ConcurrentQueue<(bool Store, string? Token)> Tokens { get; } = new();

    /// <summary>Takes a request before it is answered; true where it has answered it.</summary>
    public Func<HttpListenerContext, bool>? Before { get; set; }

    /// <summary>Bytes of a file's body after which the connection breaks; one for each answer, then none.</summary>
    public ConcurrentQueue<int> Breaks { get; } = new();

    /// <summary>The listing gives hashes and lengths, as the hub does; false leaves clients to ask for each file.</summary>
    public bool Describes { get; set; } = true;

    /// <summary>Other names in the listing.</summary>
    public List<string> MoreNames { get; } = [];

    /// <summary>The server knows no ranges.</summary>
    public bool IgnoresRanges { get; set; }

    public HubServer With(string name, byte[] content)
    {
        _files[name] = content;
        return this;
    }

    public HubServer With(string name, string content) => With(name, Encoding.UTF8.GetBytes(content));

    public HubServer WithFolder(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            With(Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllBytes(path));
        }

        return this;
    }

    /// <summary>The file's name in the cache.</summary>
    public static string HashOf(byte[] content) => content.Length > Large ? Convert.ToHexStringLower(SHA256.HashData(content)) : GitId(content);

    /// <summary>git's name of a content: git hash-object.</summary>
#pragma warning disable CA5350 // git's own
    public static string GitId(byte[] content) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    /// <summary>Answers with a status.</summary>
    public static bool Refuse(HttpListenerContext context, int status, string? code = null, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        if (code is not null)
        {
            context.Response.Headers["X-Error-Code"] = code;
        }

        if (retryAfter is not null)
        {
            context.Response.Headers["Retry-After"] = retryAfter;
        }

        context.Response.Close();
        return true;
    }

    public void Dispose()
    {
        _hub.Close();
        _store.Close();
    }

    private static (HttpListener, string) Listen()
    {
        for (var tries = 0; ; tries++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
            probe.Stop();
            var listener = new HttpListener { Prefixes = { address + "/" } };
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (tries < 5)
            {
                // Somebody else took the port in between.
            }
        }
    }

    private async Task Serve(HttpListener listener, Action<HttpListenerContext> answer)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var range = context.Request.Headers["Range"];
            Requests.Enqueue($"{context.Request.HttpMethod} {(listener == _store ? "store" : "")}{context.Request.RawUrl}{(range is null ? "" : $" {range}")}");
            Tokens.Enqueue((listener == _store, context.Request.Headers["Authorization"]));
            try
            {
                answer(context);
            }
            catch (Exception error) when (error is HttpListenerException or IOException or InvalidOperationException)
            {
                context.Response.Abort();
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        if (Before?.Invoke(context) == true)
        {
            return;
        }

        var path = context.Request.RawUrl!.Split('?')[0];
        if (path.StartsWith("/api/", StringComparison.Ordinal))
        {
            var json = Encoding.UTF8.GetBytes(Listing(path));
            context.Response.ContentLength64 = json.Length;
            context.Response.OutputStream.Write(json);
            context.Response.Close();
            return;
        }

        var name = Uri.UnescapeDataString(path[(path.IndexOf($"/resolve/{Commit}/", StringComparison.Ordinal) + $"/resolve/{Commit}/".Length)..]);
        if (!_files.TryGetValue(name, out var content))
        {
            Refuse(context, 404, "EntryNotFound");
            return;
        }

        context.Response.Headers["X-Repo-Commit"] = Commit;
        if (content.Length > Large)
        {
            context.Response.StatusCode = 302;
            context.Response.Headers["X-Linked-ETag"] = $"\"{HashOf(content)}\"";
            context.Response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["Location"] = $"{_storeAddress}/{Uri.EscapeDataString(name)}";
            context.Response.Close();
            return;
        }

        context.Response.Headers["ETag"] = $"\"{HashOf(content)}\"";
        SendFile(context, content);
    }

    private string Listing(string path)
    {
        var siblings = _files.Select(file => (object)(
            !Describes ? new { rfilename = file.Key }
            : file.Value.Length > Large ? new { rfilename = file.Key, size = file.Value.Length, blobId = GitId([1]), lfs = new { sha256 = HashOf(file.Value), size = file.Value.Length, pointerSize = 130 } }
            : new { rfilename = file.Key, size = file.Value.Length, blobId = GitId(file.Value) })).Concat(MoreNames.Select(name => new { rfilename = name }));
        return JsonSerializer.Serialize(new { id = "org/name", sha = path.Contains(Commit, StringComparison.Ordinal) ? Commit : Head, siblings });
    }

    private void SendFile(HttpListenerContext context, byte[] content)
    {
        var start = 0;
        if (!IgnoresRanges && context.Request.Headers["Range"] is { } range)
        {
            start = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            if (start >= content.Length)
            {
                Refuse(context, 416);
                return;
            }

            context.Response.StatusCode = 206;
            context.Response.Headers["Content-Range"] = $"bytes {start}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength64 = content.Length - start;
        if (context.Request.HttpMethod == "HEAD")
        {
            context.Response.Close();
            return;
        }

        var end = Breaks.TryDequeue(out var bytes) ? Math.Min(content.Length, start + bytes) : content.Length;
        context.Response.OutputStream.Write(content, start, end - start);
        context.Response.OutputStream.Flush();
        if (end < content.Length)
        {
            context.Response.Abort();
            return;
        }

        context.Response.Close();
    }
}
