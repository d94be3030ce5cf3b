using Dmoerm.Training.Categories;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Estimates;

/// <summary>What a run is expected to take.</summary>
/// <param name="Categories">Each category's share.</param>
/// <param name="MemoryBytes">Memory at the worst moment, with what the process has taken already; mapped cache files are not counted.</param>
/// <param name="CacheBytes">Disk for the trunk's states; 0 where they are computed anew in each step.</param>
/// <param name="StageBytes">Disk for what stages gave; freed when the model is whole.</param>
/// <param name="CheckpointBytes">Disk for checkpoints of the largest fit; freed when it ends.</param>
/// <param name="ModelBytes">Disk for the model.</param>
public sealed record RunEstimate(IReadOnlyList<CategoryEstimate> Categories, long MemoryBytes, long CacheBytes, long StageBytes, long CheckpointBytes, long ModelBytes)
{
    // Parameters, two moments, the best step's weights and the best rate's.
    private const int CopiesInCheckpoint = 5;

    /// <summary>Time if no fit stops early, from a short measurement; null where nothing was measured.</summary>
    public double? Seconds { get; init; }

    /// <summary>Disk in all.</summary>
    public long DiskBytes => CacheBytes + StageBytes + CheckpointBytes + ModelBytes;

    /// <summary>Estimates memory and disk, without computing anything.</summary>
    /// <param name="context">What the run shares.</param>
    /// <param name="sizes">The categories.</param>
    /// <param name="keepsTrunk">The trunk's states are kept on disk.</param>
    /// <param name="testShare">Conversations of test files over those of training files.</param>
    internal static RunEstimate Of(TrainingContext context, IReadOnlyList<CategorySize> sizes, bool keepsTrunk, double testShare)
    {
        var (recipe, config) = (context.Recipe, context.Backbone.Config);
        var memory = new MemoryModel(config, recipe, context.Trunk.Layer);
        var kept = sizes.Sum(memory.Kept);
        var hasBaselines = recipe.Baselines is { LinearHead: true } or { OneForAll: not null } or { OnePerCategory: not null };
        var cacheShare = keepsTrunk ? 1 + (hasBaselines ? testShare : 0) : 0;
        CategoryEstimate[] categories = [.. sizes.Select(size => new CategoryEstimate(
            size.Name,
            Environment.WorkingSet + kept + memory.Working(size),
            (long)(cacheShare * size.Tokens * config.HiddenSize * sizeof(float)) + Stages(memory, recipe, size, config.HiddenSize) + Experts(memory, recipe, size)))];
        BaseSettings[] fits = [recipe.Base, .. new[] { recipe.Baselines.OneForAll, recipe.Baselines.OnePerCategory }.OfType<BaseSettings>()];
        var largest = Math.Max(fits.Max(memory.TrainedWeights), sizes.Max(size => size.Experts * memory.ScorerWeights(recipe.Experts.Lora)));
        return new RunEstimate(
            categories,
            Math.Max(categories.Max(category => category.MemoryBytes), Environment.WorkingSet + kept + memory.OneForAll(sizes)),
            (long)(cacheShare * sizes.Sum(size => size.Tokens) * config.HiddenSize * sizeof(float)),
            sizes.Sum(size => Stages(memory, recipe, size, config.HiddenSize)),
            (recipe.Checkpoints.Keep + 1L) * CopiesInCheckpoint * largest * sizeof(float),
            Backbone(memory, recipe) + sizes.Sum(size => Experts(memory, recipe, size)));
    }

    // The folder's own files, or the kept layers in float32.
    private static long Backbone(MemoryModel memory, TrainingRecipe recipe) => recipe.Backbone.KeepLayers is not null
        ? memory.BackboneWeights * sizeof(float)
        : Directory.GetFiles(recipe.Backbone.Folder, "*.safetensors").Sum(FileLength.Of);

    // Features, each fit's weights, heads, and the outputs that the aggregator learns from.
    private static long Stages(MemoryModel memory, TrainingRecipe recipe, CategorySize size, int hidden) => sizeof(float) * (
        (long)size.Conversations * hidden
        + size.Fits * (memory.TrainedWeights(recipe.Base) + size.Experts * memory.ScorerWeights(recipe.Experts.Lora) + (size.Experts + 1) * hidden)
        + (recipe.Baselines.OnePerCategory is { } each ? memory.TrainedWeights(each) : 0)
        + (long)size.Conversations * (recipe.Aggregator.Kind == Aggregation.AggregatorKind.Embeddings ? size.Experts * hidden : size.Experts + 1));

    private static long Experts(MemoryModel memory, TrainingRecipe recipe, CategorySize size) =>
        sizeof(float) * (memory.TrainedWeights(recipe.Base) + size.Experts * memory.ScorerWeights(recipe.Experts.Lora));
}

/// <summary>A category's share of a run.</summary>
/// <param name="Name">The category.</param>
/// <param name="MemoryBytes">Memory while it is trained, with all that the process holds beside it.</param>
/// <param name="DiskBytes">Its part of the cache, of the stages, and of the model.</param>
public sealed record CategoryEstimate(string Name, long MemoryBytes, long DiskBytes)
{
    /// <summary>Time if no fit stops early; null where nothing was measured.</summary>
    public double? Seconds { get; init; }
}
