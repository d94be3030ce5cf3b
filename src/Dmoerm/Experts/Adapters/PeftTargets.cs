using System.Text.RegularExpressions;

namespace Dmoerm.Experts.Adapters;

/// <summary>Which modules of a model an adapter changes: names, or one regular expression over whole paths.</summary>
/// <remarks>Source: the rules that stand with the shared reference adapters.</remarks>
public sealed class PeftTargets
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Names of projections are tried over and over: a file's patterns are few.
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>The names; null where <see cref="Pattern"/> says.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>A regular expression that must match a whole path; <c>all-linear</c> for every projection.</summary>
    public string? Pattern { get; init; }

    /// <summary>Names or one pattern (a list of one that <see cref="ExcludesByPattern"/>) of modules that are left out.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary><see cref="Excluded"/> holds one regular expression over whole paths.</summary>
    public bool ExcludesByPattern { get; init; }

    /// <summary>Of modules found by name, those of these layers alone; null or empty for all layers.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Where in a path the number of the layer stands; empty for the first number between two dots.</summary>
    public IReadOnlyList<string> LayerPatterns { get; init; } = [];

    /// <summary>The module is changed.</summary>
    /// <param name="module">Its path in the classifier.</param>
    /// <exception cref="InvalidDataException">A pattern is none, or takes too long.</exception>
    public bool Contains(string module)
    {
        if (!_known.TryGetValue(module, out var contains))
        {
            _known[module] = contains = !IsExcluded(module) && IsNamed(module);
        }

        return contains;
    }

    /// <summary>The path, or its end after a dot, matches a pattern.</summary>
    internal static bool EndsWith(string module, string pattern) => Matches(module, $@"\A(?:.*\.)?(?:{pattern})\z");

    private bool IsExcluded(string module) => ExcludesByPattern ? Matches(module, $@"\A(?:{Excluded[0]})\z") : HasName(module, Excluded);

    private bool IsNamed(string module)
    {
        if (Names is null)
        {
            return Pattern == "all-linear" ? module.EndsWith("_proj", StringComparison.Ordinal) : Matches(module, $@"\A(?:{Pattern})\z");
        }

        // A whole path is taken at its word, whatever layers are asked for.
        return Names.Contains(module, StringComparer.Ordinal) || (HasName(module, Names) && IsInLayers(module));
    }

    private bool IsInLayers(string module)
    {
        if (Layers is not { Count: > 0 })
        {
            return true;
        }

        string[] patterns = LayerPatterns.Count == 0 ? [@"[^.]*"] : [.. LayerPatterns];
        return patterns.Select(pattern => Match(module, $@"\A.*\.(?:{pattern})\.(?<layer>\d+)\.")).FirstOrDefault(match => match.Success) is { } found
            && int.TryParse(found.Groups["layer"].ValueSpan, out var layer) && Layers.Contains(layer);
    }

    private static bool HasName(string module, IReadOnlyList<string> names) => names.Any(name => module == name || module.EndsWith("." + name, StringComparison.Ordinal));

    private static bool Matches(string module, string pattern) => Match(module, pattern).Success;

    private static Match Match(string module, string pattern)
    {
        try
        {
            // Python names its groups with a P.
            return Regex.Match(module, pattern.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.CultureInvariant, Patience);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new InvalidDataException($"The pattern {pattern} takes too long on {module}: expected one that is tried in a second.", error);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{pattern} is not a regular expression: {error.Message}", error);
        }
    }
}
