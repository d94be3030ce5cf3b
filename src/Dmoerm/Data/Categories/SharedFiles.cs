namespace Dmoerm.Data.Categories;

/// <summary>The files that several categories of a recipe list, and what becomes of their rows without a category: whose they are nobody said.</summary>
/// <remarks>A file that one category alone lists is no matter of this: its rows without a category are that category's.</remarks>
public sealed record SharedFiles
{
    private readonly Dictionary<string, string[]> _listers;
    private readonly Dictionary<string, string[]> _takers;

    /// <summary>Finds them.</summary>
    /// <param name="categories">The recipe's categories, with absolute paths.</param>
    /// <param name="rule">What becomes of the rows.</param>
    public SharedFiles(IReadOnlyDictionary<string, CategorySource> categories, UncategorisedRule rule)
    {
        Rule = rule;
        string[] Names(string file, Func<CategorySource, IEnumerable<string>> files) => [.. categories.Where(category => files(category.Value).Contains(file)).Select(category => category.Key)];
        static IEnumerable<string> All(CategorySource source) => source.Data.Concat(source.Test);
        string[] files = [.. categories.Values.SelectMany(All).Distinct()];
        _listers = files.ToDictionary(file => file, file => Names(file, All)).Where(file => file.Value.Length > 1).ToDictionary();
        _takers = _listers.Keys.ToDictionary(file => file, file => Names(file, source => source.Data));
    }

    /// <summary>What becomes of the rows.</summary>
    public UncategorisedRule Rule { get; init; }

    /// <summary>The same for test files: no figure may rest on what the router guessed.</summary>
    public SharedFiles ForTests() => this with { Rule = Rule == UncategorisedRule.Router ? UncategorisedRule.Drop : Rule };

    /// <summary>Several categories list the file, to learn from or to test.</summary>
    public bool Contains(string file) => _listers.ContainsKey(file);

    /// <summary>The categories that learn from a shared file: one of these gets the row.</summary>
    public IReadOnlyList<string> Takers(string file) => _takers[file];

    /// <summary>The error of a row that no rule covers.</summary>
    internal InvalidDataException Fault(string file, string origin) => new(
        $"{origin}: expected field 'category', because {_listers[file].Length} categories list this file ({string.Join(", ", _listers[file])}), came a row without one. Name its category, or say in the recipe what becomes of such rows: "
        + "\"assignUncategorised\": \"drop\" leaves them out, \"router\" lets the trained router choose, \"error\" (the default) stops here.");
}

/// <summary>What becomes of a row without a category in a file that several categories list.</summary>
public enum UncategorisedRule
{
    /// <summary>The first such row stops the run.</summary>
    Error,

    /// <summary>They are left out, and counted.</summary>
    Drop,

    /// <summary>The router, trained on the rows that have a category, chooses among those that list the file. In test files they are left out.</summary>
    Router,
}
