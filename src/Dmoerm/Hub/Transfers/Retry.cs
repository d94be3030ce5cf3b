using System.Globalization;

namespace Dmoerm.Hub.Transfers;

/// <summary>Tries again what may pass: with a wait that doubles, or for as long as the server asks.</summary>
/// <param name="settings">How often, and how long.</param>
/// <param name="warn">Told in a sentence what is tried again.</param>
/// <param name="cancellation">Ends the waits.</param>
internal sealed class Retry(HubSettings settings, Action<string>? warn, CancellationToken cancellation)
{
    /// <summary>Works until an attempt succeeds.</summary>
    /// <param name="attempt">One attempt.</param>
    /// <param name="progress">A number that grows with what is won: an attempt that made it grow does not count as failed.</param>
    /// <exception cref="IOException">As many attempts failed in a row as may, or the server asks for too long a wait.</exception>
    public async Task<T> Run<T>(Func<Task<T>> attempt, Func<long>? progress = null)
    {
        for (var failed = 0; ;)
        {
            var before = progress?.Invoke() ?? 0;
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (PassingFault fault)
            {
                failed = (progress?.Invoke() ?? 0) > before ? 1 : failed + 1;
                await WaitFor(fault, failed).ConfigureAwait(false);
            }
        }
    }

    private async Task WaitFor(PassingFault fault, int failed)
    {
        if (failed >= settings.Attempts)
        {
            throw new IOException($"{fault.Message} {failed} attempts failed.", fault);
        }

        var wait = fault.Wait ?? settings.FirstWait * Math.Pow(2, failed - 1);
        if (wait > settings.LongestWait)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{fault.Message} The server asks for a wait of {wait.TotalSeconds:0} seconds: try again then."), fault);
        }

        warn?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{fault.Message} Trying again in {wait.TotalSeconds:0.#} s."));
        await Task.Delay(wait, cancellation).ConfigureAwait(false);
    }
}
