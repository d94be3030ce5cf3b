using Dmoerm.Backbones;
using Dmoerm.Tests.Backbones;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Phases;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

public class PreferenceFitTests
{
    // The second scorer has labels of every third example only.
    private static bool Labelled(int index, string capability) => capability == TinyTask.Capabilities[0] || index % 3 == 0;

    [Fact]
    public void Fit_StackWithMissingLabels_EqualsSeparateFits()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var examples = TinyTask.Examples(12, labelled: Labelled);
        CheckAgainstSeparate(backbone, TinyTask.OneByOne, examples, []);
    }

    [Fact]
    public void Fit_StackWithDropoutAndMissingLabels_EqualsSeparateFits()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        CheckAgainstSeparate(backbone, TinyTask.OneByOne, TinyTask.Examples(12, labelled: Labelled), [], dropout: 0.3);
    }

    [Fact]
    public void Fit_StackWithEarlyStoppingAndSeveralRates_EqualsSeparateFits()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var settings = TinyTask.OneByOne with { LearningRates = [0.3, 0.01, 0.05], Epochs = 12, Patience = 1, Schedule = ScheduleKind.Constant, ValidationsPerEpoch = 1 };
        // All examples have all labels here, so that epochs, and with them the looks at validation data, are the same alone.
        var (stack, _) = CheckAgainstSeparate(backbone, settings, TinyTask.Examples(8), TinyTask.Examples(8, seed: 2));
        Assert.True(stack.BestSteps.Distinct().Count() > 1, "The case is too easy: both scorers stopped at the same step.");
    }

    [Fact]
    public void FitSteps_AnyNumber_IsThePrefixOfFit()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var settings = TinyTask.OneByOne with { Shuffle = true };
        var examples = TinyTask.Examples(6);
        var whole = TinyTask.Scorers(backbone, 2);
        var outcome = TinyTask.Fit(whole, TinyTask.Capabilities, settings).Fit(examples, []);
        Assert.Equal(18, outcome.StepLosses.Count);
        var prefix = TinyTask.Scorers(backbone, 2);
        var cut = TinyTask.Fit(prefix, TinyTask.Capabilities, settings).FitSteps(examples, [(0.02, 7), (0.02, 18)]);
        Assert.Equal([7, 18], cut.BestSteps);
        Assert.Equal(outcome.StepLosses.Select(losses => losses[0]), cut.StepLosses.Select(losses => losses[0]));
        // The second scorer ran to the end, the first one stopped before: it must differ.
        Assert.True(whole.Head_ED[1].equal(prefix.Head_ED[1]).all().item<bool>());
        Assert.False(whole.Head_ED[0].equal(prefix.Head_ED[0]).all().item<bool>());
        var seven = TinyTask.Scorers(backbone, 2);
        TinyTask.Fit(seven, TinyTask.Capabilities, settings).FitSteps(examples, [(0.02, 7), (0.02, 7)]);
        Assert.True(seven.Head_ED[0].equal(prefix.Head_ED[0]).all().item<bool>());
    }

    [Fact]
    public void FitSteps_RatesOfTheirOwn_EqualSeparateFits()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var examples = TinyTask.Examples(6);
        var stack = TinyTask.Scorers(backbone, 2);
        TinyTask.Fit(stack, TinyTask.Capabilities, TinyTask.OneByOne).FitSteps(examples, [(0.02, 4), (0.05, 9)]);
        foreach (var (scorer, plan) in ((int, (double, int))[])[(0, (0.02, 4)), (1, (0.05, 9))])
        {
            var alone = TinyTask.Alone(TinyTask.Scorers(backbone, 2), scorer);
            TinyTask.Fit(alone, [TinyTask.Capabilities[scorer]], TinyTask.OneByOne).FitSteps(examples, [plan]);
            TensorAssert.Close(stack.Head_ED[scorer], alone.Head_ED[0], absolute: 1e-12);
        }
    }

    [Fact]
    public void Fit_SameSeed_IsBitEqualAndAnotherIsNot()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var settings = TinyTask.OneByOne with { Shuffle = true };
        Tensor Run(long seed)
        {
            var scorers = TinyTask.Scorers(backbone, 2, top: 2);
            TinyTask.Fit(scorers, TinyTask.Capabilities, settings, seed).Fit(TinyTask.Examples(6), []);
            return cat(scorers.Named().Select(pair => pair.Tensor.detach().flatten()).ToArray());
        }

        Assert.True(Run(1).equal(Run(1)).all().item<bool>());
        Assert.False(Run(1).equal(Run(2)).all().item<bool>());
    }

    [Fact]
    public void Fit_Adapters_ChangeExactlyTheNamedParameters()
    {
        using var scope = NewDisposeScope();
        using var fresh = TinyBackbone.Create();
        using var backbone = BackbonePhase.Trainable(fresh);
        var scorer = TinyTask.Scorers(backbone, 1);
        var before = TinyTask.Copy(scorer);
        var settings = TinyTask.OneByOne with { Batch = new BatchSettings() };
        var trained = new BackbonePhase(settings, 1).Run(scorer, new Trunk(backbone, 0), TinyTask.Examples(6), []);
        Assert.All(scorer.Named(), pair => Assert.False(pair.Tensor.equal(before[pair.Name]).all().item<bool>(), pair.Name));
        AssertFrozen(backbone, fresh);

        before = TinyTask.Copy(scorer);
        var merged = trained.Merged.Weights.Named().Select(pair => pair.Tensor.clone()).ToArray();
        var adapters = TinyTask.Scorers(trained.Merged, 2).Adapters!;
        var experts = new ExpertPhase(settings, 1).Run(trained, TinyTask.Capabilities, adapters, scorer.Head_ED.expand(2, 16), new Trunk(trained.Merged, 0), TinyTask.Examples(6), []);
        Assert.False(experts.Scorers.Head_ED[0].equal(scorer.Head_ED[0]).all().item<bool>());
        Assert.All(scorer.Named(), pair => Assert.True(pair.Tensor.equal(before[pair.Name]).all().item<bool>(), pair.Name));
        Assert.All(trained.Merged.Weights.Named().Zip(merged), pair => Assert.True(pair.First.Tensor.equal(pair.Second).all().item<bool>(), pair.First.Name));
        AssertFrozen(backbone, fresh);
        Assert.All(experts.Scorers.Named(), pair => Assert.False(pair.Tensor.requires_grad, pair.Name));
    }

    [Fact]
    public void Fit_ClearPreference_OverfitsEightPairs()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var examples = TinyTask.Examples(8).Select(example => example with { Comparisons = [example.Comparisons[0] with { P = 1 }] }).ToArray();
        var scorer = TinyTask.Scorers(backbone, 1, top: 2);
        var outcome = TinyTask.Fit(scorer, [null], new PhaseSettings { LearningRates = [0.03], Epochs = 60, Batch = new BatchSettings { Responses = 8 } }).Fit(examples, []);
        Assert.InRange(outcome.StepLosses[^1][0]!.Value, 0, 0.05);
        var reward_N = Prediction.Rewards(scorer, new Trunk(backbone, 0), ExampleRows.Of(examples))[0];
        Assert.All(Enumerable.Range(0, 8), pair => Assert.True(reward_N[2 * pair].item<double>() > reward_N[2 * pair + 1].item<double>()));
    }

    [Fact]
    public void Fit_NoComparison_IsAnError()
    {
        using var backbone = TinyBackbone.Create();
        var fit = TinyTask.Fit(TinyTask.Scorers(backbone, 1), ["kind"], TinyTask.OneByOne);
        Assert.Contains("kind", Assert.Throws<InvalidDataException>(() => fit.Fit(TinyTask.Examples(2), [])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => fit.FitSteps(TinyTask.Examples(2), [(0.1, 5)]));
    }

    [Fact]
    public void Fit_DivergedLoss_IsAnErrorWithoutValidationDataAndLosesWithIt()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var settings = TinyTask.OneByOne with { LearningRates = [1e38], ClipNorm = null, WarmupSteps = 0, WeightDecay = 0 };
        var scorer = TinyTask.Scorers(backbone, 1);
        var before = TinyTask.Copy(scorer);
        var alone = TinyTask.Fit(TinyTask.Scorers(backbone, 1), [null], settings);
        Assert.Matches(
            "^fit: expected a finite loss, came (NaN|∞) in step [23] at a learning rate of 1E\\+38\\. Choose lower learningRates, or set clipNorm or warmupSteps\\.$",
            Assert.Throws<DivergedException>(() => alone.Fit(TinyTask.Examples(6), [])).Message);
        var outcome = TinyTask.Fit(scorer, [null], settings).Fit(TinyTask.Examples(6), TinyTask.Examples(4, seed: 2));
        Assert.Equal(0, outcome.BestSteps[0]);
        Assert.EndsWith("at a learning rate of 1E+38. Weights from there on were not kept.", Assert.Single(outcome.Notes), StringComparison.Ordinal);
        Assert.All(scorer.Named(), pair => Assert.True(pair.Tensor.equal(before[pair.Name]).all().item<bool>(), pair.Name));
    }

    [Fact]
    public void Fit_LongerRun_LeavesNoMoreTensorsBehind()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var examples = TinyTask.Examples(6);
        long Left(int epochs)
        {
            var scorers = TinyTask.Scorers(backbone, 2);
            var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
            TinyTask.Fit(scorers, TinyTask.Capabilities, TinyTask.OneByOne with { Epochs = epochs, LearningRates = [0.01, 0.02] }).Fit(examples, examples);
            return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount - before;
        }

        Left(1);
        Assert.Equal((0L, 0L), (Left(1), Left(4)));
    }

    private static (TrainingOutcome Stack, TrainingOutcome[] Alone) CheckAgainstSeparate(
        Backbone backbone, PhaseSettings settings, TrainingExample[] examples, TrainingExample[] validation, double dropout = 0)
    {
        var start = TinyTask.Scorers(backbone, 2, top: 2, dropout: dropout);
        var alone = Enumerable.Range(0, 2).Select(scorer => TinyTask.Alone(start, scorer)).ToArray();
        var outcome = TinyTask.Fit(start, TinyTask.Capabilities, settings).Fit(examples, validation);
        var single = alone.Select((scorer, index) => TinyTask.Fit(scorer, [TinyTask.Capabilities[index]], settings).Fit(examples, validation)).ToArray();
        for (var scorer = 0; scorer < 2; scorer++)
        {
            var own = alone[scorer].Named().ToDictionary(pair => pair.Name, pair => pair.Tensor);
            Assert.All(start.Named(), pair => TensorAssert.Close(pair.Tensor[scorer], own[pair.Name][0], absolute: 1e-9));
            Assert.Equal(outcome.LearningRates[scorer], single[scorer].LearningRates[0]);
            TrainingReference.Close(
                outcome.StepLosses.Select(losses => losses[scorer]).OfType<double>().Take(single[scorer].StepLosses.Count), single[scorer].StepLosses.Select(losses => losses[0]!.Value), 1e-9);
            if (validation.Length > 0)
            {
                Assert.Equal(outcome.BestSteps[scorer], single[scorer].BestSteps[0]);
                Assert.Equal(outcome.BestLosses[scorer]!.Value, single[scorer].BestLosses[0]!.Value, 1e-9);
            }
        }

        return (outcome, single);
    }

    private static void AssertFrozen(Backbone backbone, Backbone fresh) => Assert.All(backbone.Weights.Named().Zip(fresh.Weights.Named()), pair =>
    {
        Assert.True(pair.First.Tensor.equal(pair.Second.Tensor).all().item<bool>(), pair.First.Name);
        Assert.False(pair.First.Tensor.requires_grad, pair.First.Name);
    });
}
