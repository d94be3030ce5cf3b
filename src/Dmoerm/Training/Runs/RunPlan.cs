using System.Text.Json.Serialization;
using Dmoerm.Data;
using Dmoerm.Data.Categories;
using Dmoerm.Training.Estimates;
using Dmoerm.Training.Examples;
using Dmoerm.Training.Labels;
using Dmoerm.Training.Trunks;

namespace Dmoerm.Training.Runs;

/// <summary>What a run would do, without doing it.</summary>
/// <param name="Categories">What each category has.</param>
/// <param name="Tokens">Tokens of all distinct training conversations.</param>
/// <param name="CutConversations">Conversations of which something is cut to fit.</param>
/// <param name="DroppedResponses">Responses left out because they are too long.</param>
/// <param name="TrunkLayers">Layers below the lowest adapter.</param>
/// <param name="CacheBytes">Disk that their states take; 0 where they are computed anew in each step.</param>
public sealed record RunPlan(IReadOnlyList<CategoryPlan> Categories, long Tokens, int CutConversations, int DroppedResponses, int TrunkLayers, long CacheBytes)
{
    /// <summary>Memory, disk and time.</summary>
    public required RunEstimate Estimate { get; init; }

    /// <summary>Conversations of those cut whose response alone is too long, so that nothing of the last question is left.</summary>
    public int LostPrompts { get; init; }

    /// <summary>What is kept of the model that the run grows from, and what is trained; null where it grows from none.</summary>
    public GrowthPlan? Growth { get; init; }

    /// <summary>Rows without a category in files that several categories list; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UncategorisedReport? Uncategorised { get; init; }

    internal static RunPlan Of(PreparedRun run, bool keepsTrunk, RunEstimate estimate)
    {
        var (context, data, rows) = (run.Context, run.Data, run.Rows());
        return new RunPlan(
            [.. data.Training.Zip(data.Parts, CategoryPlan.Of)],
            rows.Sum(row => (long)row.Ids.Length),
            context.Encoder.Cut,
            context.Encoder.Dropped,
            run.TrunkLayer,
            keepsTrunk ? TrunkCache.Bytes(rows, context.Backbone.Config.HiddenSize) : 0)
        {
            Estimate = estimate,
            LostPrompts = context.Encoder.LostPrompts,
            Uncategorised = data.Uncategorised,
        };
    }
}

/// <summary>What a category has.</summary>
/// <param name="Name">The category.</param>
/// <param name="Report">What was read, merged and left out.</param>
/// <param name="TrainingUnits">Units learnt from.</param>
/// <param name="ValidationUnits">Units that stop fits.</param>
/// <param name="TrainingComparisons">Overall comparisons learnt from.</param>
/// <param name="ValidationComparisons">Overall comparisons that stop fits.</param>
/// <param name="LeftOut">Comparisons between the two parts, in neither.</param>
/// <param name="Subsample">What subsampling did to the training part; null without it.</param>
public sealed record CategoryPlan(string Name, DataReport Report, int TrainingUnits, int ValidationUnits, int TrainingComparisons, int ValidationComparisons, int LeftOut, SubsampleReport? Subsample = null)
{
    internal static CategoryPlan Of(CategoryData data, CategoryParts parts)
    {
        var cut = parts.Outer;
        static int Overall(IReadOnlyList<PreferenceExample> part) => part.Sum(example => example.Comparisons.Count(comparison => comparison.Capability is null));
        return new CategoryPlan(data.Category, data.Report, cut.Units[0], cut.Units[1], Overall(cut.Parts[0]), Overall(cut.Parts[1]), cut.LeftOut, parts.Subsample);
    }
}
