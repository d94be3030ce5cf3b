namespace Dmoerm.Hub.Transfers;

/// <summary>A failure that another attempt may not meet: a broken connection, a server that is busy.</summary>
internal sealed class PassingFault(string sentence, Exception? inner = null) : IOException(sentence, inner)
{
    /// <summary>The wait that the server asks for; null where it asks for none.</summary>
    public TimeSpan? Wait { get; init; }
}
