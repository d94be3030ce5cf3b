using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Data.Splits;
using Dmoerm.Training.Labels;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;

namespace Dmoerm.Training.Examples;

/// <summary>A category's examples, cut for training: what is learnt from and what validates, and what each phase learns from.</summary>
/// <remarks>Cut and checked before anything is trained, so that a run does not stop after hours for want of a comparison.</remarks>
public sealed record CategoryParts
{
    /// <summary>The category's name.</summary>
    public required string Category { get; init; }

    /// <summary>Its entry in the recipe.</summary>
    public required CategorySource Source { get; init; }

    /// <summary>The training part, then the validation part; no unit is in both.</summary>
    public required PartitionResult Outer { get; init; }

    /// <summary>The training part cut for the phases: folds, or what phase 1 learns from and the rest. Null without capabilities.</summary>
    public PartitionResult? Inner { get; init; }

    /// <summary>What subsampling did to the training part; null where the recipe has none.</summary>
    public SubsampleReport? Subsample { get; init; }

    /// <summary>Cuts a category.</summary>
    /// <param name="recipe">Shares, folds and seed.</param>
    /// <param name="data">The examples.</param>
    /// <param name="source">The category's entry in the recipe.</param>
    /// <param name="assigned">Examples that a router gave to the category, to learn from: none may share a unit with the validation part, which is the same with and without them.</param>
    /// <exception cref="InvalidDataException">There are too few units to cut, or a part has no comparison of what is to be learnt from it.</exception>
    public static CategoryParts Cut(TrainingRecipe recipe, CategoryData data, CategorySource source, IReadOnlyList<PreferenceExample>? assigned = null)
    {
        try
        {
            var outer = Partition.Split(data.Examples, source.GroupBy, [1 - recipe.ValidationShare, recipe.ValidationShare], Seed.Of(recipe.Seed, $"{data.Category}/validation"));
            outer = assigned is { Count: > 0 } ? Join(outer, assigned, source.GroupBy) : outer;
            SubsampleReport? subsample = null;
            if (recipe.Subsample is { } settings)
            {
                (var training, subsample) = Subsampling.Apply(settings, outer.Parts[0], Seed.Of(recipe.Seed, $"{data.Category}/subsample"));
                outer = outer with { Parts = [training, outer.Parts[1]] };
            }

            var inner = source.Capabilities.Count == 0 ? null : CutPhases(recipe, outer.Parts[0], data.Category, source);
            var parts = new CategoryParts { Category = data.Category, Source = source, Outer = outer, Inner = inner, Subsample = subsample };
            parts.CheckComparisons(recipe);
            return parts;
        }
        catch (InvalidDataException error) when (!error.Message.StartsWith("Category ", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"Category '{data.Category}': {error.Message}", error);
        }
    }

    /// <summary>What a fold's base and experts learn from: all other folds.</summary>
    public IReadOnlyList<PreferenceExample> Others(int fold) => [.. Inner!.Parts.Where((_, index) => index != fold).SelectMany(part => part)];

    private static PartitionResult Join(PartitionResult outer, IReadOnlyList<PreferenceExample> assigned, string groupBy)
    {
        PreferenceExample[] training = [.. outer.Parts[0], .. assigned];
        return outer with { Parts = [training, outer.Parts[1]], Units = [UnitKeys.Of(training, groupBy).SelectMany(units => units).Distinct().Count(), outer.Units[1]] };
    }

    private static PartitionResult CutPhases(TrainingRecipe recipe, IReadOnlyList<PreferenceExample> training, string category, CategorySource source)
    {
        if (recipe.Phases.Split is { } share)
        {
            return Partition.Split(training, source.GroupBy, [share, 1 - share], Seed.Of(recipe.Seed, $"{category}/split"));
        }

        var count = recipe.Phases.CrossFit ?? LeakGuard.DefaultFolds;
        return Partition.Split(training, source.GroupBy, [.. Enumerable.Repeat(1.0 / count, count)], Seed.Of(recipe.Seed, $"{category}/folds"));
    }

    private void CheckComparisons(TrainingRecipe recipe)
    {
        var split = recipe.Phases.Split is not null;
        var (forBase, forExperts) = (recipe.Base.Training.Loss, recipe.Experts.Training.Loss);
        Require(Outer.Parts[1], null, "the validation part", forBase);
        Require(Outer.Parts[0], null, "the training part", forBase);
        for (var part = 0; part < (Inner?.Parts.Count ?? 0); part++)
        {
            var (learnt, name) = split ? (Inner!.Parts[part], $"the part of phase {(part == 0 ? 1 : 3)}") : (Others(part), $"the training part without fold {part + 1}");
            Require(learnt, null, name, split && part == 1 ? recipe.Aggregator.Training.Loss : forBase);
            foreach (var capability in split && part == 1 ? [] : Source.Capabilities.Keys)
            {
                Require(learnt, capability, name, forExperts);
            }
        }
    }

    private void Require(IReadOnlyList<PreferenceExample> part, string? capability, string name, LossSettings loss)
    {
        var drops = loss.Ties == TieRule.Drop;
        if (!part.Any(example => example.Comparisons.Any(comparison => comparison.Capability == capability && !(drops && comparison.P == 0.5))))
        {
            var judged = (capability is null ? "the overall preference" : $"capability '{capability}'") + (drops ? " that is no tie (loss.ties: drop)" : "");
            throw new InvalidDataException($"Category '{Category}': {name} ({part.Count} prompts) has no comparison of {judged}: bring more labels, or choose other shares or another seed.");
        }
    }
}
