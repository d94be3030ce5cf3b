using System.Text.Json;
using Dmoerm.Tests.Backbones;
using Dmoerm.Training.Fitting;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Stages;

namespace Dmoerm.Tests.Training;

/// <summary>A fit that dies at any change of the disk and is run again gives the same weights and tells the same, bit for bit.</summary>
public sealed class FitResumeTests : IDisposable
{
    private const string Name = "task/base";
    private readonly string _folder = TestFolders.Temporary();

    // Two rates; the second capability has labels in every other example only, so that steps without one are among them.
    private static readonly PhaseSettings Settings = new()
    {
        LearningRates = [1e-2, 3e-3],
        Epochs = 4,
        Patience = 9,
        WarmupSteps = 5,
        Schedule = ScheduleKind.Cosine,
        WeightDecay = 0.01,
        ClipNorm = 1,
        ValidationsPerEpoch = 2,
        Batch = new BatchSettings { Responses = 2 },
    };

    private static readonly Lazy<(string Weights, (int Steps, string Text) Outcome, string Looks)> Undisturbed = new(() => Run(place: null));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fit_KilledAgainAndAgain_GoesOnBitEqually()
    {
        // Checkpoints 1, 2 and 3 are those of steps 1, 2 and 3, the fourth is of step 53, the fifth of step 103, in the second rate.
        var lives = 0;
        foreach (var number in new[] { 1, 2, 3, 4, 5 })
        {
            var every = number < 4 ? 1 : 50;
            var checkpoint = $"checkpoint-{number:00000000}-";
            AssertDies(every, DurableFile.Moment.Starting, checkpoint);
            AssertDies(every, DurableFile.Moment.Written, checkpoint);
            AssertDies(every, DurableFile.Moment.Written, checkpoint, cut: true);
            // From the third on the oldest is deleted: killed before that, the next one deletes it.
            AssertDies(every, number == 3 ? DurableFile.Moment.Deleting : DurableFile.Moment.Renamed, number == 3 ? "checkpoint-00000001-" : checkpoint);
            lives += 4;
        }

        Assert.Equal(20, lives);
        Assert.Equal(Undisturbed.Value, Run(1000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_KilledWhileItsResultIsWritten_GivesTheSame(bool cut)
    {
        AssertDies(40, DurableFile.Moment.Starting, "finished-");
        AssertDies(40, DurableFile.Moment.Written, "finished-", cut);
        AssertDies(40, DurableFile.Moment.Renamed, "finished-");

        // The result is whole: no step is taken again, and what it does not need is gone.
        Assert.Equal(Undisturbed.Value, Run(1000, _ => Assert.Fail("A step of a finished fit.")));
        Assert.StartsWith("finished-", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_folder, Name)))), StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_StoppedByItsUser_SavesAtOnceAndGoesOn()
    {
        var outcome = Undisturbed.Value.Outcome;
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() => Run(1000, _ => { if (++steps == 70) { stop.Cancel(); } }, stop));

        var left = 0;
        Assert.Equal(Undisturbed.Value, Run(1000, _ => left++));
        Assert.Equal(outcome.Steps - 70, left);
    }

    [Fact]
    public void FitEpochs_KilledInItsSecondRate_GoesOnBitEqually()
    {
        (double, double)[] plans = [(1e-2, 1.5), (3e-3, 2)];
        var undisturbed = Run(place: null, plans: plans);
        Assert.True(Killed.Run(() => Run(10, plans: plans), (at, path) => at == DurableFile.Moment.Renamed && path.Contains("-00000003-", StringComparison.Ordinal)));
        Assert.Equal(undisturbed, Run(1000, plans: plans));
    }

