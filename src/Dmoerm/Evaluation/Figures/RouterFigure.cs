namespace Dmoerm.Evaluation.Figures;

/// <summary>How well the router finds the rows' own categories.</summary>
/// <param name="Accuracy">Share in [0, 1] of distinct prompts whose most probable category is their row's.</param>
/// <param name="Prompts">Distinct prompts with a category that the model knows.</param>
public sealed record RouterFigure(double Accuracy, int Prompts)
{
    /// <summary>Prompts by their row's own category, then by the router's choice; both in the model's order, own categories without a prompt left out.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Confusion { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, int>>();

    /// <summary>Counts choices.</summary>
    /// <param name="categories">The model's categories in its order.</param>
    /// <param name="routes">Own category and choice of each distinct prompt; at least one.</param>
    internal static RouterFigure Of(IReadOnlyList<string> categories, IReadOnlyList<(string Own, string Chosen)> routes) =>
        new(routes.Average(route => route.Own == route.Chosen ? 1.0 : 0.0), routes.Count)
        {
            Confusion = categories.Where(own => routes.Any(route => route.Own == own)).ToDictionary(
                own => own,
                IReadOnlyDictionary<string, int> (own) => categories.ToDictionary(chosen => chosen, chosen => routes.Count(route => route == (own, chosen)))),
        };
}
