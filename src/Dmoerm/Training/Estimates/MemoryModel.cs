using Dmoerm.Backbones.Configs;
using Dmoerm.Backbones.Updates;
using Dmoerm.Conversations;
using Dmoerm.Experts;
using Dmoerm.Training.Settings;

namespace Dmoerm.Training.Estimates;

// Letters: D hidden size, F inner width, Q width of all queries, G width of all keys, E experts.

/// <summary>Bytes of memory that training takes, counted from the shapes of what lives at once.</summary>
/// <remarks>
/// Counts tensors as the layers make them, each float once, with one factor for what the allocator cannot reuse; docs/log.md says how near
/// it comes. Mapped cache files are not counted: the system takes their pages back when it needs them. Source: ours.
/// </remarks>
/// <param name="config">The backbone.</param>
/// <param name="recipe">The recipe.</param>
/// <param name="trunkLayer">Layers below the lowest adapter.</param>
internal sealed class MemoryModel(BackboneConfig config, TrainingRecipe recipe, int trunkLayer)
{
    private const int Float = sizeof(float);

    // Parameter, gradient, two moments, and copies of the start, the best step and the best rate.
    private const int CopiesOfTrained = 7;

    // Blocks of all sizes leave gaps that the next batch does not fill: 1.9 to 2.2 in the runs of docs/log.md.
    private const double Fragmentation = 2;

    private long D => config.HiddenSize;

    private long Biases => (config.QueryKeyValueBias ? Q + 2 * G : 0) + (config.OutputBias ? D : 0) + (config.MlpBias ? 2 * F + D : 0);

    private long Norms => (config.PostNorms ? 4 : 2) * D + (config.QueryKeyNorm ? 2 * config.HeadSize : 0);

    private long F => config.IntermediateSize;

    private long Q => config.QueryWidth;

    private long G => config.KeyValueWidth;

    /// <summary>Weights of the whole backbone.</summary>
    public long BackboneWeights => config.VocabularySize * D + config.NumLayers * (2 * D * Q + 2 * D * G + 3 * D * F + Norms + Biases) + D;

    /// <summary>Weights of one scorer's adapters and head.</summary>
    public long ScorerWeights(LoraSettings lora) => D + lora.Weights(config);

    /// <summary>What is trained in one fit of a base.</summary>
    public long TrainedWeights(BaseSettings settings) => settings.Adapt == Adaptation.Full ? BackboneWeights + D : ScorerWeights(settings.Lora);

    /// <summary>Bytes that stay from a category's start to the run's end: its features, and each fit's base.</summary>
    public long Kept(CategorySize size) => Float * (size.Conversations * D + size.Fits * OwnWeights(recipe.Base) + (recipe.Baselines.OnePerCategory is { } each ? OwnWeights(each) : 0));

    /// <summary>Bytes on top of that while a category is trained, at the worst moment.</summary>
    public long Working(CategorySize size)
    {
        var fits = new List<long> { Fit(recipe.Base, size) };
        if (recipe.Baselines.OnePerCategory is { } each)
        {
            fits.Add(Fit(each, size));
        }

        if (size.Experts > 0)
        {
            var lora = recipe.Experts.Lora;
            fits.Add(CopiesOfTrained * size.Experts * ScorerWeights(lora) * Float + Step(recipe.Experts.Training, size, lora.Layers.From(config), size.Experts));
        }

        var heads = (3L * size.Comparisons + size.Conversations) * D * sizeof(double) + 4 * D * D * sizeof(double);
        return (long)(Fragmentation * Math.Max(heads, Math.Max(fits.Max(), Batch(size))));
    }

    /// <summary>Bytes on top of what is kept while the baseline of all categories is trained; 0 where the recipe has none.</summary>
    public long OneForAll(IReadOnlyList<CategorySize> sizes)
    {
        if (recipe.Baselines.OneForAll is not { } all)
        {
            return 0;
        }

        var joined = sizes[0] with { Conversations = sizes.Sum(size => size.Conversations), Longest = sizes.Max(size => size.Longest) };
        return Float * OwnWeights(all) + (long)(Fragmentation * Fit(all, joined));
    }

    // A base's weights beside the common backbone's: those that its adapter is added into, or all.
    private long OwnWeights(BaseSettings settings) => settings.Adapt == Adaptation.Full
        ? BackboneWeights
        : LayersOf(settings.Lora) * settings.Lora.Targets.Sum(target => target.Widths(config) is var (inputs, outputs) ? (long)inputs * outputs : 0);

    private long Fit(BaseSettings settings, CategorySize size) =>
        CopiesOfTrained * TrainedWeights(settings) * Float + Step(settings.Training, size, settings.Adapt == Adaptation.Full ? 0 : settings.Lora.Layers.From(config), 1);

    // All layers that carry a gradient stay until the backward pass; it needs about one more of them.
    private long Step(PhaseSettings settings, CategorySize size, int from, int experts)
    {
        var responses = Math.Min(settings.Batch.MostResponses(), size.Conversations);
        var tokens = (long)responses * size.Longest;
        var whole = Math.Max(0, config.NumLayers - 1 - from);
        // Nothing tells experts apart before the first adapted layer, and a gradient begins there.
        return tokens * Float * (experts * ((whole + Math.Min(1, whole)) * Layer(size) + (whole > 0 ? 2 : 1) * LastLayer) + 2 * D + (from > 0 ? Layer(size) : 0));
    }

    // Without a gradient one layer lives at a time; the last evaluation runs the whole backbone so.
    private long Batch(CategorySize size)
    {
        var tokens = Math.Max(size.Longest, Math.Min(LengthBatches.MaxTokens, size.Tokens));
        var expertLayers = size.Experts == 0 || recipe.Experts.Lora.Layers.From(config) >= config.NumLayers - 1 ? 1 : size.Experts;
        return tokens * Float * (expertLayers * (trunkLayer + 1 >= config.NumLayers && expertLayers == 1 ? Math.Max(Layer(size), LastLayer) : Layer(size)) + 3 * D);
    }

    // Floats per token of one layer: norms, queries and keys with their rotation, repeated keys and values, attention, gate, up, product, sums.
    // A soft cap needs the scores themselves: as they are, capped, masked, and as weights.
    private long Layer(CategorySize size) => 7 * D + 9 * Q + 4 * G + 4 * F + (config.AttentionCap is null ? 0 : 4L * config.NumHeads * size.Longest);

    // The last layer reads all tokens for its keys and its norm alone.
    private long LastLayer => 2 * D + 4 * G + 3 * config.NumHeads;

    private long LayersOf(LoraSettings lora) => config.NumLayers - lora.Layers.From(config);
}
