namespace Dmoerm.Experts.Adapters;

/// <summary>Which modules of a model an adapter changes: names, or one regular expression over whole paths.</summary>
/// <remarks>Source: the rules that stand with the shared reference adapters.</remarks>
public sealed class PeftTargets
{
    private static readonly PeftPattern AnyLayers = new("[^.]*", "any layers");

    // Names of projections are tried over and over: a file's patterns are few.
    private readonly Dictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>The names; null where <see cref="Pattern"/> says.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>A regular expression that must match a whole path; <c>all-linear</c> for every projection.</summary>
    public PeftPattern? Pattern { get; init; }

    /// <summary>Names of modules that are left out.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>A regular expression over whole paths of modules that are left out, in the place of <see cref="Excluded"/>.</summary>
    public PeftPattern? ExcludedPattern { get; init; }

    /// <summary>Of modules found by name, those of these layers alone; null or empty for all layers.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Where in a path the number of the layer stands; empty for the first number between two dots.</summary>
    public IReadOnlyList<PeftPattern> LayerPatterns { get; init; } = [];

    /// <summary>The module is changed.</summary>
    /// <param name="module">Its path in the classifier.</param>
    /// <exception cref="InvalidDataException">A pattern takes too long.</exception>
    public bool Contains(string module)
    {
        if (!_known.TryGetValue(module, out var contains))
        {
            _known[module] = contains = !IsExcluded(module) && IsNamed(module);
        }

        return contains;
    }

    private bool IsExcluded(string module) => ExcludedPattern?.Covers(module) ?? HasName(module, Excluded);

    private bool IsNamed(string module)
    {
        if (Names is null)
        {
            return Pattern!.Text == "all-linear" ? module.EndsWith("_proj", StringComparison.Ordinal) : Pattern.Covers(module);
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

        var layer = LayerPatterns.Count == 0 ? AnyLayers.LayerIn(module) : LayerPatterns.Select(pattern => pattern.LayerIn(module)).FirstOrDefault(found => found is not null);
        return layer is { } number && Layers.Contains(number);
    }

    private static bool HasName(string module, IReadOnlyList<string> names) => names.Any(name => module == name || module.EndsWith("." + name, StringComparison.Ordinal));
}
