namespace Dmoerm.Evaluation;

/// <summary>Two responses that people compared, with what a model and the length rule say of them.</summary>
public sealed record JudgedComparison
{
    /// <summary>Id of the example that both responses answer.</summary>
    public required string Id { get; init; }

    /// <summary>The row's own category, whatever the router chose; null when it has none.</summary>
    public string? Category { get; init; }

    /// <summary>The capability that people compared; null for the overall preference.</summary>
    public string? Capability { get; init; }

    /// <summary>Index of the first response in its example.</summary>
    public required int I { get; init; }

    /// <summary>Index of the second response.</summary>
    public required int J { get; init; }

    /// <summary>Probability in [0, 1] that I is better; above one half the label is I, below it J, one half is a tie.</summary>
    public required double P { get; init; }

    /// <summary>The model's reward of I. Only its difference to <see cref="RewardJ"/> counts.</summary>
    public required double RewardI { get; init; }

    /// <summary>The model's reward of J.</summary>
    public required double RewardJ { get; init; }

    /// <summary>The aggregator's own output for I: what probabilities and output files read.</summary>
    public double RawI { get; init; }

    /// <summary>The aggregator's own output for J.</summary>
    public double RawJ { get; init; }

    /// <summary>T of the category that scored, in P(i better than j) = sigmoid((raw_i - raw_j) / T); null where two categories are mixed, which have no common one.</summary>
    public double? Temperature { get; init; } = 1;

    /// <summary>Length of I in Unicode code points.</summary>
    public required int LengthI { get; init; }

    /// <summary>Length of J in Unicode code points.</summary>
    public required int LengthJ { get; init; }

    /// <summary>Key of I's unit: what resampling draws.</summary>
    public required string UnitI { get; init; }

    /// <summary>Key of J's unit; the same as I's unless the units are texts.</summary>
    public required string UnitJ { get; init; }

    /// <summary>People preferred neither: the comparison says nothing about agreement.</summary>
    public bool IsLabelTie => P == 0.5;

    /// <summary>1 when the model prefers the response that people prefer, 0 when the other, one half when it rewards both equally; null for a label tie.</summary>
    public double? Right => IsLabelTie ? null : RewardI == RewardJ ? 0.5 : (P > 0.5) == (RewardI > RewardJ) ? 1 : 0;

    /// <summary>The same comparison judged by the longer-response rule: rewards are lengths.</summary>
    public JudgedComparison ByLength() => this with { RewardI = LengthI, RewardJ = LengthJ, RawI = LengthI, RawJ = LengthJ };

    /// <summary>Length of a text as the longer-response rule counts it.</summary>
    /// <param name="text">A response's text.</param>
    /// <returns>Number of Unicode code points; an unpaired surrogate counts as one.</returns>
    public static int CodePoints(string text)
    {
        var count = text.Length;
        for (var k = 1; k < text.Length; k++)
        {
            if (char.IsSurrogatePair(text[k - 1], text[k]))
            {
                count--;
            }
        }

        return count;
    }
}
