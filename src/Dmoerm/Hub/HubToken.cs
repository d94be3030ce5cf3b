using System.Net.Http.Headers;

namespace Dmoerm.Hub;

/// <summary>A secret that opens private and gated repositories. It is put into requests and nowhere else: no text of this type shows it.</summary>
public sealed class HubToken
{
    private readonly string _value;

    /// <param name="value">The secret; blanks around it are taken off.</param>
    /// <param name="origin">Where it was read, for the error message.</param>
    /// <exception cref="InvalidDataException">It holds what cannot stand in a request. The message does not show it.</exception>
    public HubToken(string value, string origin)
    {
        _value = value.Trim();
        if (_value.Length == 0 || _value.Any(letter => letter is <= ' ' or > '~'))
        {
            throw new InvalidDataException($"{origin}: expected a token of visible ASCII characters, came something else (it is not shown here).");
        }
    }

    /// <summary>Says that there is one.</summary>
    public override string ToString() => "(a token, not shown)";

    internal void Authorize(HttpRequestHeaders headers) => headers.TryAddWithoutValidation("Authorization", $"Bearer {_value}");
}
