using Dmoerm.Artefacts.Scoring;
using Dmoerm.Experts;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Phases;

namespace Dmoerm.Training.Categories;

/// <summary>A category of a model that a run grows from: its base and experts stay bit-equal; an expert that it lacks is trained on that base.</summary>
/// <param name="Served">The category as its model serves it.</param>
/// <param name="Report">How it was trained.</param>
public sealed record KeptCategory(ServedCategory Served, CategoryReport Report)
{
    private FitReport Fit => Report.Fits[^1];

    /// <summary>The category as it is, nothing of it trained.</summary>
    public TrainedCategory Whole() => new() { Served = Served, Report = Report };

    /// <summary>Trains the experts that the category lacks, and puts them beside those that it has.</summary>
    /// <param name="capabilities">All capabilities, in the experts' order.</param>
    /// <param name="train">Trains experts of some capabilities on a base; their places in <paramref name="capabilities"/> are given.</param>
    internal TrainedInner Add(IReadOnlyList<string> capabilities, Func<TrainedBase, IReadOnlyList<int>, TrainedExperts> train)
    {
        using var scope = NewDisposeScope();
        var model = Served.Model;
        int[] missing = [.. Enumerable.Range(0, capabilities.Count).Where(place => !model.Capabilities.Contains(capabilities[place]))];
        var trained = new TrainedBase(model.Base, model.Merged, OutcomeOf([Fit.BaseStep], [Fit.BaseRate], [Fit.BaseLoss]));
        var added = train(trained, missing);
        var sources = capabilities.Select((name, place) => Array.IndexOf(missing, place) is >= 0 and var index ? (Stack: added.Scorers, Index: index) : (Stack: model.Experts!, Index: IndexOf(name))).ToArray();
        var outcome = OutcomeOf(
            [.. Pick(capabilities, missing, Fit.ExpertSteps, added.Outcome.BestSteps)],
            [.. Pick(capabilities, missing, Fit.ExpertRates, added.Outcome.LearningRates)],
            [.. Pick(capabilities, missing, Fit.ExpertLosses, added.Outcome.BestLosses)]);
        return new TrainedInner(new CategoryModel(model.Category, capabilities, model.Base, model.Merged, Join(sources)), trained.Outcome, outcome, BaseSeconds: 0, ExpertSeconds: 0);
    }

    private int IndexOf(string capability) => Served.Model.Capabilities.ToList().IndexOf(capability);

    private IEnumerable<T> Pick<T>(IReadOnlyList<string> capabilities, int[] missing, IReadOnlyList<T> kept, IReadOnlyList<T> added) =>
        capabilities.Select((name, place) => Array.IndexOf(missing, place) is >= 0 and var index ? added[index] : kept[IndexOf(name)]);

    private static StackedScorers Join((StackedScorers Stack, int Index)[] sources)
    {
        using var scope = NewDisposeScope();
        var first = sources[0].Stack;
        var adapters = StackedAdapters.Gather(first.Backbone.Config, [.. sources.Select(source => (source.Stack.Adapters!, source.Index))]);
        return new StackedScorers(first.Backbone, adapters, cat([.. sources.Select(source => source.Stack.Head_ED.narrow(0, source.Index, 1))], 0));
    }

    private static TrainingOutcome OutcomeOf(IReadOnlyList<int> steps, IReadOnlyList<double> rates, IReadOnlyList<double?> losses) =>
        new() { StepLosses = [], GradientNorms = [], BestSteps = steps, LearningRates = rates, BestLosses = losses };
}
