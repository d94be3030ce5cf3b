namespace Dmoerm.Data.Texts;

/// <summary>The known name that a misspelt one most likely means.</summary>
internal static class NearestName
{
    /// <summary>The name at the smallest edit distance, case apart; the first of equals; null when there is none to choose from.</summary>
    public static string? Of(string name, IEnumerable<string> known) => known.MinBy(candidate => Distance(name, candidate));

    /// <summary>Levenshtein distance of two names, ignoring case.</summary>
    public static int Distance(string first, string second)
    {
        var previous = Enumerable.Range(0, second.Length + 1).ToArray();
        var current = new int[second.Length + 1];
        for (var i = 1; i <= first.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var changed = char.ToLowerInvariant(first[i - 1]) == char.ToLowerInvariant(second[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + changed);
            }

            (previous, current) = (current, previous);
        }

        return previous[second.Length];
    }
}
