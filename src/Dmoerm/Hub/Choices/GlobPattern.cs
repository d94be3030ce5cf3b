using System.Text;
using System.Text.RegularExpressions;

namespace Dmoerm.Hub.Choices;

/// <summary>File patterns of dataset cards: <c>*</c> within a folder, <c>**</c> across folders, <c>?</c>, and <c>[...]</c>.</summary>
/// <remarks>Source: the rules stated in the datasets library, data_files.py (resolve_pattern); hidden files and folders that begin with two underscores must be named.</remarks>
internal sealed class GlobPattern
{
    // The engine's limit of steps is well above.
    private const int Longest = 500;

    private readonly string _pattern;
    private readonly Regex _regex;

    /// <param name="pattern">The pattern; <c>./</c> before it is taken off.</param>
    /// <exception cref="ArgumentException">It is too long, or has a range that runs backwards.</exception>
    public GlobPattern(string pattern)
    {
        _pattern = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        if (_pattern.Length > Longest)
        {
            throw new ArgumentException($"Expected at most {Longest} characters, came {_pattern.Length}.", nameof(pattern));
        }

        // Without backtracking: a card's pattern cannot make the match take long.
        _regex = new Regex(Translate(_pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>Whether a file's name fits.</summary>
    public bool Matches(string name) => _regex.IsMatch(name) && Special(name) == Special(_pattern);

    private static int Special(string path)
    {
        var parts = path.Split('/');
        return parts.Count(part => part.StartsWith('.')) + parts[..^1].Count(part => part.StartsWith("__", StringComparison.Ordinal));
    }

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder("^");
        for (var at = 0; at < pattern.Length;)
        {
            var rest = pattern.AsSpan(at);
            var close = rest.Length > 2 && rest[0] == '[' ? rest[2..].IndexOf(']') : -1;
            (string piece, int length) = rest switch
            {
                _ when rest.StartsWith("**/") => ("(?:.*/)?", 3),
                _ when rest.StartsWith("**") => (".*", 2),
                _ when rest[0] == '*' => ("[^/]*", 1),
                _ when rest[0] == '?' => ("[^/]", 1),
                _ when close >= 0 => (Class(rest[1..(close + 2)].ToString()), close + 3),
                _ => (Regex.Escape(rest[..1].ToString()), 1),
            };
            regex.Append(piece);
            at += length;
        }

        return regex.Append("\\z").ToString();
    }

    private static string Class(string inside)
    {
        var negated = inside.Length > 1 && inside[0] is '!' or '^';
        var letters = (negated ? inside[1..] : inside).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal);
        return $"[{(negated ? "^/" : "")}{(letters.StartsWith('^') ? @"\" : "")}{letters}]";
    }
}
