namespace Dmoerm.Data;

/// <summary>Response <paramref name="I"/> against response <paramref name="J"/> of one prompt.</summary>
/// <param name="I">Index of the first response.</param>
/// <param name="J">Index of the second response.</param>
/// <param name="P">Probability in [0, 1] that I is better: 1 for chosen against rejected, 0.5 for a tie, 0.75 for votes 3:1.</param>
/// <param name="Capability">The capability that is judged; null for the overall preference.</param>
/// <param name="Margin">By how much I is better, in units of reward; null when unknown.</param>
/// <param name="Weight">Weight in the loss before prompts are weighed.</param>
public sealed record Comparison(int I, int J, double P, string? Capability = null, double? Margin = null, double Weight = 1);
