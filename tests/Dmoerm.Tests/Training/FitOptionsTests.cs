using Dmoerm.Data;
using Dmoerm.Tests.Backbones;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;
using Dmoerm.Training.Steps;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Tests.Training;

/// <summary>What dropout, accumulation, losses and weights change of a fit, and what not.</summary>
public class FitOptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    public void Fit_Dropout_ChangesTrainingAloneAndDependsOnSeedAlone(double share)
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        (Tensor Weights, Tensor Rewards) Run(double dropout, long seed)
        {
            var scorers = TinyTask.Scorers(backbone, 2, top: 2, dropout: dropout);
            TinyTask.Fit(scorers, TinyTask.Capabilities, TinyTask.OneByOne, seed).Fit(TinyTask.Examples(6), []);
            return (cat(scorers.Named().Select(pair => pair.Tensor.detach().flatten()).ToArray()), Prediction.Rewards(scorers, new Trunk(backbone, 0), ExampleRows.Of(TinyTask.Examples(6))));
        }

        var (plain, dropping, again, other) = (Run(0, 1), Run(share, 1), Run(share, 1), Run(share, 2));
        Assert.True(dropping.Weights.equal(again.Weights).all().item<bool>());
        Assert.True(dropping.Rewards.equal(again.Rewards).all().item<bool>());
        // The order is that of the file, so without dropout nothing is left to chance.
        Assert.Equal(share == 0, dropping.Weights.equal(plain.Weights).all().item<bool>());
        Assert.Equal(share == 0, dropping.Weights.equal(other.Weights).all().item<bool>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(13)]
    public void Fit_StoppedUnderDropoutAndAccumulation_GoesOnBitEqually(int steps)
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var settings = TinyTask.OneByOne with { Shuffle = true, Batch = new BatchSettings { Responses = 2, Accumulate = 2 } };
        var folder = TestFolders.Temporary();
        Tensor Run(StagePlace? place, int stopAfter)
        {
            using var stop = new CancellationTokenSource();
            var left = stopAfter;
            var scorers = TinyTask.Scorers(backbone, 2, top: 2, dropout: 0.2);
            var alone = TinyTask.Fit(scorers, TinyTask.Capabilities, settings);
            var fit = new PreferenceFit([.. scorers.Named()], TinyTask.Capabilities, settings, 5)
            {
                Reward = alone.Reward,
                Predict = alone.Predict,
                Place = place,
                Progress = (_, _) => { if (--left == 0) { stop.Cancel(); } },
                Cancellation = stop.Token,
            };
            fit.Fit(TinyTask.Examples(10, labelled: (index, capability) => capability == TinyTask.Capabilities[0] || index % 3 == 0), []);
            return cat(scorers.Named().Select(pair => pair.Tensor.detach().flatten()).ToArray());
        }

        // Three passes of five steps.
        StagePlace Place() => new StageFolder(folder, new CheckpointSettings(), TimeProvider.System).Place("experts");
        Assert.Throws<OperationCanceledException>(() => Run(Place(), steps));
        Assert.True(Run(null, 99).equal(Run(Place(), 99)).all().item<bool>());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Fit_Accumulated_EqualsOneBatchAndCountsBatchesAlike()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var examples = TinyTask.Examples(8);
        (TrainingOutcome Outcome, Tensor Head_ED) Run(BatchSettings batch)
        {
            var scorer = TinyTask.Scorers(backbone, 1);
            return (TinyTask.Fit(scorer, [null], TinyTask.OneByOne with { Batch = batch }).Fit(examples, []), scorer.Head_ED);
        }

        var (whole, parts, uneven) = (Run(new BatchSettings { Comparisons = 8 }), Run(new BatchSettings { Comparisons = 2, Accumulate = 4 }), Run(new BatchSettings { Comparisons = 7, Accumulate = 2 }));
        Assert.Equal(3, parts.Outcome.StepLosses.Count);
        TrainingReference.Close(parts.Outcome.StepLosses.Select(losses => losses[0]!.Value), whole.Outcome.StepLosses.Select(losses => losses[0]!.Value), 1e-12);
        TensorAssert.Close(parts.Head_ED, whole.Head_ED, absolute: 1e-12);
        // The last pair alone weighs as much as the seven before it.
        var single = TinyTask.Fit(TinyTask.Scorers(backbone, 1), [null], TinyTask.OneByOne with { Batch = new BatchSettings { Comparisons = 1 }, LearningRates = [1e-300], WeightDecay = 0 }).Fit(examples, []);
        var losses = single.StepLosses.Take(8).Select(of => of[0]!.Value).ToArray();
        Assert.Equal((losses[..7].Average() + losses[7]) / 2, uneven.Outcome.StepLosses[0][0]!.Value, 1e-12);
    }

    [Fact]
    public void Fit_MaxSteps_EndsTheFitAndItsSchedule()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var settings = TinyTask.OneByOne with { Epochs = 9, MaxSteps = 15, Schedule = ScheduleKind.Linear, WarmupSteps = 0 };
        var (cut, whole) = (TinyTask.Scorers(backbone, 1), TinyTask.Scorers(backbone, 1));
        Assert.Equal(15, TinyTask.Fit(cut, [null], settings).Fit(TinyTask.Examples(6), []).StepLosses.Count);
        // 15 steps are three passes over five examples; here they are two and a half over six, with the same schedule.
        var plan = TinyTask.Fit(whole, [null], settings).FitEpochs(TinyTask.Examples(6), [(0.02, 9)]);
        Assert.Equal((15, 15), (plan.BestSteps[0], plan.StepLosses.Count));
        TensorAssert.Close(cut.Head_ED, whole.Head_ED, absolute: 0);
        // More steps than an integer counts are cut likewise.
        var endless = TinyTask.Scorers(backbone, 1);
        TinyTask.Fit(endless, [null], settings with { Epochs = int.MaxValue }).Fit(TinyTask.Examples(6), []);
        TensorAssert.Close(endless.Head_ED, cut.Head_ED, absolute: 0);
    }

    [Fact]
    public void Fit_Centre_IsPartOfTheLossButNotOfWhatStopsTheFit()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var examples = TinyTask.Examples(6);
        TrainingOutcome Run(double centre) => TinyTask.Fit(
            TinyTask.Scorers(backbone, 1), [null], TinyTask.OneByOne with { LearningRates = [1e-300], WeightDecay = 0, Batch = new BatchSettings(), Loss = new LossSettings { Centre = centre } }).Fit(examples, examples);
        var reward_N = Prediction.Rewards(TinyTask.Scorers(backbone, 1), new Trunk(backbone, 0), ExampleRows.Of(examples))[0];
        var sums = (reward_N.view(-1, 2).sum(1).square().mean()).item<double>();
        var (plain, centred) = (Run(0), Run(0.5));
        Assert.Equal(plain.StepLosses[0][0]!.Value + 0.5 * sums, centred.StepLosses[0][0]!.Value, 1e-12);
        Assert.Equal(plain.BestLosses[0], centred.BestLosses[0]);
    }

    [Fact]
    public void Fit_DroppedTies_EqualsAFitWithoutThemAndSaysHowMany()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        var examples = TinyTask.Examples(6);
        TrainingExample[] tied = [.. examples.Select((example, index) => index % 2 == 0 ? example : example with { Comparisons = [new Comparison(0, 1, 0.5), new Comparison(0, 1, 0.5, "clear")] })];
        Tensor Run(TrainingExample[] training, TieRule ties, out TrainingOutcome outcome)
        {
            var scorer = TinyTask.Scorers(backbone, 1);
            outcome = TinyTask.Fit(scorer, [null], TinyTask.OneByOne with { Loss = new LossSettings { Ties = ties } }).Fit(training, []);
            return scorer.Head_ED;
        }

        var dropped = Run(tied, TieRule.Drop, out var outcome);
        Assert.Equal(["fit: 3 ties were left out (loss.ties: drop)."], outcome.Notes);
        TensorAssert.Close(dropped, Run([.. tied.Where((_, index) => index % 2 == 0)], TieRule.Soft, out var without), absolute: 0);
        Assert.Empty(without.Notes);
        Assert.False(dropped.equal(Run(tied, TieRule.Soft, out _)).all().item<bool>());
        Assert.Throws<InvalidDataException>(() => Run([tied[1]], TieRule.Drop, out _));
    }

    [Fact]
    public void Fit_WeighPromptsAndWeights_ShareTheLossAmongComparisons()
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create();
        // Two prompts: three comparisons, one of them of weight 4, and a single one.
        var (list, pair) = (TinyTask.Examples(2)[0] with { Comparisons = [new(0, 1, 1), new(0, 1, 0.2, Weight: 4), new(0, 1, 0.7)] }, TinyTask.Examples(2)[1]);
        double Loss(bool weigh, params TrainingExample[] examples) => TinyTask.Fit(TinyTask.Scorers(backbone, 1), [null], TinyTask.OneByOne with { Batch = new BatchSettings { WeighPrompts = weigh } }).Fit(examples, []).StepLosses[0][0]!.Value;
        double Alone(Comparison comparison) => Loss(false, list with { Comparisons = [comparison] });
        var (one, two, three, single) = (Alone(list.Comparisons[0]), Alone(list.Comparisons[1]), Alone(list.Comparisons[2]), Loss(false, pair));
        Assert.Equal((one + 4 * two + three + single) / 7, Loss(false, list, pair), 1e-12);
        // Weights 1/3, 4/3, 1/3 and 1: of 3 in all.
        Assert.Equal(((one + 4 * two + three) / 3 + single) / 3, Loss(true, list, pair), 1e-12);
    }
}
