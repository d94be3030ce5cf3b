using System.Globalization;
using System.Net;

namespace Dmoerm.Hub.Transfers;

/// <summary>Asks the hub: listings, what a file's bytes are checked by, the bytes.</summary>
/// <remarks>
/// Redirects are followed here and not by the handler, because large files lie on other hosts, which must not see the token, and because the headers that describe a file come
/// with the answer that redirects. Source: huggingface_hub, file_download.py (get_hf_file_metadata, http_get).
/// </remarks>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirects = 10;
    private const int MostBytesOfListing = 1 << 26;

    private readonly HubSettings _settings;
    private readonly Uri _endpoint;
    private readonly HttpClient _http;

    /// <param name="settings">Where the hub is, and who asks.</param>
    public HubClient(HubSettings settings)
    {
        (_settings, _endpoint) = (settings, new Uri(settings.Endpoint));
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = settings.Silence, UseProxy = !_endpoint.IsLoopback };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", $"dmoerm/{typeof(HubClient).Assembly.GetName().Version?.ToString(3)}");
        // A compressed answer would have another length and another tag.
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "identity");
    }

    /// <summary>Lists a repository's files at the wanted revision.</summary>
    /// <exception cref="IOException">There is none, or the server does not answer as it should.</exception>
    /// <exception cref="UnauthorizedAccessException">It is private or gated.</exception>
    public async Task<HubListing> List(HubReference reference, CancellationToken cancellation)
    {
        var kind = reference.Kind == HubKind.Model ? "models" : "datasets";
        var address = new Uri($"{_settings.Endpoint}/api/{kind}/{reference.Id}/revision/{Uri.EscapeDataString(reference.Wanted)}?blobs=true");
        var answer = await Send(HttpMethod.Get, address, from: 0, everywhere: false, reference, null, cancellation).ConfigureAwait(false);
        using var response = answer.Response;
        if (Redirect.Target(response, address, reference) is { } elsewhere)
        {
            throw new IOException($"{reference}: {_settings.Endpoint} redirects to {elsewhere.GetLeftPart(UriPartial.Authority)}: name the address that answers in HF_ENDPOINT.");
        }

        using var body = new MemoryStream();
        await Copy(response, body.Write, MostBytesOfListing, $"{reference}", cancellation).ConfigureAwait(false);
        return ListingJson.Read(body.ToArray(), reference, _settings.Endpoint);
    }

    /// <summary>Asks for the hash and the length of a file that its listing does not describe.</summary>
    public async Task<HubFile> Describe(HubReference reference, string commit, HubFile file, CancellationToken cancellation)
    {
        var answer = await Send(HttpMethod.Head, Address(reference, commit, file.Name), from: 0, everywhere: false, reference, file.Name, cancellation).ConfigureAwait(false);
        using var response = answer.Response;
        var tag = (answer.LinkedTag ?? Header(response, "ETag"))?.TrimStart('W', '/').Trim('"') ?? "";
        if (!BlobHash.IsOne(tag))
        {
            throw new IOException($"{reference}, file {file.Name}: {_settings.Endpoint} does not say the hash of its bytes (ETag '{tag}'), so they could not be checked: refused.");
        }

        var said = answer.LinkedBytes ?? ((int)response.StatusCode >= 300 ? null : response.Content.Headers.ContentLength);
        var length = HubFile.IsLength(said) ? said : null;
        return tag.Length == BlobHash.LargeLength ? file with { Sha256 = tag, Bytes = length } : file with { GitId = tag, Bytes = length };
    }

    /// <summary>Opens a file's bytes.</summary>
    /// <param name="reference">The repository.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="name">The file.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The answer, its body unread: 200 with all bytes, 206 with those from there on, or 416 where there are none.</returns>
    public async Task<HttpResponseMessage> Open(HubReference reference, string commit, string name, long from, CancellationToken cancellation) =>
        (await Send(HttpMethod.Get, Address(reference, commit, name), from, everywhere: true, reference, name, cancellation).ConfigureAwait(false)).Response;

    /// <summary>Reads an answer's body to its end.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="take">Takes the bytes as they come.</param>
    /// <param name="most">Stops after so many bytes.</param>
    /// <param name="what">What is read, for the sentence.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="PassingFault">The connection broke, or went silent.</exception>
    public async Task Copy(HttpResponseMessage response, TakeBytes take, long most, string what, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 17];
        using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        for (var left = most; left > 0;)
        {
            var read = await Guarded(silence => body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), silence).AsTask(), $"{what}: the connection broke off", cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                return;
            }

            take(buffer.AsSpan(0, read));
            left -= read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<Answer> Send(HttpMethod method, Uri address, long from, bool everywhere, HubReference reference, string? file, CancellationToken cancellation)
    {
        string? tag = null;
        long? bytes = null;
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var request = Request(method, address, from);
            var response = await Guarded(silence => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence), $"{reference}: {address.Host} cannot be reached (HF_HUB_OFFLINE=1 uses what the cache holds)", cancellation).ConfigureAwait(false);
            tag ??= Header(response, "X-Linked-ETag");
            bytes ??= long.TryParse(Header(response, "X-Linked-Size"), out var size) ? size : null;
            var target = Redirect.Target(response, address, reference);
            if (target is not null && (everywhere || IsHub(target)))
            {
                response.Dispose();
                address = target;
                continue;
            }

            // A description ends where the file's own host begins: that one knows nothing of the hub's hashes.
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || target is not null)
            {
                return new Answer(response, tag, bytes);
            }

            using (response)
            {
                throw HubProblem.Of(response, reference, file, _settings);
            }
        }

        throw new IOException($"{reference}: {_settings.Endpoint} redirects more than {MostRedirects} times.");
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address, long from)
    {
        var request = new HttpRequestMessage(method, address);
        if (from > 0)
        {
            request.Headers.TryAddWithoutValidation("Range", string.Create(CultureInfo.InvariantCulture, $"bytes={from}-"));
        }

        if (IsHub(address))
        {
            _settings.Token?.Authorize(request.Headers);
        }

        return request;
    }

    private bool IsHub(Uri address) => address.Scheme == _endpoint.Scheme && address.Host == _endpoint.Host && address.Port == _endpoint.Port;

    // Whatever a network does becomes a fault that may pass; what the user stops stays stopped.
    private async Task<T> Guarded<T>(Func<CancellationToken, Task<T>> work, string sentence, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(_settings.Silence);
        try
        {
            return await work(silence.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new PassingFault($"{sentence}: nothing came for {_settings.Silence.TotalSeconds:0} seconds.", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new PassingFault($"{sentence}: {error.Message.TrimEnd('.')}.", error);
        }
    }

    private Uri Address(HubReference reference, string commit, string name) =>
        new($"{_settings.Endpoint}/{(reference.Kind == HubKind.Dataset ? "datasets/" : "")}{reference.Id}/resolve/{commit}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <summary>Takes bytes.</summary>
    internal delegate void TakeBytes(ReadOnlySpan<byte> bytes);

    private readonly record struct Answer(HttpResponseMessage Response, string? LinkedTag, long? LinkedBytes);
}
