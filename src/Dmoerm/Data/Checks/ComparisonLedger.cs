namespace Dmoerm.Data.Checks;

/// <summary>What was said of each pair and each response, so that what is said twice, or otherwise, is seen.</summary>
internal sealed class ComparisonLedger(PlaceNames places)
{
    private readonly Dictionary<UInt128, (Place Place, sbyte Direction)> _pairs = [];
    private readonly Dictionary<UInt128, (Place Place, float Score)> _scores = [];

    /// <summary>Comparisons that say the opposite of an earlier one.</summary>
    public Occurrences Contradictions { get; } = new();

    /// <summary>Comparisons that repeat an earlier one.</summary>
    public Occurrences Duplicates { get; } = new();

    /// <summary>Responses that have another score elsewhere.</summary>
    public Occurrences OtherScores { get; } = new();

    /// <summary>Takes a row.</summary>
    /// <param name="example">With stated comparisons only: those of scores follow from the scores.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="prompt">The prompt's key.</param>
    /// <param name="texts">The responses' keys.</param>
    public void Add(PreferenceExample example, Place place, UInt128 prompt, UInt128[] texts)
    {
        foreach (var comparison in example.Comparisons.Where(comparison => comparison.P != 0.5))
        {
            AddPair(comparison, place, prompt, texts[comparison.I], texts[comparison.J]);
        }

        for (var i = 0; i < texts.Length; i++)
        {
            if (example.Responses[i].Score is { } score)
            {
                AddScore((float)score, place, TextKeys.Of(prompt, texts[i]));
            }
        }
    }

    private void AddPair(Comparison comparison, Place place, UInt128 prompt, UInt128 first, UInt128 second)
    {
        if (first == second)
        {
            return;
        }

        var inOrder = first < second;
        var subject = comparison.Capability is { } name ? TextKeys.Of(name) : UInt128.Zero;
        var key = TextKeys.Of(prompt, inOrder ? first : second, inOrder ? second : first, subject);
        var direction = (sbyte)(comparison.P > 0.5 == inOrder ? 1 : -1);
        if (!_pairs.TryGetValue(key, out var known))
        {
            _pairs.Add(key, (place, direction));
            return;
        }

        (known.Direction == direction ? Duplicates : Contradictions).Add(() => places.Name(known.Place, place));
    }

    private void AddScore(float score, Place place, UInt128 key)
    {
        if (!_scores.TryGetValue(key, out var known))
        {
            _scores.Add(key, (place, score));
        }
        else if (known.Score != score)
        {
            OtherScores.Add(() => known.Place == place ? places.Name(place) : places.Name(known.Place, place));
        }
    }
}
