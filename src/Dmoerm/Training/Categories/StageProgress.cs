namespace Dmoerm.Training.Categories;

/// <summary>How far a stage is.</summary>
/// <param name="Stage">The stage in words, such as <c>how_to: experts, fold 1 of 2</c>.</param>
/// <param name="Share">The share in [0, 1] that is done.</param>
/// <param name="Detail">What there is to say of it, such as a loss; null for nothing.</param>
public sealed record StageProgress(string Stage, double Share, string? Detail = null);
