namespace Dmoerm.Data.Checks;

/// <summary>How much a category or a capability needs before training it makes sense.</summary>
/// <remarks>
/// By default a fifth of the units stops fits and calibrates, and the rest is cut into two folds: of 50 comparisons that leaves about 10 to stop by and 20 to learn from in a fold.
/// An agreement measured on fewer than 10 has a 95 % interval of more than 30 points to each side. Source: ours.
/// </remarks>
public static class EnoughData
{
    /// <summary>Fewest comparisons with a preference.</summary>
    public const int Comparisons = 50;

    /// <summary>Fewest units (prompts, or texts where they are the units) that these comparisons may come from.</summary>
    public const int Units = 10;

    /// <summary>Fewest comparisons where texts are the units: two of three then stand between parts and are lost.</summary>
    public const int ComparisonsOfTexts = 250;

    /// <summary>The reason in one clause, for messages.</summary>
    public static string Reason => $"a fifth validates and the rest is cut into folds, so fewer than {Comparisons} comparisons from {Units} prompts leave too little to learn from and to stop by";
}
