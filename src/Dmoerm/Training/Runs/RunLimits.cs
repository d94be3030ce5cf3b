using System.Globalization;
using Dmoerm.Training.Estimates;
using Dmoerm.Training.Settings;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Runs;

/// <summary>What the machine has, against what a run would take.</summary>
/// <param name="recipe">The recipe.</param>
/// <param name="path">The run's folder; may be absent.</param>
internal sealed class RunLimits(TrainingRecipe recipe, string path)
{
    private const double Giga = 1e9;

    /// <summary>Bytes of memory.</summary>
    public long Memory { get; init; } = MachineMemory.Total();

    /// <summary>Bytes that are free on the folder's disk; null asks it.</summary>
    public long? Disk { get; init; }

    /// <summary>Bytes that the trunk's states may take.</summary>
    private long Cache => recipe.Cache.MaxBytes ?? Free() / 2;

    /// <summary>The trunk's states are to be kept on disk.</summary>
    public bool FitsCache(PreparedRun run) => run.TrunkLayer > 0 && TrunkCache.Bytes(run.Rows(), run.Context.Backbone.Config.HiddenSize) <= Cache;

    /// <summary>What a run takes, counted; nothing is computed.</summary>
    /// <param name="run">What was read.</param>
    /// <param name="keepsTrunk">The trunk's states are kept on disk.</param>
    public static RunEstimate Estimate(PreparedRun run, bool keepsTrunk) => RunEstimate.Of(run.Context, Sizes(run), keepsTrunk, TestShare(run));

    /// <summary>The same with time, measured on a few steps; without time where the memory does not take the run, and so not those steps either.</summary>
    public RunEstimate Timed(PreparedRun run, bool keepsTrunk)
    {
        var (sizes, testShare) = (Sizes(run), TestShare(run));
        var counted = RunEstimate.Of(run.Context, sizes, keepsTrunk, testShare);
        return counted.MemoryBytes > Memory ? counted : new RunProbe(run.Context, keepsTrunk).Time(counted, run.Data.Parts, sizes, testShare);
    }

    /// <summary>Fails where a run does not fit.</summary>
    /// <param name="run">What was read.</param>
    /// <param name="keepsTrunk">The trunk's states are kept on disk.</param>
    /// <param name="written">Bytes that an earlier process has written for it.</param>
    /// <exception cref="InvalidDataException">It takes more memory or disk than there is.</exception>
    public void Check(PreparedRun run, bool keepsTrunk, long written)
    {
        var estimate = Estimate(run, keepsTrunk);
        if (estimate.MemoryBytes > Memory)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The run would take about {estimate.MemoryBytes / Giga:0.0} GB of memory, and there are {Memory / Giga:0.0} GB: ")
                + "choose fewer responses in a batch, a shorter backbone.maxTokens, a lower rank, or adapters in fewer layers.");
        }

        var (missing, free) = (estimate.DiskBytes - written, Free());
        if (missing > free)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The run would take about {missing / Giga:0.00} GB more on disk, and {free / Giga:0.00} GB are free ")
                + string.Create(CultureInfo.InvariantCulture, $"(in all: states {estimate.CacheBytes / Giga:0.00}, stages {estimate.StageBytes / Giga:0.00}, checkpoints {estimate.CheckpointBytes / Giga:0.00}, model {estimate.ModelBytes / Giga:0.00}): ")
                + "free some, choose another folder with --out, or set cache.maxBytes, so that states are computed anew in each step.");
        }
    }

    private static CategorySize[] Sizes(PreparedRun run) => [.. run.Data.Parts.Select(parts => CategorySize.Of(run.Context, parts))];

    private static double TestShare(PreparedRun run) => (double)run.Data.TestResponses / Math.Max(1, run.Data.Training.Sum(category => category.Report.Responses));

    private long Free()
    {
        if (Disk is { } given)
        {
            return given;
        }

        var existing = Path.GetFullPath(path);
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        return new DriveInfo(existing).AvailableFreeSpace;
    }
}
