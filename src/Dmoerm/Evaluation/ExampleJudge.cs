using Dmoerm.Data;

namespace Dmoerm.Evaluation;

/// <summary>One example's comparisons beside the model's scores.</summary>
/// <param name="example">The example.</param>
/// <param name="own">Its category if the model knows it, else null.</param>
/// <param name="scores">The scores of all conversations.</param>
/// <param name="conversations">The conversation's number of each response; -1 where no comparison uses it.</param>
/// <param name="units">The unit of each response.</param>
/// <param name="temperatures">T of each of the model's categories.</param>
internal sealed class ExampleJudge(
    PreferenceExample example, string? own, ConversationScores scores, int[] conversations, IReadOnlyList<string> units, IReadOnlyDictionary<string, double> temperatures)
{
    /// <summary>Overall comparisons by the model as it is used.</summary>
    public IEnumerable<JudgedComparison> Overall() =>
        example.Comparisons.Where(comparison => comparison.Capability is null).Select(comparison => Judge(comparison, scores.Routed));

    /// <summary>Overall comparisons by the own category's model; none where the model does not know it.</summary>
    public IEnumerable<JudgedComparison> GivenCategory() =>
        own is null ? [] : example.Comparisons.Where(comparison => comparison.Capability is null).Select(comparison => Judge(comparison, k => scores.Given(k, own)));

    /// <summary>Comparisons of capabilities by the own category's experts; those without an expert say nothing of the model.</summary>
    public IEnumerable<JudgedComparison> Capabilities()
    {
        foreach (var comparison in own is null ? [] : example.Comparisons.Where(comparison => comparison.Capability is not null))
        {
            if (Expert(comparison.I, comparison.Capability!) is { } i && Expert(comparison.J, comparison.Capability!) is { } j)
            {
                yield return Judge(comparison, k => scores.Given(k, own!)) with { RewardI = i, RewardJ = j, RawI = i, RawJ = j };
            }
        }
    }

    /// <summary>The router's choice for the prompt; null where there is nothing to compare it with.</summary>
    public (string Prompt, string Own, string Chosen)? Route()
    {
        var scored = conversations.FirstOrDefault(conversation => conversation >= 0, -1);
        if (own is null || scored < 0)
        {
            return null;
        }

        var choice = scores.Routed(scored).Route.MaxBy(category => category.Value).Key;
        return (own + ConversationScores.Key(example.Prompt, []), own, choice);
    }

    private double? Expert(int response, string capability) =>
        scores.Given(conversations[response], own!).Capabilities is { } known && known.TryGetValue(capability, out var score) ? score.Reward : null;

    private JudgedComparison Judge(Comparison comparison, Func<int, ScoredResponse> score)
    {
        var (i, j) = (score(conversations[comparison.I]), score(conversations[comparison.J]));
        return new JudgedComparison
        {
            Id = example.Id,
            Category = example.Category,
            Capability = comparison.Capability,
            I = comparison.I,
            J = comparison.J,
            P = comparison.P,
            RewardI = i.Reward,
            RewardJ = j.Reward,
            RawI = i.Raw,
            RawJ = j.Raw,
            // Both answer one prompt, so the same category has scored them.
            Temperature = i.Fallback == true || j.Fallback == true || i.Category is null ? null : temperatures[i.Category],
            LengthI = JudgedComparison.CodePoints(example.Responses[comparison.I].Text),
            LengthJ = JudgedComparison.CodePoints(example.Responses[comparison.J].Text),
            UnitI = units[comparison.I],
            UnitJ = units[comparison.J],
        };
    }
}
