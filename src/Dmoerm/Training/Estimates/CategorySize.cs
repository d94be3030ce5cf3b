using Dmoerm.Training.Categories;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Estimates;

/// <summary>What of a category decides on the cost of its training.</summary>
/// <param name="Name">The category.</param>
/// <param name="Conversations">Distinct conversations.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="ValidationTokens">Tokens of those that stop fits.</param>
/// <param name="Longest">Tokens of the longest.</param>
/// <param name="Comparisons">Overall comparisons and those of capabilities.</param>
/// <param name="Experts">Capabilities.</param>
/// <param name="Passes">Passes over the training part in one epoch of all fits together: under cross-fitting each fold learns from the others, and what is served from all.</param>
/// <param name="Fits">Bases that are trained.</param>
internal sealed record CategorySize(string Name, int Conversations, long Tokens, long ValidationTokens, int Longest, int Comparisons, int Experts, double Passes, int Fits)
{
    /// <summary>Measures a category.</summary>
    public static CategorySize Of(TrainingContext context, CategoryParts parts)
    {
        var cuts = parts.Outer.Parts;
        var (training, validation) = (context.Encoder.Encode(parts.Category, cuts[0]), context.Encoder.Encode(parts.Category, cuts[1]));
        var rows = ExampleRows.Of(training.Concat(validation));
        var folds = parts.Source.Capabilities.Count == 0 || context.Recipe.Phases.Split is not null ? 0 : context.Recipe.Phases.CrossFit ?? LeakGuard.DefaultFolds;
        return new CategorySize(
            parts.Category, rows.Count, rows.Sum(row => (long)row.Ids.Length), ExampleRows.Of(validation).Sum(row => (long)row.Ids.Length), rows.Max(row => row.Ids.Length),
            training.Sum(example => example.Comparisons.Count), parts.Source.Capabilities.Count,
            folds == 0 ? context.Recipe.Phases.Split is { } share && parts.Inner is not null ? share : 1 : folds - 1 + 1, folds + 1);
    }
}
