namespace Dmoerm.Evaluation.Benchmarks;

/// <summary>One question of a benchmark: conversations that deserve a higher reward than others.</summary>
/// <typeparam name="T">What stands for a conversation: itself (<see cref="ScoreRequest"/>), or a model's reward of it.</typeparam>
public sealed record BenchmarkItem<T>
{
    /// <summary>The row's own id, or <c>file:line</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The benchmark's name for the part of its data that the item is of; null where it has none.</summary>
    public string? Subset { get; init; }

    /// <summary>Which of a benchmark's separate counts the item is for, where it has several: <c>C_ins</c> or <c>C_res</c>, <c>pairwise</c> or <c>best_of_n</c>; empty elsewhere.</summary>
    public string Part { get; init; } = "";

    /// <summary>The better ones, in the row's order. Of a label tie, one of the two.</summary>
    public required IReadOnlyList<T> Right { get; init; }

    /// <summary>The others, in the row's order.</summary>
    public required IReadOnlyList<T> Wrong { get; init; }

    /// <summary>In the row, the better ones stand before the others; only rules that treat places differently look at it.</summary>
    public bool RightFirst { get; init; } = true;

    /// <summary>People preferred neither: the item says nothing about a model.</summary>
    public bool IsLabelTie { get; init; }

    /// <summary>Where the row stands, for error messages: <c>file, line n</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The same item with something else in the place of each conversation.</summary>
    /// <param name="turn">From one to the other.</param>
    public BenchmarkItem<TOther> Map<TOther>(Func<T, TOther> turn) => new()
    {
        Id = Id,
        Subset = Subset,
        Part = Part,
        Right = [.. Right.Select(turn)],
        Wrong = [.. Wrong.Select(turn)],
        RightFirst = RightFirst,
        IsLabelTie = IsLabelTie,
        Origin = Origin,
    };
}
