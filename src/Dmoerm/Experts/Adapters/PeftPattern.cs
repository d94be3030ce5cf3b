using System.Globalization;
using System.Text.RegularExpressions;

namespace Dmoerm.Experts.Adapters;

/// <summary>A regular expression of an adapter's settings, and the field that it stands in.</summary>
/// <remarks>It comes with somebody else's file: one that takes too long is refused.</remarks>
public sealed class PeftPattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _origin;
    private readonly Lazy<Regex> _ends;
    private readonly Lazy<Regex> _layer;
    private readonly Regex _whole;

    /// <param name="text">As the file has it, in Python's language.</param>
    /// <param name="origin">File and field, for error messages.</param>
    /// <exception cref="ArgumentException">The text is no regular expression.</exception>
    public PeftPattern(string text, string origin)
    {
        (Text, _origin) = (text, origin);
        // Alone first: within others a bracket too many could find its partner.
        Make(text);
        _whole = Make($@"\A(?:{text})\z");
        _ends = new(() => Make($@"\A(?:.*\.)?(?:{text})\z"));
        _layer = new(() => Make($@"\A.*\.(?:{text})\.(?<layer>\d+)\."));
    }

    /// <summary>The pattern.</summary>
    public string Text { get; }

    /// <summary>A whole path matches.</summary>
    /// <exception cref="InvalidDataException">The pattern takes too long.</exception>
    public bool Covers(string module) => Match(_whole, module).Success;

    /// <summary>A path, or its end after a dot, matches.</summary>
    /// <exception cref="InvalidDataException">The pattern takes too long.</exception>
    public bool Ends(string module) => Match(_ends.Value, module).Success;

    /// <summary>The number between dots that follows a match inside a path; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The pattern takes too long.</exception>
    public int? LayerIn(string module) =>
        Match(_layer.Value, module) is { Success: true } match && int.TryParse(match.Groups["layer"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) ? layer : null;

    private Match Match(Regex regex, string module)
    {
        try
        {
            return regex.Match(module);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new InvalidDataException($"{_origin}: the pattern {Text} takes too long on {module}: expected one that is tried in a second.", error);
        }
    }

    // Python names its groups with a P.
    private static Regex Make(string pattern) => new(pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.CultureInvariant, Patience);
}
