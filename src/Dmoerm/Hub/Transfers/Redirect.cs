namespace Dmoerm.Hub.Transfers;

/// <summary>Where an answer sends on to.</summary>
internal static class Redirect
{
    /// <summary>The address; null where the answer is no redirect.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="address">What was asked.</param>
    /// <param name="reference">The repository, for the sentence.</param>
    /// <exception cref="IOException">It is no address, or one without the encryption that the first had.</exception>
    public static Uri? Target(HttpResponseMessage response, Uri address, HubReference reference)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
        {
            return null;
        }

        if (!Uri.TryCreate(address, location, out var target))
        {
            throw new IOException($"{reference}: {address.Host} redirects to '{location}', which is no address.");
        }

        return target.Scheme == "https" || (target.Scheme == "http" && address.Scheme == "http")
            ? target
            : throw new IOException($"{reference}: {address.Host} redirects to {target.Scheme}://{target.Host}, which is less safe than where it was asked: refused.");
    }
}
