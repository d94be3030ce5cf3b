namespace Dmoerm.Training.Settings;

/// <summary>What one step holds: set <see cref="Responses"/> or <see cref="Comparisons"/>, not both.</summary>
public sealed record BatchSettings
{
    /// <summary>Whole prompts up to so many responses; a larger prompt is cut anew each epoch. Null with <see cref="Comparisons"/>.</summary>
    public int? Responses { get; init; }

    /// <summary>So many compared pairs, as TRL counts a batch.</summary>
    public int? Comparisons { get; init; }

    /// <summary>Each comparison counts its weight divided by its prompt's number of comparisons in the step: the paper's mean per prompt. False is TRL's mean over pairs.</summary>
    public bool WeighPrompts { get; init; } = true;

    /// <summary>So many batches make one step, each batch's mean counting alike; at the end of a pass a step may have fewer. For batches that memory does not hold at once.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Weights of the categories that one model for all draws its prompts from, by name; null draws every prompt once a pass.</summary>
    public IReadOnlyDictionary<string, double>? Mix { get; init; }

    /// <summary>Responses that a batch holds at most.</summary>
    public int MostResponses() => Comparisons * 2 ?? Responses ?? DefaultResponses;

    /// <summary>Responses a step where neither is set.</summary>
    public const int DefaultResponses = 32;
}
