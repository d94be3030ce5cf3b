using Dmoerm.Evaluation;

namespace Dmoerm.Tests.Evaluation;

/// <summary>Judged comparisons made by hand or drawn from a seed.</summary>
internal static class Judgements
{
    /// <summary>One comparison in its own unit, unless told otherwise.</summary>
    public static JudgedComparison Of(double p, double i, double j, string id = "a", string? unitI = null, string? unitJ = null, string? category = "c") => new()
    {
        Id = id,
        Category = category,
        I = 0,
        J = 1,
        P = p,
        RewardI = i,
        RewardJ = j,
        LengthI = 3,
        LengthJ = 2,
        UnitI = unitI ?? id,
        UnitJ = unitJ ?? unitI ?? id,
    };

    /// <summary>Comparisons of a number of prompts with ties on both sides, four to a unit.</summary>
    public static List<JudgedComparison> Random(int count, int seed, string category = "c", int perUnit = 4)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(k =>
            Of(random.Next(5) / 4.0, random.Next(6), random.Next(6), $"{category}{k}", $"{category}{k / perUnit}", category: category) with { LengthI = random.Next(4), LengthJ = random.Next(4) })];
    }

    /// <summary>The same comparisons with their two responses exchanged.</summary>
    public static JudgedComparison Swap(JudgedComparison comparison) => comparison with
    {
        I = comparison.J,
        J = comparison.I,
        P = 1 - comparison.P,
        RewardI = comparison.RewardJ,
        RewardJ = comparison.RewardI,
        LengthI = comparison.LengthJ,
        LengthJ = comparison.LengthI,
        UnitI = comparison.UnitJ,
        UnitJ = comparison.UnitI,
    };

    /// <summary>The same comparisons judged by a model that rewards what this one punishes.</summary>
    public static JudgedComparison Reverse(JudgedComparison comparison) => comparison with { RewardI = -comparison.RewardI, RewardJ = -comparison.RewardJ };
}
