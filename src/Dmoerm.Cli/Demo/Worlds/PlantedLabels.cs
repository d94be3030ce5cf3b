using Dmoerm.Data;

namespace Dmoerm.Cli.Demo.Worlds;

/// <summary>Compares planted responses, truly or with noise. Ties are left out.</summary>
internal sealed class PlantedLabels(WorldSettings settings, Random random)
{
    /// <summary>Comparisons as people would give them: some name the worse response. Scores are not shown.</summary>
    /// <param name="taste">What is good.</param>
    /// <param name="responses">The responses to one prompt.</param>
    /// <param name="preferences">Also compare overall, not only by capability.</param>
    public LabelledResponses Noisy(CategoryTaste taste, IReadOnlyList<PlantedResponse> responses, bool preferences)
    {
        var comparisons = Compare(taste, responses)
            .Where(comparison => preferences || comparison.Capability is not null)
            .Select(comparison => Flip(comparison, comparison.Capability is null ? settings.FlippedPreferences : settings.FlippedCapabilities));
        return new LabelledResponses([.. responses.Select(response => Response.FromText(response.Text))], [.. comparisons]);
    }

    /// <summary>All true comparisons and the scores that they come from.</summary>
    public static LabelledResponses Gold(CategoryTaste taste, IReadOnlyList<PlantedResponse> responses)
    {
        var scored = responses.Select(response => Response.FromText(response.Text) with
        {
            Score = taste.Gold(response.Traits),
            Capabilities = taste.Capabilities.ToDictionary(capability => capability.Name, capability => capability.Score(response.Traits)),
        });
        return new LabelledResponses([.. scored], [.. Compare(taste, responses)]);
    }

    private static IEnumerable<Comparison> Compare(CategoryTaste taste, IReadOnlyList<PlantedResponse> responses)
    {
        IEnumerable<(string? Name, Func<TraitCounts, double> Score)> judges =
            [(null, taste.Gold), .. taste.Capabilities.Select(capability => ((string?)capability.Name, (Func<TraitCounts, double>)capability.Score))];
        foreach (var (name, score) in judges)
        {
            for (var i = 0; i < responses.Count; i++)
            {
                for (var j = i + 1; j < responses.Count; j++)
                {
                    var difference = score(responses[i].Traits) - score(responses[j].Traits);
                    if (difference != 0)
                    {
                        yield return difference > 0 ? new Comparison(i, j, 1, name) : new Comparison(j, i, 1, name);
                    }
                }
            }
        }
    }

    private Comparison Flip(Comparison comparison, double share) =>
        random.NextDouble() < share ? comparison with { I = comparison.J, J = comparison.I } : comparison;
}

/// <summary>The responses to one prompt with the comparisons between them.</summary>
internal sealed record LabelledResponses(IReadOnlyList<Response> Responses, IReadOnlyList<Comparison> Comparisons);
