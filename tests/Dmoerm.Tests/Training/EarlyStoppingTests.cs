using Dmoerm.Training.Fitting;
using TorchSharp.Modules;

namespace Dmoerm.Tests.Training;

public class EarlyStoppingTests
{
    [Fact]
    public void Outcome_KeepsEachScorersBestStepNotTheLast()
    {
        using var scope = NewDisposeScope();
        var weight_ED = new Parameter(zeros(2, 1), requires_grad: false);
        using var stopping = new EarlyStopping([("score", weight_ED)], 2, patience: 10, stops: null);
        (double First, double Second)[] losses = [(0.7, 0.7), (0.5, 0.6), (0.6, 0.4), (0.8, 0.9)];
        for (var step = 0; step < losses.Length; step++)
        {
            weight_ED.fill_(step);
            stopping.Look(step, [losses[step].First, losses[step].Second]);
        }

        var outcome = stopping.Outcome([], [], 0.1);
        Assert.Equal([1, 2], outcome.BestSteps);
        Assert.Equal([0.5, 0.4], outcome.BestLosses);
        TensorAssert.Close(weight_ED, tensor(new[] { 1f, 2f }).unsqueeze(1));
    }

    [Fact]
    public void Look_AfterAScorersPatienceIsOver_KeepsNothingMoreOfIt()
    {
        using var scope = NewDisposeScope();
        var weight_ED = new Parameter(zeros(2, 1), requires_grad: false);
        using var stopping = new EarlyStopping([("score", weight_ED)], 2, patience: 2, stops: null);
        // The first scorer is done after step 2; alone it would never have seen the 0.1 of step 3.
        (double First, double Second)[] losses = [(0.5, 0.9), (0.6, 0.8), (0.6, 0.7), (0.1, 0.6), (0.1, 0.65), (0.1, 0.65)];
        for (var step = 0; step < losses.Length; step++)
        {
            Assert.False(stopping.IsOver);
            weight_ED.fill_(step);
            stopping.Look(step, [losses[step].First, losses[step].Second]);
        }

        Assert.True(stopping.IsOver);
        Assert.Equal([0, 3], stopping.Outcome([], [], 0.1).BestSteps);
    }

    [Fact]
    public void Look_NoLabelOrNoNumber_KeepsTheEndOrNothing()
    {
        using var scope = NewDisposeScope();
        var weight_ED = new Parameter(zeros(2, 1), requires_grad: false);
        using var stopping = new EarlyStopping([("score", weight_ED)], 2, patience: 3, stops: null);
        stopping.Look(0, [null, 0.7]);
        stopping.Look(1, [null, double.NaN]);
        var outcome = stopping.Outcome([], [], 0.1);
        Assert.Equal([1, 0], outcome.BestSteps);
        Assert.Equal([null, 0.7], outcome.BestLosses);
    }

    [Fact]
    public void Look_Stops_KeepTheGivenSteps()
    {
        using var scope = NewDisposeScope();
        var weight_ED = new Parameter(zeros(2, 1), requires_grad: false);
        using var stopping = new EarlyStopping([("score", weight_ED)], 2, patience: 1, stops: [0, 2]);
        for (var step = 0; step < 4; step++)
        {
            weight_ED.fill_(step + 10);
            stopping.Look(step, null);
        }

        stopping.Outcome([], [], 0.1);
        TensorAssert.Close(weight_ED, tensor(new[] { 10f, 12f }).unsqueeze(1));
    }

    [Fact]
    public void Snapshot_OneScorer_RestoresItAlone()
    {
        using var scope = NewDisposeScope();
        var weight_EXD = new Parameter(zeros(2, 2, 2), requires_grad: false);
        using var snapshot = new WeightSnapshot([("lora_A", weight_EXD)], 2);
        weight_EXD.fill_(5);
        snapshot.Restore(1);
        TensorAssert.Close(weight_EXD.sum([1, 2]), tensor(new[] { 20f, 0f }));
        weight_EXD.fill_(7);
        snapshot.Keep(0);
        weight_EXD.fill_(9);
        snapshot.Restore(0);
        TensorAssert.Close(weight_EXD.sum([1, 2]), tensor(new[] { 28f, 36f }));
    }
}