    [Fact]
    public void Checkpoint_Damaged_TheOneBeforeIsTaken()
    {
        Assert.True(Killed.Run(() => Run(20), (at, path) => at == DurableFile.Moment.Renamed && path.Contains("-00000003-", StringComparison.Ordinal)));
        var newest = Directory.GetFiles(Path.Combine(_folder, Name)).Max(StringComparer.Ordinal)!;
        var bytes = File.ReadAllBytes(newest);
        bytes[^5] ^= 1;
        File.WriteAllBytes(newest, bytes);

        var warnings = new List<string>();
        var steps = 0;
        Assert.Equal(Undisturbed.Value, Run(1000, _ => steps++, warn: warnings.Add));
        Assert.Equal(Undisturbed.Value.Outcome.Steps - 40, steps);
        Assert.Contains("is damaged", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains("checkpoint-00000003-", warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Place_ManyCheckpoints_KeepsTheNewestTwoAndNoneOfAFinishedFit()
    {
        var most = 0;
        Run(2, _ => most = Math.Max(most, Directory.Exists(Path.Combine(_folder, Name)) ? Directory.GetFiles(Path.Combine(_folder, Name)).Length : 0));
        Assert.Equal(2, most);
        Assert.StartsWith("finished-", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_folder, Name)))), StringComparison.Ordinal);
    }

    [Fact]
    public void Save_DiskIsFull_IsAnErrorThatNamesTheFileAndLeavesNoHalfFile()
    {
        DurableFile.Watch = (moment, path) =>
        {
            if (moment == DurableFile.Moment.Written && path.Contains("00000002", StringComparison.Ordinal))
            {
                throw new IOException($"No space left on device : '{path}'");
            }
        };
        try
        {
            Assert.Contains("checkpoint-00000002", Assert.Throws<IOException>(() => Run(10)).Message, StringComparison.Ordinal);
        }
        finally
        {
            DurableFile.Watch = null;
        }

        Assert.StartsWith("checkpoint-00000001-", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_folder, Name)))), StringComparison.Ordinal);
        Assert.Equal(Undisturbed.Value, Run(1000));
    }

    private void AssertDies(int everySteps, DurableFile.Moment moment, string file, bool cut = false) => Assert.True(
        Killed.Run(() => Run(everySteps), (at, path) => at == moment && Path.GetFileName(path).StartsWith(file, StringComparison.Ordinal), cut), $"{moment} of {file}");

    private (string Weights, (int Steps, string Text) Outcome, string Looks) Run(
        int everySteps, Action<double>? stepped = null, CancellationTokenSource? stop = null, (double, double)[]? plans = null, Action<string>? warn = null) => Run(
            new StageFolder(_folder, new CheckpointSettings { EverySteps = everySteps, EverySeconds = 1e6 }, TimeProvider.System) { Warn = warn }.Place(Name), stepped, stop, plans);

    // Weights, what came of it, and what was told, each as one text that two runs can be compared by.
    private static (string Weights, (int Steps, string Text) Outcome, string Looks) Run(StagePlace? place, Action<double>? stepped = null, CancellationTokenSource? stop = null, (double, double)[]? plans = null)
    {
        using var scope = NewDisposeScope();
        using var backbone = TinyBackbone.Create(dtype: ScalarType.Float32);
        var stack = TinyTask.Scorers(backbone, 2, updated: true);
        var examples = TinyTask.Examples(20, labelled: (index, name) => name == "clear" || index % 2 == 0);
        var looks = new List<FitLook>();
        var alone = TinyTask.Fit(stack, TinyTask.Capabilities, Settings);
        var fit = new PreferenceFit([.. stack.Named()], TinyTask.Capabilities, Settings, 5)
        {
            Reward = alone.Reward,
            Predict = alone.Predict,
            Looked = looks.Add,
            Progress = (share, _) => stepped?.Invoke(share),
            Place = place,
            Cancellation = stop?.Token ?? CancellationToken.None,
        };
        var outcome = plans is null ? fit.Fit(examples[..16], examples[16..]) : fit.FitEpochs(examples[..16], plans);
        var steps = looks.GroupBy(look => look.LearningRate).Sum(rate => rate.Max(look => look.Step));
        var weights = string.Join(' ', TinyTask.Copy(stack).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Convert.ToHexString(pair.Value.contiguous().bytes)));
        return (weights, (steps, JsonSerializer.Serialize(outcome)), JsonSerializer.Serialize(looks));
    }
}
