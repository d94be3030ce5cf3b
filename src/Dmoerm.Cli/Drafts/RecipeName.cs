using Dmoerm.Cli.Terminal;

namespace Dmoerm.Cli.Drafts;

/// <summary>Names as recipes allow them: letters, digits, blanks, '_', '-' and '.', no dot or blank at the ends.</summary>
internal static class RecipeName
{
    // Endings of data files, taken off from behind until none is left.
    private static readonly string[] Endings = [".gz", ".jsonl", ".json", ".ndjson", ".parquet", ".csv", ".tsv"];

    /// <summary>The name of a file without endings, cleaned.</summary>
    public static string OfFile(string path)
    {
        var name = Path.GetFileName(path);
        while (Array.Find(Endings, ending => name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } ending)
        {
            name = name[..^ending.Length];
        }

        return Clean(name);
    }

    /// <summary>Any text as a name: what is not allowed becomes '-'.</summary>
    public static string Clean(string text)
    {
        string letters = string.Concat(text.Trim().Select(letter => char.IsLetterOrDigit(letter) || " _-.".Contains(letter, StringComparison.Ordinal) ? letter : '-'));
        var name = letters.Trim('.', ' ');
        return name.Length > 0 ? name : "data";
    }

    /// <summary>A name that the user gave.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static string Check(string name) =>
        name.Length > 0 && Clean(name) == name ? name : throw new UsageException($"--name: expected letters, digits, blanks, '_', '-' and '.', came '{name}'.");
}
