namespace Dmoerm.Data.Rows;

/// <summary>Rows of one prompt on their way to one example: equal texts become one response.</summary>
/// <remarks>
/// Texts are equal when their turns are, white space at the ends apart: no rater sees it. Scores are averaged, weighted by <see cref="Response.Ratings"/>,
/// which add up. Comparisons are re-indexed; one between equal texts is dropped.
/// </remarks>
internal sealed class PromptGroup(PreferenceExample first)
{
    private readonly Dictionary<string, int> _index = [];
    private readonly List<List<Response>> _equal = [];
    private readonly List<Comparison> _comparisons = [];
    private readonly Dictionary<string, string> _fields = new(first.Fields);

    /// <summary>Responses that met an equal one.</summary>
    public int Merged { get; private set; }

    /// <summary>Comparisons between equal texts.</summary>
    public int Dropped { get; private set; }

    /// <summary>Adds a row; a field stays only where all rows agree on it.</summary>
    public void Add(PreferenceExample row)
    {
        int[] place = [.. row.Responses.Select(Place)];
        foreach (var comparison in row.Comparisons)
        {
            var (i, j) = (place[comparison.I], place[comparison.J]);
            if (i == j)
            {
                Dropped++;
            }
            else
            {
                _comparisons.Add(comparison with { I = i, J = j });
            }
        }

        foreach (var name in _fields.Keys.Where(name => !row.Fields.TryGetValue(name, out var value) || value != _fields[name]).ToArray())
        {
            _fields.Remove(name);
        }
    }

    /// <summary>The example, with stated comparisons only.</summary>
    public PreferenceExample ToExample(string category) => first with
    {
        Category = category,
        Responses = [.. _equal.Select(Merge)],
        Comparisons = _comparisons,
        Fields = _fields,
    };

    /// <summary>What equal responses share: their turns, white space at the ends apart.</summary>
    public static string KeyOf(Response response) => string.Join('\u0001', response.Messages.Select(message => $"{message.Role}\u0002{message.Content.Trim()}{message.Mark}"));

    private int Place(Response response)
    {
        var key = KeyOf(response);
        if (_index.TryGetValue(key, out var place))
        {
            Merged++;
            _equal[place].Add(response);
            return place;
        }

        _index.Add(key, _equal.Count);
        _equal.Add([response]);
        return _equal.Count - 1;
    }

    private static Response Merge(List<Response> equal)
    {
        if (equal.Count == 1)
        {
            return equal[0];
        }

        string[] models = [.. equal.Select(response => response.Model).OfType<string>().Distinct()];
        var names = equal.SelectMany(response => response.Capabilities.Keys).Distinct();
        return equal[0] with
        {
            Model = models.Length > 0 ? string.Join(", ", models) : null,
            Score = Mean(equal, response => response.Score),
            Capabilities = names.ToDictionary(
                name => name,
                name => Mean(equal, response => response.Capabilities.TryGetValue(name, out var score) ? score : null)!.Value),
            Ratings = equal.Sum(response => response.Ratings),
        };
    }

    private static double? Mean(List<Response> equal, Func<Response, double?> score)
    {
        var rated = equal.FindAll(response => score(response) is not null);
        return rated.Count > 0 ? rated.Sum(response => score(response) * response.Ratings) / rated.Sum(response => response.Ratings) : null;
    }
}
