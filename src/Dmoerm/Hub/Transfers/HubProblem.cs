using System.Globalization;
using System.Net;

namespace Dmoerm.Hub.Transfers;

/// <summary>What a server's refusal means, in a sentence.</summary>
internal static class HubProblem
{
    /// <summary>The exception for an answer that is no success.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="reference">What was asked for.</param>
    /// <param name="file">A file of it; null for the repository's listing.</param>
    /// <param name="settings">Where it was asked for.</param>
    public static Exception Of(HttpResponseMessage response, HubReference reference, string? file, HubSettings settings)
    {
        var status = (int)response.StatusCode;
        var code = response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : "";
        var what = file is null ? $"{reference}" : $"{reference}, file {file}";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new UnauthorizedAccessException($"{what}: {Refused(status, code, reference, settings)}"),
            HttpStatusCode.NotFound => new IOException($"{what}: {Missing(code, reference, file, settings)}"),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                new PassingFault($"{what}: {settings.Endpoint} answers {status} ({Name(response)}).") { Wait = WaitOf(response) },
            _ => new IOException($"{what}: {settings.Endpoint} answers {status} ({Name(response)}), which was not expected."),
        };
    }

    private static string Refused(int status, string code, HubReference reference, HubSettings settings)
    {
        var page = $"{settings.Endpoint}/{(reference.Kind == HubKind.Dataset ? "datasets/" : "")}{reference.Id}";
        var token = settings.Token is null ? "set HF_TOKEN to a token of an account that may read it" : "the token that is set (HF_TOKEN, or the token file) does not open it";
        return code == "GatedRepo"
            ? $"gated ({status}): accept its licence on {page}, and {(settings.Token is null ? "set HF_TOKEN to a token of that account" : "use that account's token: the one that is set does not open it")}."
            : $"{settings.Endpoint} refuses it ({status}): it does not exist, or it is private or gated. Check the name; {token}; where it has a licence, accept it on {page}.";
    }

    private static string Missing(string code, HubReference reference, string? file, HubSettings settings) => code switch
    {
        "RevisionNotFound" => $"{settings.Endpoint} has no revision '{reference.Wanted}' of it (404).",
        _ when file is not null => $"{settings.Endpoint} has no such file at this revision (404).",
        _ => $"neither a local {(reference.Kind == HubKind.Model ? "folder" : "file")}, nor {(reference.Kind == HubKind.Model ? "a model" : "a dataset")} of {settings.Endpoint} (404).",
    };

    private static TimeSpan? WaitOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - TimeProvider.System.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private static string Name(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => "too many requests",
        var status => string.Create(CultureInfo.InvariantCulture, $"{status}"),
    };
}
